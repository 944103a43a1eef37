from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Answer, Evidence, Level, Limits
from fraud.domain.signal import CreditSignal, Family


def judge(evidence: Evidence, _limits: Limits) -> Answer:
    """Judge an order by one of the affiliate's own people, employees included.

    Refuse when the order carries the e-mail address or phone number of one of them. Hold when
    only the customer account is known to be theirs: an account can serve a household, so a person
    decides.
    """
    if evidence.order_email_key in evidence.member_email_keys - {""}:
        return SIGNAL.finding(Level.REFUSE, matched="email")
    if evidence.order_phone_key in evidence.member_phone_keys - {""}:
        return SIGNAL.finding(Level.REFUSE, matched="phone")
    if evidence.order_customer_ref in evidence.member_customer_refs - {""}:
        return SIGNAL.finding(Level.HOLD, matched="customer account")
    is_buyer_known = (
        evidence.order_email_key or evidence.order_phone_key or evidence.order_customer_ref
    )
    if not evidence.member_email_keys or not is_buyer_known:
        return UNKNOWN
    return None


SIGNAL = CreditSignal(
    code="own_purchase", number="ID-01", version=2, family=Family.IDENTITY, judge=judge
)
