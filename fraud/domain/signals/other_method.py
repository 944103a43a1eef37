from __future__ import annotations

from fraud.domain.conduct import proven_of_click
from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact, Navigation


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Refuse when the link was called by another method than GET: a form that sent itself.

    Info when another click of the affiliate with this order was: mail programs know such links.
    """
    level = proven_of_click(evidence, Fact.OTHER_METHOD, of_another=Level.INFO)
    if level is not None:
        return SIGNAL.finding(level, earned=level == Level.REFUSE)
    click = evidence.click
    if click is None or click.facts or click.navigation not in {"", Navigation.UNKNOWN}:
        return None
    return UNKNOWN


SIGNAL = CreditSignal(
    code="other_method", number="NAV-08", version=1, family=Family.NAVIGATION, judge=judge
)
