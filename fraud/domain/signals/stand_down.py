from __future__ import annotations

from fraud.domain.conduct import INCENTIVES
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Refuse a promo code or cashback site in a visit that another affiliate had brought.

    Its software must stand down then, for ``within_s``. Two blogs may follow one another, and so
    may two such sites: between them the attribution decides alone.
    """
    if evidence.click is None or evidence.affiliate_kind not in INCENTIVES:
        return None
    if evidence.session is None:
        return UNKNOWN
    before = [
        -one.seconds
        for one in evidence.session.arrivals
        if one.affiliate_id is not None
        and one.affiliate_kind not in INCENTIVES
        and -limits["within_s"] <= one.seconds < 0
    ]
    return SIGNAL.finding(Level.REFUSE, other_before_s=min(before)) if before else None


SIGNAL = CreditSignal(
    code="stand_down",
    number="SES-05",
    version=1,
    family=Family.SESSION,
    limits={"within_s": 3_600},
    judge=judge,
)
