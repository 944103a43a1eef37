from __future__ import annotations

from datetime import timedelta

from fraud.domain.conduct import proven_of_click
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact


def judge(evidence: Evidence, limits: Limits) -> Answer:
    """Refuse when a browser extension called the link, and no person.

    When such a call came with an order that something else earned: hold if the order came within
    ``soon_s`` of the affiliate's last click, else info. Add-ons that check links call every link
    of an honest page, but nobody buys in the minutes after by chance.
    """
    facts = Fact.EXTENSION | Fact.NONE_NOT_NAVIGATE
    level = proven_of_click(evidence, facts, of_another=Level.INFO)
    if level is None:
        is_told = evidence.click is None or Fact.TOP_LEVEL in evidence.click.facts
        return None if is_told else UNKNOWN
    latest = max(evidence.click_ats, default=None)
    seconds = None if latest is None else (evidence.ordered_at - latest) // timedelta(seconds=1)
    if level == Level.INFO and seconds is not None and 0 <= seconds <= limits["soon_s"]:
        level = Level.HOLD
    return SIGNAL.finding(level, earned=level == Level.REFUSE, seconds_to_order=seconds)


SIGNAL = CreditSignal(
    code="extension_call",
    number="NAV-06",
    version=1,
    family=Family.NAVIGATION,
    limits={"soon_s": 1_800},
    judge=judge,
)
