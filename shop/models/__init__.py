from shop.models.catalogue import BandAssignment, BandPeriod, MarginBand, Product, ProductCost
from shop.models.inbound import InboundEvent, InboundStatus
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
    "BandAssignment",
    "BandPeriod",
    "CostCorrection",
    "CostSource",
    "InboundEvent",
    "InboundStatus",
    "LineKind",
    "MarginBand",
    "Order",
    "OrderLine",
    "Product",
    "ProductCost",
    "Return",
    "ReturnLine",
    "ReturnReason",
    "Shop",
    "WebhookSecret",
]
