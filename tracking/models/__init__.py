from tracking.models.attribution import (
    Attribution,
    Credit,
    Outcome,
    Touchpoint,
    TouchpointKind,
)
from tracking.models.click import Click, ClickCount
from tracking.models.link import CouponCode, Link

__all__ = [
    "Attribution",
    "Click",
    "ClickCount",
    "CouponCode",
    "Credit",
    "Link",
    "Outcome",
    "Touchpoint",
    "TouchpointKind",
]
