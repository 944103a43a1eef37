from __future__ import annotations

from fraud.domain.evidence import UNKNOWN, Evidence, Finding, Level, Unknown

CODE, VERSION = "own_purchase", 1


def own_purchase(evidence: Evidence) -> Finding | Unknown | None:
    """Judge an order by one of the affiliate's own people, employees included (S2, S3).

    Refuse when the order carries the e-mail address of one of them. Hold when only the customer
    account is known to be theirs: an account can serve a household, so a person decides.
    """
    if evidence.order_email_key in evidence.member_email_keys - {""}:
        return _finding(Level.REFUSE, "email")
    if evidence.order_customer_ref in evidence.member_customer_refs - {""}:
        return _finding(Level.HOLD, "customer account")
    if not evidence.member_email_keys or not (
        evidence.order_email_key or evidence.order_customer_ref
    ):
        return UNKNOWN
    return None


def _finding(level: Level, matched: str) -> Finding:
    return Finding(code=CODE, version=VERSION, level=level, facts={"matched": matched})
