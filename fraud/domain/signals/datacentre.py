from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Review a click from a network of servers. Companies' networks end there: never more."""
    if evidence.click is None:
        return None
    if evidence.click.is_datacentre is None:
        return UNKNOWN
    return SIGNAL.finding(Level.REVIEW) if evidence.click.is_datacentre else None


SIGNAL = CreditSignal(
    code="datacentre", number="BOT-01", version=1, family=Family.NAVIGATION, judge=judge
)
