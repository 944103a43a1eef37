from __future__ import annotations

from fraud.domain.conduct import within
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Judge a click whose Referer the landing page knows nothing of: software wrote it.

    Refuse when the basket had changed within ``basket_s`` before, or the checkout was opened
    within ``checkout_s``. Else hold: an add-on for privacy may hide the Referer from pages.
    """
    if evidence.click is None:
        return None
    facts = evidence.click.facts
    if Fact.REFERRER_CONTRADICTION not in facts:
        is_told = Fact.LANDED in facts or Fact.REFERRER_ABSENT in facts
        return None if is_told else UNKNOWN
    session = evidence.session
    was_buying = session is not None and (
        within(session.basket_before_s, limits["basket_s"])
        or within(session.checkout_before_s, limits["checkout_s"])
    )
    return SIGNAL.finding(
        Level.REFUSE if was_buying else Level.HOLD,
        claimed_host=evidence.click.referrer_host,
        was_buying=was_buying,
    )


SIGNAL = CreditSignal(
    code="forged_referrer",
    number="NAV-07",
    version=1,
    family=Family.NAVIGATION,
    limits={"basket_s": 3_600, "checkout_s": 1_800},
    judge=judge,
)
