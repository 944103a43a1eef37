"""Each payout of a Stripe batch exactly once, whatever happens in between (ST7 to ST17).

The numbers D6.n are those of the payout tests. The oracle is what Stripe says, not our tables.
"""

from datetime import timedelta

import pytest
from django.db import connection

from affiliates.services import accounts
from core.models import Delivery
from core.money import Money
from payouts.models import Commission, Item, Statement, StripeAccount, Transfer
from payouts.services import batches, executing, payout_stops, statements, stripe_runs
from payouts.services.pausing import StillInFlight
from payouts.services.payout_stops import PayoutsStopped
from tests.payouts.paydays import LATER, MUCH_LATER, finance, item_of
from tests.payouts.stories import assert_balances
from tests.payouts.stripe_world import (
    _stripe_server as _stripe_server,
)
from tests.payouts.stripe_world import (
    double as double,
)
from tests.payouts.stripe_world import (
    make_stripe_due,
    run,
    started,
    statuses,
    stripe_batch,
)
from tests.postgresql.base import acting_as

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_batch_leaves_once_and_the_ledger_says_what_stripe_says(double):
    ada, ines = make_stripe_due(double), make_stripe_due(double, units=3)
    batch = started(double)

    batch = run(double, batch)

    assert batch.status == "done"
    assert statuses(batch) == ["sent", "sent"]
    assert double.sent() == {item_of(batch, ada).pk: 5_000, item_of(batch, ines).pk: 3_000}
    assert set(Commission.objects.values_list("status", flat=True)) == {"paid"}
    sent = Transfer.objects.filter(kind="sent", credit__code="clearing:stripe")
    assert sum(sent.values_list("amount_minor", flat=True)) == double.stats()["net"]
    assert_balances(ada.pk)
    statements.issue_missing(now=LATER)
    assert Statement.objects.count() == 2
    told = Delivery.objects.filter(key__startswith="statement:").first()
    assert "is in your balance at Stripe" in told.body


def test_the_key_is_written_before_stripe_is_asked(double):
    make_stripe_due(double)
    batch = started(double)

    claimed = executing.claim(batch_id=batch.pk, limit=10, now=LATER)

    item = Item.objects.get()
    assert (item.status, item.idempotency_key) == ("sending", f"item-{item.pk}-1")
    assert (item.first_sent_at, item.lease_until) == (LATER, LATER + executing.LEASE)
    assert [order.key for order in claimed.orders] == [item.idempotency_key]
    assert not executing.claim(batch_id=batch.pk, limit=10, now=LATER)


def test_d6_1_a_worker_that_dies_after_the_call_is_followed_by_one_with_the_same_key(double):
    ada = make_stripe_due(double)
    batch = started(double)
    [order] = executing.claim(batch_id=batch.pk, limit=10, now=LATER).orders
    double.rail.send(order)

    early = run(double, batch, now=LATER + timedelta(minutes=1))
    assert early.status == "executing"
    batch = run(double, batch, now=LATER + executing.LEASE)

    assert batch.status == "done"
    assert double.stats()["duplicates"] == {}
    assert double.sent() == {item_of(batch, ada).pk: 5_000}
    assert_balances(ada.pk)


def test_d6_3_an_answer_that_was_lost_is_one_transfer(double):
    make_stripe_due(double)
    batch = started(double)
    double.fault(when="after", do="drop")
    double.fault(when="before", do="drop", skip=1, times=2)

    batch = run(double, batch)
    assert statuses(batch) == ["sending"]
    batch = run(double, batch, now=LATER + executing.AGAIN_AFTER)

    assert statuses(batch) == ["sent"]
    assert double.stats()["transfers"] == 1


def test_d6_4_a_stored_500_is_looked_up_and_adopted(double):
    ada = make_stripe_due(double)
    batch = started(double)
    double.fault(when="after", status=500, store=True)

    batch = run(double, batch)

    assert batch.status == "done"
    assert double.stats()["transfers"] == 1
    assert item_of(batch, ada).rail_reference.startswith("tr_")
    assert_balances(ada.pk)


