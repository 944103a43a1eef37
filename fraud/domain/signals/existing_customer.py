from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Note that the buyer had ordered before. The terms may pay less for it; it is no fault."""
    if evidence.is_new_customer is None:
        return UNKNOWN
    return None if evidence.is_new_customer else SIGNAL.finding(Level.INFO)


SIGNAL = CreditSignal(
    code="existing_customer", number="SES-07", version=1, family=Family.SESSION, judge=judge
)
