"""Claims as tests make them."""

from payouts.services import claims
from payouts.services.claim_rules import Wanted
from tests.builders import NOW
from tests.people import person_of

TODAY = NOW.date()


def wanted(affiliate, **overrides):
    """What an affiliate says of an order of yesterday's number that nobody knows."""
    fields = {
        "affiliate_id": affiliate.pk,
        "kind": "missing",
        "order_number": "X-1",
        "ordered_on": TODAY,
    }
    return Wanted(**{**fields, **overrides})


def claimed(affiliate, *, now=NOW, **overrides):
    """Return the open claim of an affiliate's one person."""
    return claims.open_claim(
        wanted(affiliate, **overrides), actor_id=person_of(affiliate).pk, now=now
    )