def test_d6_4_a_stored_500_of_nothing_is_left_to_people(double):
    ada = make_stripe_due(double)
    batch = started(double)
    [order] = executing.claim(batch_id=batch.pk, limit=10, now=LATER).orders
    double.rail.client.v1.transfers.create(
        {"amount": 1, "currency": "eur", "destination": order.destination},
        {"idempotency_key": order.key},
    )

    batch = run(double, batch, now=LATER + executing.LEASE)

    assert (batch.status, statuses(batch)) == ("executing", ["unknown"])
    assert_balances(ada.pk, reserved=5_000)


@pytest.mark.parametrize("was_made", [True, False])
def test_d6_5_after_a_day_nothing_is_sent_again_without_looking(double, was_made):
    make_stripe_due(double)
    batch = started(double)
    [order] = executing.claim(batch_id=batch.pk, limit=10, now=LATER).orders
    if was_made:
        double.rail.send(order)
    double.ctl("clock", advance=90_000)

    batch = run(double, batch, now=LATER + 25 * HOUR)

    assert statuses(batch) == ["sent" if was_made else "unknown"]
    assert double.stats()["transfers"] == int(was_made)


def test_d6_6_a_storm_of_429_fails_nobody(double):
    make_stripe_due(double, count=6)
    batch = started(double)
    double.fault(when="before", status=429, times=9)

    batch = run(double, batch)

    assert (batch.status, statuses(batch)) == ("done", ["sent"] * 6)
    assert len(double.waits) == 9
    assert double.stats()["duplicates"] == {}


def test_d6_8_when_the_balance_runs_out_the_batch_pauses_and_goes_on_exactly(double, monkeypatch):
    make_stripe_due(double, count=5)
    batch = started(double)
    double.ctl("fund", amount=-10_000_000 + 10_000)

    with monkeypatch.context() as meanwhile:  # Somebody else takes it after we looked.
        meanwhile.setattr(double.rail, "available", lambda currency: Money(25_000, currency))
        batch = run(double, batch, hands=1)

    assert batch.status == "paused"
    assert statuses(batch) == ["ready"] * 3 + ["sent"] * 2
    assert_balances(Item.objects.first().affiliate_id)
    go_on(batch)
    assert run(double, batch, now=MUCH_LATER).status == "paused"
    double.ctl("fund", amount=15_000)
    go_on(batch)
    batch = run(double, batch, now=MUCH_LATER)
    assert (batch.status, double.stats()["net"]) == ("done", 25_000)
    assert double.stats()["duplicates"] == {}


def go_on(batch):
    batches.resume(batch_id=batch.pk, actor_id=finance().pk, reason="Topped up", now=MUCH_LATER)


def test_a_batch_that_stripe_cannot_fund_waits_before_anything_leaves(double):
    make_stripe_due(double)
    batch = stripe_batch()
    double.ctl("fund", amount=-9_999_999)

    batch = started(double, batch)

    assert batch.status == "paused"
    assert "Awaiting funds" in batch.note
    assert double.stats()["transfers"] == 0


def test_d6_9_who_is_restricted_after_the_approval_is_skipped_and_due_again(double):
    ada, ines = make_stripe_due(double, count=2)
    batch = started(double)
    StripeAccount.objects.filter(affiliate=ada).update(capability="restricted")

    batch = run(double, batch)

    assert batch.status == "done_with_exceptions"
    assert item_of(batch, ada).status == "released"
    assert item_of(batch, ines).status == "sent"
    assert_balances(ada.pk, payable=5_000)


def test_d6_9_a_restriction_that_only_stripe_knows_is_a_refusal_and_then_known(double):
    ada = make_stripe_due(double)
    account = ada.stripe_account.account
    batch = started(double)
    double.ctl(f"accounts/{account}/restrict")

    batch = run(double, batch)

    item = item_of(batch, ada)
    assert (batch.status, item.status) == ("done_with_exceptions", "released")
    assert "insufficient_capabilities_for_transfer" in item.reason
    assert StripeAccount.objects.get().capability == "restricted"
    assert_balances(ada.pk, payable=5_000)


def test_d6_16_the_task_delivered_twice_does_it_once(double):
    make_stripe_due(double, count=3)
    batch = started(double)

    run(double, batch)
    again = run(double, batch)

    assert (again.status, double.stats()["transfers"]) == ("done", 3)


