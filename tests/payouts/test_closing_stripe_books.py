"""The daily comparison with Stripe itself, played by its double (CL12; D6 44)."""

from datetime import UTC, datetime, timedelta

import pytest

from core.money import Money
from payouts.gateways.rail import RailUnavailable
from payouts.gateways.stripe_books import transfers_since
from payouts.models import Difference
from payouts.services import reconciliation
from tests.payouts import stripe_world
from tests.payouts.stripe_world import make_stripe_due, run, started

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def by_hand(double, minor=4_200):
    account = double.ctl("accounts", count=1)["data"][0]
    made = double.rail.client.v1.transfers.create(
        {"amount": minor, "currency": "eur", "destination": account}
    )
    return made.id


def reconcile():
    return reconciliation.reconcile(
        stripe_books=transfers_since, now=datetime.now(UTC) + timedelta(minutes=1)
    )


def test_one_transfer_made_by_hand_is_one_unexplained_line(double):
    make_stripe_due(double)
    run(double, started(double))
    reference = by_hand(double)

    reconcile()

    found = Difference.objects.get()
    assert (found.key, found.kind, found.amount_minor) == (
        f"stripe:{reference}", "stripe_by_hand", 4_200,
    )  # fmt: skip


def test_every_transfer_is_read_with_its_payout_and_what_came_back(double):
    make_stripe_due(double)
    batch = run(double, started(double))
    reference = batch.items.get().rail_reference
    double.rail.client.v1.transfers.reversals.create(reference, {"amount": 234})

    made = list(transfers_since(LONG_AGO))

    assert [(one.reference, one.group, one.item_id) for one in made] == [
        (reference, batch.reference, batch.items.get().pk)
    ]
    assert (made[0].amount, made[0].reversed_minor) == (Money(5_000, "EUR"), 234)
    reconcile()
    assert Difference.objects.get().kind == "stripe_returned"


def test_a_stripe_that_does_not_answer_is_unavailable(double, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    with pytest.raises(RailUnavailable):
        list(transfers_since(LONG_AGO))
