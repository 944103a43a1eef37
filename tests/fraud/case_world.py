"""Cases with several credits, and accounts against which enough speaks."""

from datetime import timedelta

from fraud.models import (
    Case,
    CaseCredit,
    CaseFile,
    CaseMessage,
    CaseProposal,
    Decision,
    Signal,
)
from tests.builders import (
    NOW,
    make_affiliate,
    make_case,
    make_credit,
    make_order,
    make_screening,
    make_user,
)


def make_held_case(affiliate=None, *, credits=3, **overrides) -> Case:
    """An open case of an affiliate that holds several credits."""
    affiliate = affiliate or make_affiliate()
    case = make_case(_held(affiliate), **overrides)
    for _number in range(credits - 1):
        CaseCredit.objects.create(case=case, credit=_held(affiliate).credit, added_at=NOW)
    return case


def credit_ids(case) -> list[int]:
    """The credits of a case, the oldest first."""
    return list(case.credits.order_by("pk").values_list("credit_id", flat=True))


def make_case_file(case) -> CaseFile:
    """A file that the affiliate sent with words about a case."""
    message = CaseMessage.objects.create(
        case=case, is_from_affiliate=True, text="See here.", sent_at=NOW
    )
    return CaseFile.objects.create(message=message, name="a.pdf", sha256="0", body=b"%PDF-1.7")


def make_case_proposal(case) -> CaseProposal:
    """A decision against a case that waits for a second person."""
    waiting = credit_ids(case)
    return CaseProposal.objects.create(
        case=case,
        verdict="confirmed",
        waiting=waiting,
        refused=waiting,
        at_stake_minor=123_456,
        currency="EUR",
        reason="Own orders.",
        message="They are yours.",
        status_changed_at=NOW,
        proposed_by=make_user(roles=["manager"]),
        proposed_at=NOW,
    )


def _held(affiliate):
    return make_screening(make_credit(affiliate), decision=Decision.HOLD)


def found(
    affiliate, code="own_purchase", family="identity", *, severity="refuse", ago=1, now=NOW, **more
):
    """A finding about a new credit of an affiliate, so many days ago."""
    at = now - timedelta(days=ago)
    credit = make_credit(affiliate, make_order(lines=[], placed_at=at - timedelta(hours=1)))
    screening = make_screening(credit, decision=severity, screened_at=at)
    fields = {"code": code, "family": family, "severity": severity, "version": 1, **more}
    return Signal.objects.create(screening=screening, **fields)


def make_guilty(affiliate=None, *, now=NOW):
    """An affiliate against which two families of evidence speak."""
    affiliate = affiliate or make_affiliate()
    found(affiliate, now=now)
    found(affiliate, "checkout_before_click", "session", now=now)
    return affiliate
