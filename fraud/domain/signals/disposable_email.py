from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Note that the buyer's e-mail address is of a provider of throw-away addresses."""
    if evidence.has_disposable_email is None:
        return UNKNOWN
    return SIGNAL.finding(Level.INFO) if evidence.has_disposable_email else None


SIGNAL = CreditSignal(
    code="disposable_email", number="ID-05", version=1, family=Family.IDENTITY, judge=judge
)
