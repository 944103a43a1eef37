from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold when many clicks left from our own pages, or from extensions, in disguise.

    ``least_hits`` of them, and surely more than ``share_bps`` of the clicks. Single ones come
    from readers of feeds that are extensions.
    """
    traffic = evidence.traffic
    if not traffic.clicks:
        return UNKNOWN
    share = lower_bps(traffic.strict_contradictions, traffic.clicks)
    if traffic.strict_contradictions < limits["least_hits"] or share <= limits["share_bps"]:
        return None
    return SIGNAL.finding(
        Level.HOLD, hits=traffic.strict_contradictions, clicks=traffic.clicks, lower_bps=share
    )


SIGNAL = AffiliateSignal(
    code="strict_contradictions",
    number="NAV-05",
    version=1,
    family=Family.NAVIGATION,
    limits={"least_hits": 5, "share_bps": 500},
    judge=judge,
)
