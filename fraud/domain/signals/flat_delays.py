from __future__ import annotations

from core.money import BPS
from fraud.domain.delays import LATE
from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import bps, kolmogorov, share_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold when the delays between click and order are spread as chance spreads them.

    Of ``least_sales`` or more, the distance (Kolmogorov and Smirnov) to the delays of vetted
    content affiliates is above ``critical_bps`` of the critical one of 5 %, and sales a day or
    more after the click are ``late_more_bps`` more. Whoever stuffs cookies claims sales that have
    nothing to do with the click. What inspires long before, as for weddings, is late too.
    """
    ours, others = evidence.sales.delays, evidence.usual.delays
    n, m = sum(ours), sum(others)
    if n < limits["least_sales"] or m < limits["least_usual"]:
        return UNKNOWN
    distance, critical = kolmogorov(ours, others)
    late, usual = share_bps(sum(ours[LATE:]), n), share_bps(sum(others[LATE:]), m)
    is_far = bps(distance) * BPS > bps(critical) * limits["critical_bps"]
    if not is_far or late <= usual + limits["late_more_bps"]:
        return None
    return SIGNAL.finding(
        Level.HOLD,
        sales=n,
        distance_bps=bps(distance),
        critical_bps=bps(critical),
        late_bps=late,
        usual_late_bps=usual,
    )


SIGNAL = AffiliateSignal(
    code="flat_delays",
    number="ORD-03",
    version=1,
    family=Family.STATISTICS,
    limits={
        "least_sales": 8,
        "least_usual": 100,
        "critical_bps": 14_000,
        "late_more_bps": 2_500,
    },
    judge=judge,
)
