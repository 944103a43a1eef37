from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold the rest when many of an affiliate's sales were refused on conclusive facts.

    ``least_refused`` on ``least_days`` days, and surely more than ``share_bps`` of those that were
    screened: the facts that prove it are not always there.
    """
    if not evidence.screened:
        return UNKNOWN
    share = lower_bps(evidence.refused, evidence.screened)
    if (
        evidence.refused < limits["least_refused"]
        or evidence.refused_days < limits["least_days"]
        or share <= limits["share_bps"]
    ):
        return None
    return SIGNAL.finding(
        Level.HOLD,
        refused=evidence.refused,
        screened=evidence.screened,
        days=evidence.refused_days,
        lower_bps=share,
    )


SIGNAL = AffiliateSignal(
    code="often_refused",
    number="ORD-08",
    version=1,
    family=Family.STATISTICS,
    limits={"least_refused": 3, "least_days": 2, "share_bps": 1_500},
    judge=judge,
)
