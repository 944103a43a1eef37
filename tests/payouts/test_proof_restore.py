"""Tables that are older than the payments: whatever people do next, nobody is paid twice (D6 33).

Yesterday's tables know neither the batch nor its payments, and Stripe has forgotten the keys. The
whole database is brought back in tests/payouts/test_proof_command.py.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from payouts.gateways.stripe_books import transfers_since
from payouts.models import Batch, Difference, Item, Transfer
from payouts.services import batches, differences, executing, reconciliation
from tests.payouts import stripe_world
from tests.payouts.paydays import LATER, PAYDAY, finance, item_of
from tests.payouts.stories import approved, assert_balances
from tests.payouts.stripe_world import make_stripe_due, run, started, statuses, stripe_batch
from tests.payouts.test_adjustments_of_no_sale import adjusted
from tests.undo import undone

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = pytest.mark.django_db
TOMORROW = LATER + timedelta(hours=25)
NEXT_MONTH = PAYDAY + timedelta(days=31)
IN_AUGUST = date(2026, 8, 20)


@pytest.fixture
def paid_yesterday(double):
    """Two payees whom a batch paid that our tables know nothing of any more."""
    payees = make_stripe_due(double, count=2)
    with undone():
        assert run(double, started(double)).status == "done"
    double.ctl("clock", advance=90_000)
    assert not Batch.objects.exists()
    assert double.stats()["transfers"] == 2
    return payees


def assert_nothing_left(double, batch):
    assert batch.status == "paused"
    assert set(statuses(batch)) == {"ready"}
    assert double.stats()["transfers"] == 2


def go_on(batch, now):
    batches.resume(batch_id=batch.pk, actor_id=finance().pk, reason="Go on", now=now)


def test_d6_33_a_batch_made_again_under_its_number_pauses_however_often_it_goes_on(
    double, paid_yesterday
):
    batch = run(double, started(double, now=TOMORROW), now=TOMORROW)

    assert_nothing_left(double, batch)
    assert "2 payments" in batch.note
    go_on(batch, TOMORROW)
    assert_nothing_left(double, run(double, batch, now=TOMORROW))


def test_d6_33_a_batch_made_again_under_another_number_pauses_too(double, paid_yesterday):
    again = stripe_batch(now=NEXT_MONTH, execution_date=IN_AUGUST)

    batch = run(double, started(double, again, now=NEXT_MONTH), now=NEXT_MONTH)

    assert_nothing_left(double, batch)


def test_d6_33_the_batch_after_one_that_was_cancelled_for_it_pauses_too(double, paid_yesterday):
    first = run(double, started(double, now=TOMORROW), now=TOMORROW)
    batches.cancel(batch_id=first.pk, actor_id=finance().pk, reason="Odd", now=TOMORROW)

    batch = run(double, started(double, stripe_batch(now=TOMORROW), now=TOMORROW), now=TOMORROW)

    assert batch.reference != first.reference
    assert_nothing_left(double, batch)


def test_d6_33_once_people_booked_and_explained_what_was_paid_the_next_batch_pays_the_rest(
    double, paid_yesterday
):
    ada, ines = paid_yesterday
    for payee in paid_yesterday:
        adjusted(payee, -5_000, text="Paid by the batch that was lost", now=LATER)
    approved(ada, lines=[{"quantity": 6}])
    batch = run(double, started(double, stripe_batch(now=TOMORROW), now=TOMORROW), now=TOMORROW)
    assert_nothing_left(double, batch)
    reconciliation.reconcile(
        stripe_books=transfers_since, now=datetime.now(UTC) + timedelta(days=2)
    )
    for row in Difference.objects.all():
        differences.explain(
            difference_id=row.pk, actor_id=finance().pk, reason="Of the lost batch", now=TOMORROW
        )

    go_on(batch, TOMORROW)
    batch = run(double, batch, now=TOMORROW)

    assert (batch.status, item_of(batch, ada).amount_minor) == ("done", 6_000)
    assert not Item.objects.filter(affiliate=ines).exists()
    assert double.stats()["net"] == 2 * 5_000 + 6_000
    assert_balances(ada.pk)
    assert_balances(ines.pk)


def make(double, item, minor):
    """As yesterday's batch paid a payout of this number."""
    double.rail.client.v1.transfers.create(
        {
            "amount": minor,
            "currency": "eur",
            "destination": item.stripe_account,
            "transfer_group": item.batch.reference,
            "metadata": {"payout_item": str(item.pk)},
        }
    )


def test_d6_33_of_yesterdays_payments_all_are_adopted_or_none(double):
    ada, ines = make_stripe_due(double, count=2)
    batch = started(double)
    make(double, item_of(batch, ada), 4_000)  # More is due to her today.
    make(double, item_of(batch, ines), 5_000)

    batch = run(double, batch, now=TOMORROW)

    assert_nothing_left(double, batch)
    go_on(batch, TOMORROW)
    assert_nothing_left(double, run(double, batch, now=TOMORROW))
    assert double.stats()["duplicates"] == {}


def test_d6_33_the_oldest_payment_is_adopted_first_so_that_a_death_half_way_hides_none(double):
    make_stripe_due(double, count=4)
    batch = started(double)
    numbers = list(batch.items.order_by("pk").values_list("pk", flat=True))
    for item in batch.items.order_by("pk"):
        make(double, item, 5_000)
    *_younger, oldest = double.rail.made_of(batch.reference)
    executing.adopt(found=oldest, batch_id=batch.pk, now=TOMORROW)  # Then its worker died.

    batch = run(double, batch, now=TOMORROW)

    assert (batch.status, double.stats()["transfers"]) == ("done", 4)
    posted = Transfer.objects.filter(kind="sent").order_by("pk")
    assert list(posted.values_list("source_key", flat=True)) == [
        f"item:{number}:sent" for number in numbers
    ]
