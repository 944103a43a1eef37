from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Judge landing pages that were opened in the background and never looked at.

    Of ``least_told`` that told, surely more than ``hold_bps``: hold; ``review_bps``: review. Of
    readers who open links in tabs to come back to them, most do come back.
    """
    traffic = evidence.traffic
    if traffic.told < limits["least_told"]:
        return UNKNOWN
    share = lower_bps(traffic.unseen, traffic.told)
    if share <= limits["review_bps"]:
        return None
    level = Level.HOLD if share > limits["hold_bps"] else Level.REVIEW
    return SIGNAL.finding(level, unseen=traffic.unseen, told=traffic.told, lower_bps=share)


SIGNAL = AffiliateSignal(
    code="unseen_landings",
    number="NAV-11",
    version=1,
    family=Family.NAVIGATION,
    limits={"least_told": 20, "review_bps": 2_500, "hold_bps": 4_000},
    judge=judge,
)
