from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Review when many landing pages were opened in the background and never looked at.

    Surely more than ``share_bps`` of ``least_told`` that told. Readers who open links in tabs are
    far fewer.
    """
    traffic = evidence.traffic
    if traffic.told < limits["least_told"]:
        return UNKNOWN
    share = lower_bps(traffic.unseen, traffic.told)
    if share <= limits["share_bps"]:
        return None
    return SIGNAL.finding(Level.REVIEW, unseen=traffic.unseen, told=traffic.told, lower_bps=share)


SIGNAL = AffiliateSignal(
    code="unseen_landings",
    number="NAV-11",
    version=1,
    family=Family.NAVIGATION,
    limits={"least_told": 50, "share_bps": 2_500},
    judge=judge,
)
