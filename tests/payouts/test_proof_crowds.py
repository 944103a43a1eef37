"""Many payees in one batch: storms of 429, an empty balance, a stop half-way (D6 6, 7, 8, 32)."""

from datetime import timedelta
from threading import Lock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payouts.gateways.stripe import StripeRail
from payouts.models import Commission, Item
from payouts.proof import world
from payouts.services import batches, checks, executing, stripe_runs
from tests.doubles.stripe.world import W
from tests.payouts import stripe_world
from tests.payouts.paydays import LATER, MUCH_LATER, finance
from tests.payouts.stories import assert_balances
from tests.payouts.stripe_world import make_stripe_due, run, started, statuses, stripe_batch
from tests.undo import undone

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EACH = 5_000


def begun(double, count):
    """A batch of ``count`` payees, EUR 50.00 each, that two people agreed on and one began."""
    crew = world.people()
    world.owe(
        double,
        items=count,
        crew=crew,
        seed=1,
        now=LATER,
        between=(EACH, EACH),
        restricted=count + 1,
    )
    return world.begun_batch(crew, now=LATER)


def test_d6_6_a_storm_of_429_delays_payments_and_fails_none(double):
    batch = begun(double, 100)
    double.ctl("config", rate_limit_per_sec=20)
    rail = StripeRail(double.rail.client)

    now = LATER
    while batch.status == "executing" and now < LATER + timedelta(hours=1):
        stripe_runs.run(batch_id=batch.pk, clock=lambda at=now: at, rail=rail, hands=8)
        batch.refresh_from_db()
        now += executing.AGAIN_AFTER

    asked = sum(one["m"] == "POST" and one["path"] == "/v1/transfers" for one in W.log)
    assert asked > 100  # It was a storm.
    assert (batch.status, statuses(batch)) == ("done", ["sent"] * 100)
    assert set(Item.objects.values_list("attempt", flat=True)) == {1}
    assert (double.stats()["duplicates"], double.stats()["net"]) == ({}, 100 * EACH)


@pytest.mark.parametrize("act", ["assemble", "carry out"])
def test_d6_7_a_payout_among_many_asks_the_database_no_more_than_one_among_few(double, act):
    """How long 10,000 take, and in what memory, is measured (benchmarks/README.md)."""

    def asked(count):
        double.ctl("reset")
        double.ctl("fund", amount=count * EACH)
        with undone():
            with CaptureQueriesContext(connection) as assembling:
                batch = begun(double, count)
            with CaptureQueriesContext(connection) as carrying_out:
                assert run(double, batch, hands=4).status == "done"
            return len(assembling if act == "assemble" else carrying_out) / count

    assert asked(96) <= asked(24)


class Drained(StripeRail):
    """Stripe, where somebody else takes the money once the first payment is asked for."""

    def __init__(self, double, *, leaves):
        super().__init__(double.rail.client)
        self._double, self._leaves, self._lock = double, leaves, Lock()

    def send(self, order):
        with self._lock:
            if self._leaves is not None:
                too_much = self.available("EUR").minor - self._leaves
                self._double.ctl("fund", amount=-too_much)
                self._leaves = None
        return super().send(order)


def go_on(batch):
    batches.resume(batch_id=batch.pk, actor_id=finance().pk, reason="Topped up", now=MUCH_LATER)


def test_d6_8_when_the_balance_ends_after_599_the_rest_waits_and_is_paid_exactly(double):
    count, sent = 620, 599
    batch = begun(double, count)
    rail = Drained(double, leaves=sent * EACH + EACH - 1)

    stripe_runs.run(batch_id=batch.pk, clock=lambda: LATER, rail=rail)

    batch.refresh_from_db()
    assert (batch.status, batch.note) == ("paused", "Stripe holds too little money: top it up.")
    assert statuses(batch) == ["ready"] * (count - sent) + ["sent"] * sent
    assert double.stats()["transfers"] == sent
    go_on(batch)
    assert run(double, batch, now=MUCH_LATER).status == "paused"
    assert double.stats()["transfers"] == sent
    double.ctl("fund", amount=(count - sent) * EACH - (EACH - 1))
    go_on(batch)
    batch = run(double, batch, now=MUCH_LATER)
    assert (batch.status, statuses(batch)) == ("done", ["sent"] * count)
    assert (double.stats()["duplicates"], double.stats()["net"]) == ({}, count * EACH)
    assert double.rail.available("EUR").minor == 0
    assert checks.check() == []


def test_d6_32_of_a_batch_cancelled_half_way_the_rest_is_paid_by_the_next_one(double):
    affiliates = make_stripe_due(double, count=6)
    batch, actor = started(double), finance().pk
    [one, *_rest] = executing.claim(batch_id=batch.pk, limit=2, now=LATER).orders
    executing.record(order=one, answer=double.rail.send(one), now=LATER)
    batches.pause(batch_id=batch.pk, actor_id=actor, reason="Stop", now=LATER)
    with pytest.raises(batches.StillInFlight):
        batches.cancel(batch_id=batch.pk, actor_id=actor, reason="Stop", now=LATER)
    go_on(batch)
    later = MUCH_LATER + executing.LEASE
    claimed = executing.claim(batch_id=batch.pk, limit=1, now=later)
    executing.record(order=claimed.orders[0], answer=double.rail.send(claimed.orders[0]), now=later)
    batches.pause(batch_id=batch.pk, actor_id=actor, reason="Stop", now=later)

    batches.cancel(batch_id=batch.pk, actor_id=actor, reason="Stop", now=later)

    assert statuses(batch) == ["released"] * 4 + ["sent"] * 2
    assert sorted(Commission.objects.values_list("status", flat=True)) == (
        ["approved"] * 4 + ["paid"] * 2
    )
    again = run(double, started(double, stripe_batch(now=later), now=later), now=later)
    assert (again.status, again.item_count) == ("done", 4)
    assert (double.stats()["transfers"], double.stats()["net"]) == (6, 6 * EACH)
    for affiliate in affiliates:
        assert_balances(affiliate.pk)
