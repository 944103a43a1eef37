from __future__ import annotations

from fraud.domain.conduct import proven_of_click
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact

_OWN = Fact.OWN_SITE | Fact.REFERRER_OWN
_TOLD = Fact.TOP_LEVEL | Fact.REFERRER_SENT | Fact.REFERRER_ABSENT


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Refuse when a page of the shop called the link: the visitor was already there.

    No page of the shop carries affiliates' links, so something was put into it. Hold when such a
    click came with the order but a promo code or another click earned: whoever puts a link into
    our pages can fill in a code as well.
    """
    level = proven_of_click(evidence, _OWN, of_another=Level.HOLD)
    if level is not None:
        return SIGNAL.finding(level, earned=level == Level.REFUSE)
    if evidence.click is None or evidence.click.facts & _TOLD:
        return None
    return UNKNOWN


SIGNAL = CreditSignal(
    code="own_site_click", number="NAV-04", version=1, family=Family.NAVIGATION, judge=judge
)
