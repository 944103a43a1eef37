from __future__ import annotations

from fraud.domain.conduct import proven_of_click
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Refuse when the link was called as an image, script, request or frame: nobody came.

    Review when another click of the affiliate with this order was so: a widget's link without
    ``target`` opens the shop in its frame, and the reader then follows a proper one.
    """
    level = proven_of_click(evidence, Fact.NOT_TOP_LEVEL, of_another=Level.REVIEW)
    if level is not None:
        return SIGNAL.finding(level, earned=level == Level.REFUSE)
    if evidence.click is None or Fact.TOP_LEVEL in evidence.click.facts:
        return None
    return UNKNOWN


SIGNAL = CreditSignal(
    code="embedded_click", number="NAV-01", version=1, family=Family.NAVIGATION, judge=judge
)
