from __future__ import annotations

from fraud.domain.conduct import within
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact, Navigation


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Judge a page that was opened from no site and without a gesture: by a program.

    Hold when the basket had changed within ``basket_s`` before, as an extension does. Else review:
    links in apps and restored sessions may look the same. Safari tells no gestures: unknown.
    """
    click = evidence.click
    if click is None:
        return None
    if click.navigation != Navigation.TYPED:
        return UNKNOWN if click.navigation == Navigation.UNKNOWN else None
    if Fact.NO_GESTURE not in click.facts:
        return None if Fact.TOP_LEVEL in click.facts else UNKNOWN
    seconds = evidence.session.basket_before_s if evidence.session else None
    is_buying = within(seconds, limits["basket_s"])
    return SIGNAL.finding(Level.HOLD if is_buying else Level.REVIEW, basket_before_s=seconds)


SIGNAL = CreditSignal(
    code="opened_by_program",
    number="NAV-09",
    version=1,
    family=Family.NAVIGATION,
    limits={"basket_s": 3_600},
    judge=judge,
)
