from tracking.models.attribution import (
    Attribution,
    Credit,
    Outcome,
    Role,
    Touchpoint,
    TouchpointKind,
)
from tracking.models.click import (
    Click,
    ClickCount,
    ClickDay,
    ClickHour,
    ClickMark,
    ClickReferrer,
    JourneyEvent,
    Salt,
)
from tracking.models.destination import Destination
from tracking.models.link import CodePolicy, CodeRequest, CodeRequestStatus, CouponCode, Link
from tracking.models.order_day import ChangedDay, OrderDay
from tracking.models.policy import AttributionPolicy
from tracking.models.spool import SpoolFile, SpoolHost, SpoolReject, SpoolTally, Withdrawal
from tracking.models.staff_code import StaffCode

__all__ = [
    "Attribution",
    "AttributionPolicy",
    "ChangedDay",
    "Click",
    "ClickCount",
    "ClickDay",
    "ClickHour",
    "ClickMark",
    "ClickReferrer",
    "CodePolicy",
    "CodeRequest",
    "CodeRequestStatus",
    "CouponCode",
    "Credit",
    "Destination",
    "JourneyEvent",
    "Link",
    "OrderDay",
    "Outcome",
    "Role",
    "Salt",
    "SpoolFile",
    "SpoolHost",
    "SpoolReject",
    "SpoolTally",
    "StaffCode",
    "Touchpoint",
    "TouchpointKind",
    "Withdrawal",
]
