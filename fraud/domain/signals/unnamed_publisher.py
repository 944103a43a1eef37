from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family
from tracking.domain.navigation import Fact


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Hold a click that a sub-network sent without a sub id that names its publisher."""
    click = evidence.click
    if click is None:
        return None
    if evidence.referrer_list == "sub_network" and not click.sub_id:
        return SIGNAL.finding(Level.HOLD, host=click.referrer_host)
    return None if click.referrer_host or Fact.REFERRER_ABSENT in click.facts else UNKNOWN


SIGNAL = CreditSignal(
    code="unnamed_publisher", number="SUB-01", version=1, family=Family.DOMAIN, judge=judge
)
