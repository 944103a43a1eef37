from shop.models.catalogue import BandAssignment, BandPeriod, MarginBand, Product, ProductCost
from shop.models.category import CategoryName
from shop.models.connection import (
    Connection,
    Difference,
    DifferenceKind,
    SyncKind,
    SyncRun,
    SyncSeen,
)
from shop.models.customer_request import CustomerRequest, RequestKind
from shop.models.drop import DroppedFile
from shop.models.inbound import CAME_AGAIN, GIVEN_UP, InboundEvent, InboundStatus, SignedWith
from shop.models.orders import (
    CostCorrection,
    CostSource,
    LineKind,
    Order,
    OrderLine,
    Return,
    ReturnLine,
    ReturnReason,
)
from shop.models.shop import Shop, WebhookSecret

__all__ = [
    "CAME_AGAIN",
    "GIVEN_UP",
    "BandAssignment",
    "BandPeriod",
    "CategoryName",
    "Connection",
    "CostCorrection",
    "CostSource",
    "CustomerRequest",
    "Difference",
    "DifferenceKind",
    "DroppedFile",
    "InboundEvent",
    "InboundStatus",
    "LineKind",
    "MarginBand",
    "Order",
    "OrderLine",
    "Product",
    "ProductCost",
    "RequestKind",
    "Return",
    "ReturnLine",
    "ReturnReason",
    "Shop",
    "SignedWith",
    "SyncKind",
    "SyncRun",
    "SyncSeen",
    "WebhookSecret",
]
