from shop.models.catalogue import BandAssignment, MarginBand, Product, ProductCost
from shop.models.inbound import InboundEvent, InboundStatus
from shop.models.orders import (
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
