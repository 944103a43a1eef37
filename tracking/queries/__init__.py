"""What others ask about links, clicks and attributions."""

from tracking.queries.clicks import (
    ClickDay,
    LinkStats,
    click_days,
    link_stats,
    visits,
)
from tracking.queries.links import code_orders
from tracking.queries.order_days import DayOfOrders, order_days
from tracking.queries.orders import OrderTrace, trace
from tracking.queries.visitors import VisitorClick, clicks_of_visitors
from tracking.queries.watermark import watermark

__all__ = [
    "ClickDay",
    "DayOfOrders",
    "LinkStats",
    "OrderTrace",
    "VisitorClick",
    "click_days",
    "clicks_of_visitors",
    "code_orders",
    "link_stats",
    "order_days",
    "trace",
    "visits",
    "watermark",
]
