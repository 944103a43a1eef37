from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps, share_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge a share of orders sent back far above the programme's.

    Of ``least_orders``, surely more than ``review_times`` it: review; ``hold_times``: hold. A
    programme's share below ``floor_bps`` counts as that. Shoes and large sizes are ordered in two
    sizes and one is sent back.
    """
    sales, usual = evidence.sales, evidence.usual.returned_bps
    if usual is None or sales.orders < limits["least_orders"]:
        return UNKNOWN
    least = lower_bps(sales.returned, sales.orders)
    base = max(usual, limits["floor_bps"])
    if least <= base * limits["review_times"]:
        return None
    return SIGNAL.finding(
        Level.HOLD if least > base * limits["hold_times"] else Level.REVIEW,
        orders=sales.orders,
        returned=sales.returned,
        share_bps=share_bps(sales.returned, sales.orders),
        usual_bps=usual,
    )


SIGNAL = AffiliateSignal(
    code="many_returns",
    number="ORD-05",
    version=1,
    family=Family.STATISTICS,
    limits={"least_orders": 20, "review_times": 2, "hold_times": 3, "floor_bps": 1_500},
    judge=judge,
)
