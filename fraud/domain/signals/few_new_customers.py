from __future__ import annotations

from core.money import BPS
from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import share_bps, upper_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Note that surely fewer buyers are new than ``part_bps`` of what is usual of the kind.

    Of ``least_known`` or more. Creators with a loyal audience sell to it: it is no fault.
    """
    sales, usual = evidence.sales, evidence.usual.new_customer_bps
    if usual is None or sales.customer_known < limits["least_known"]:
        return UNKNOWN
    most = upper_bps(sales.new_customers, sales.customer_known)
    if most * BPS >= usual * limits["part_bps"]:
        return None
    return SIGNAL.finding(
        Level.INFO,
        known=sales.customer_known,
        new=sales.new_customers,
        share_bps=share_bps(sales.new_customers, sales.customer_known),
        usual_bps=usual,
    )


SIGNAL = AffiliateSignal(
    code="few_new_customers",
    number="ORD-07",
    version=1,
    family=Family.STATISTICS,
    limits={"least_known": 20, "part_bps": 5_000},
    judge=judge,
)
