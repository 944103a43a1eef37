from __future__ import annotations

from fraud.domain.conduct import often_late, rewards_buyers, within
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Judge a click of somebody who had opened the checkout within ``within_s`` before.

    Refuse when the affiliate or the site that sent them rewards buyers, or when its own visits
    surely often begin like that (``often_bps`` of ``least_known`` or more). Else hold: a reader
    may leave the checkout to ask an influencer for her code.
    """
    if evidence.click is None:
        return None
    if evidence.session is None:
        return UNKNOWN
    seconds = evidence.session.checkout_before_s
    if not within(seconds, limits["within_s"]):
        return None
    is_usual = often_late(evidence.record, limits)
    level = Level.REFUSE if is_usual or rewards_buyers(evidence) else Level.HOLD
    return SIGNAL.finding(
        level,
        checkout_before_s=seconds,
        is_usual=is_usual,
        visits_known=evidence.record.session_known,
        visits_at_checkout=evidence.record.checkout_before,
    )


SIGNAL = CreditSignal(
    code="checkout_before_click",
    number="SES-01",
    version=1,
    family=Family.SESSION,
    limits={"within_s": 1_800, "least_known": 20, "often_bps": 1_500},
    judge=judge,
)
