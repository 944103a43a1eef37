from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps, share_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold when too many sales follow their click within a minute.

    More than ``share_bps`` of ``least_sales`` or more, and surely more than ``lower_bps``.
    """
    sales = evidence.sales
    if sales.by_click < limits["least_sales"]:
        return UNKNOWN
    share = share_bps(sales.within_60_s, sales.by_click)
    least = lower_bps(sales.within_60_s, sales.by_click)
    if share <= limits["share_bps"] or least <= limits["lower_bps"]:
        return None
    return SIGNAL.finding(
        Level.HOLD,
        sales=sales.by_click,
        within_15_s=sales.within_15_s,
        within_60_s=sales.within_60_s,
        lower_bps=least,
    )


SIGNAL = AffiliateSignal(
    code="orders_at_once",
    number="ORD-02",
    version=1,
    family=Family.STATISTICS,
    limits={"least_sales": 8, "share_bps": 2_500, "lower_bps": 1_500},
    judge=judge,
)
