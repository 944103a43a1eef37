from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, AffiliateEvidence, Answer, Level, Limits
from fraud.domain.signal import AffiliateSignal, Family
from fraud.domain.statistics import lower_bps


def judge(evidence: AffiliateEvidence, limits: Limits) -> Answer:
    """Hold when many calls of the links were images, scripts, requests or frames.

    ``least_calls`` of them, and surely more than ``share_bps`` of all that called. They earn
    nothing, but they are how cookies are stuffed; others may embed the link to do harm, and a
    widget may open the shop in its frame.
    """
    traffic = evidence.traffic
    came = traffic.clicks if traffic.visits is None else traffic.visits
    calls = traffic.embedded + came
    if not calls:
        return UNKNOWN
    share = lower_bps(traffic.embedded, calls)
    if traffic.embedded < limits["least_calls"] or share <= limits["share_bps"]:
        return None
    return SIGNAL.finding(Level.HOLD, embedded=traffic.embedded, visits=came, lower_bps=share)


SIGNAL = AffiliateSignal(
    code="embedded_calls",
    number="NAV-01",
    version=1,
    family=Family.NAVIGATION,
    limits={"least_calls": 20, "share_bps": 2_000},
    judge=judge,
)
