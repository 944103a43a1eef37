from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact, Navigation

_HIDDEN = Fact.NO_GESTURE | Fact.REFERRER_ABSENT


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Review a click that a page of another site made without a gesture and hid its address.

    Link shims for privacy do it too, so one click says little: its share does (hidden_forwards).
    """
    click = evidence.click
    if click is None:
        return None
    if click.navigation == Navigation.UNKNOWN:
        return UNKNOWN
    if click.navigation == Navigation.FORWARDED and click.facts & _HIDDEN == _HIDDEN:
        return SIGNAL.finding(Level.REVIEW)
    return None


SIGNAL = CreditSignal(
    code="hidden_forward", number="NAV-10", version=1, family=Family.NAVIGATION, judge=judge
)
