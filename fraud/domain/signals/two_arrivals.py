from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Arrival, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.journey import Channel


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Hold when another paid way brought the same person within ``apart_s``, before or after.

    Nobody follows two links in that time: one of the two was planted. A shop's own advertisements
    may lead through such a link by mistake, so a person decides.
    """
    if evidence.click is None:
        return None
    if evidence.session is None:
        return UNKNOWN
    near = [
        one
        for one in evidence.session.arrivals
        if _is_paid(one) and abs(one.seconds) <= limits["apart_s"]
    ]
    if not near:
        return None
    first = min(near, key=lambda one: abs(one.seconds))
    return SIGNAL.finding(Level.HOLD, channel=first.channel, seconds=first.seconds)


def _is_paid(arrival: Arrival) -> bool:
    """Tell whether somebody is paid for it; our own link begins a visit too, of no affiliate."""
    return arrival.channel == Channel.PAID or arrival.affiliate_id is not None


SIGNAL = CreditSignal(
    code="two_arrivals",
    number="SES-04",
    version=1,
    family=Family.SESSION,
    limits={"apart_s": 5},
    judge=judge,
)
