from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Hold an order that goes to an address of the affiliate's people.

    Their mother may buy, and flatmates do: a person decides. One with their own e-mail address or
    phone number is theirs, whatever the address (own_purchase).
    """
    if not evidence.order_address_key or not evidence.member_address_keys - {""}:
        return UNKNOWN
    if evidence.order_address_key in evidence.member_address_keys:
        return SIGNAL.finding(Level.HOLD)
    return None


SIGNAL = CreditSignal(
    code="household", number="ID-02", version=1, family=Family.IDENTITY, judge=judge
)
