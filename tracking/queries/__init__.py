"""What others ask about links, clicks and attributions."""

from tracking.queries.clicks import (
    ClickDay,
    LinkStats,
    click_days,
    link_stats,
    visits,
)
from tracking.queries.links import code_orders, codes_of, links_of
from tracking.queries.orders import OrderTrace, trace
from tracking.queries.visitors import VisitorClick, clicks_of_visitors
from tracking.queries.watermark import watermark

__all__ = [
    "ClickDay",
    "LinkStats",
    "OrderTrace",
    "VisitorClick",
    "click_days",
    "clicks_of_visitors",
    "code_orders",
    "codes_of",
    "link_stats",
    "links_of",
    "trace",
    "visits",
    "watermark",
]