def test_more_refusals_than_five_percent_pause_the_batch(double):
    affiliates = make_stripe_due(double, count=22)
    for affiliate in affiliates[:2]:
        double.ctl(f"accounts/{affiliate.stripe_account.account}/restrict")
    batch = started(double)

    batch = run(double, batch, hands=10)

    assert batch.status == "paused"
    assert batch.note == "2 of 20 payouts were refused."
    assert statuses(batch).count("ready") == 2


def test_the_kill_switch_pauses_the_batch_and_nothing_leaves(double):
    make_stripe_due(double)
    batch = started(double)
    payout_stops.stop(actor_id=finance().pk, reason="Odd", now=LATER)

    batch = run(double, batch)

    assert (batch.status, double.stats()["transfers"]) == ("paused", 0)
    with pytest.raises(PayoutsStopped):
        go_on(batch)


def test_a_suspended_payee_is_skipped_at_the_last_moment(double):
    ada, _ines = make_stripe_due(double, count=2)
    batch = started(double)
    accounts.suspend(affiliate_id=ada.pk, actor_id=finance().pk, reason="Odd", now=LATER)

    batch = run(double, batch)

    assert item_of(batch, ada).status == "released"
    assert_balances(ada.pk, payable=5_000)


def test_d6_33_tables_from_before_the_payment_adopt_it(double):
    ada = make_stripe_due(double)
    batch = started(double)
    [order] = executing.claim(batch_id=batch.pk, limit=10, now=LATER).orders
    double.rail.send(order)
    forget(batch)
    double.ctl("clock", advance=90_000)

    batch = run(double, batch, now=LATER + 25 * HOUR)

    assert (batch.status, double.stats()["transfers"]) == ("done", 1)
    assert_balances(ada.pk)


def forget(batch):
    """As if the database came from a backup of before the payment."""
    with acting_as(connection, None) as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE payouts_item SET status = 'ready', idempotency_key = '', first_sent_at = NULL,"
            " lease_until = NULL WHERE batch_id = %s",
            [batch.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_d6_33_a_payment_that_nobody_knows_pauses_the_batch(double):
    ada = make_stripe_due(double)
    batch = started(double)
    double.rail.client.v1.transfers.create(
        {
            "amount": 777,
            "currency": "eur",
            "destination": ada.stripe_account.account,
            "transfer_group": batch.reference,
        }
    )

    batch = run(double, batch)

    assert (batch.status, double.stats()["transfers"]) == ("paused", 1)


def test_a_payment_of_a_payout_that_was_given_up_pauses_the_batch(double):
    ada, _ines = make_stripe_due(double, count=2)
    batch = started(double)
    StripeAccount.objects.filter(affiliate=ada).update(capability="restricted")
    claimed = executing.claim(batch_id=batch.pk, limit=1, now=LATER)
    assert (claimed.orders, claimed.skipped) == ((), 1)
    item = item_of(batch, ada)
    double.rail.send(executing.order_of(item, batch))

    batch = run(double, batch)

    assert (batch.status, double.stats()["transfers"]) == ("paused", 1)
    assert_balances(ada.pk, payable=5_000)


def test_d6_32_what_was_on_its_way_when_the_batch_stopped_is_looked_up_before_it_ends(double):
    ada, ines = make_stripe_due(double, count=2)
    batch, actor = started(double), finance().pk
    [order] = executing.claim(batch_id=batch.pk, limit=1, now=LATER).orders
    double.rail.send(order)
    batches.pause(batch_id=batch.pk, reason="Stop", actor_id=actor, now=LATER)
    with pytest.raises(StillInFlight):
        batches.cancel(batch_id=batch.pk, actor_id=actor, reason="Wrong", now=LATER)
    later = LATER + executing.LEASE

    stripe_runs.settle_left_behind(batch_id=batch.pk, clock=lambda: later, rail=double.rail)
    batches.cancel(batch_id=batch.pk, actor_id=actor, reason="Wrong", now=later)

    assert statuses(batch) == ["released", "sent"]
    assert double.stats()["transfers"] == 1
    assert_balances(ada.pk)
    assert_balances(ines.pk, payable=5_000)
