from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold when many clicks were made by a page that hides its address, without a gesture.

    Surely more than ``share_bps`` of ``least_known`` clicks of browsers that tell gestures. A link
    shim for privacy clears itself by being declared.
    """
    traffic = evidence.traffic
    if traffic.gesture_known < limits["least_known"]:
        return UNKNOWN
    hits = traffic.forwarded_bare
    share = lower_bps(hits, traffic.gesture_known)
    if share <= limits["share_bps"]:
        return None
    return SIGNAL.finding(Level.HOLD, hits=hits, known=traffic.gesture_known, lower_bps=share)


SIGNAL = AffiliateSignal(
    code="hidden_forwards",
    number="NAV-10",
    version=1,
    family=Family.NAVIGATION,
    limits={"least_known": 50, "share_bps": 2_000},
    judge=judge,
)
