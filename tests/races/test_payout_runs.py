"""Clicks and workers on one Stripe batch at once: one beginning, one payment each (D6 10, 16)."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry
from payouts import tasks
from payouts.models import Approval, Batch, Item
from payouts.services import batches, checks, executing, stripe_runs
from tests.payouts import stripe_world
from tests.payouts.paydays import LATER, finance, submitted
from tests.payouts.stripe_world import make_stripe_due, started, statuses
from tests.races.threads import at_once, raised

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
COUNT = 5


def assert_each_was_paid_once(double, batch):
    batch.refresh_from_db()
    assert (batch.status, statuses(batch)) == ("done", ["sent"] * COUNT)
    said = double.stats()
    assert (said["transfers"], said["net"], said["duplicates"]) == (COUNT, COUNT * 5_000, {})
    assert AuditEntry.objects.filter(verb="batch.sent").count() == 1
    assert checks.check() == []


def test_d6_10_sixteen_clicks_approve_once_and_the_batch_begins_once(double):
    make_stripe_due(double, count=COUNT)
    batch, checker, actor = submitted(rail="stripe"), finance(), finance()

    yes = at_once(
        16,
        lambda _number: batches.approve(
            batch_id=batch.pk, actor_id=checker.pk, content_hash=batch.content_hash, now=LATER
        ),
    )
    begun = at_once(
        16,
        lambda _number: stripe_runs.start(
            batch_id=batch.pk, actor_id=actor.pk, now=LATER, rail=double.rail
        ),
    )

    assert not raised(yes)
    assert Approval.objects.count() == 1
    assert AuditEntry.objects.filter(verb="batch.approved").count() == 1
    refused = raised(begun)
    assert len(refused) == 15
    assert {type(one) for one in refused} <= {InvalidTransition}
    assert AuditEntry.objects.filter(verb="batch.begun").count() == 1
    at_once(16, lambda _number: run(double, batch))
    assert_each_was_paid_once(double, batch)


def run(double, batch, **options):
    stripe_runs.run(batch_id=batch.pk, clock=lambda: LATER, rail=double.rail, hands=2, **options)


def test_d6_16_a_task_that_is_delivered_eight_times_at_once_and_again_pays_once(double):
    make_stripe_due(double, count=COUNT)
    batch = started(double)

    assert not raised(at_once(8, lambda _number: tasks.execute_stripe_batch(batch_id=batch.pk)))
    tasks.execute_stripe_batch(batch_id=batch.pk)

    assert_each_was_paid_once(double, batch)


def test_d6_16_workers_that_do_not_see_each_other_share_the_batch(double):
    """As if the lock that keeps runs apart were lost: rows are enough."""
    make_stripe_due(double, count=COUNT)
    batch = started(double)

    assert not raised(at_once(8, lambda _number: run(double, batch, alone=False)))
    run(double, batch)

    assert_each_was_paid_once(double, batch)


def test_d6_16_a_task_delivered_again_after_its_worker_died_asks_with_the_same_key(double):
    """Celery gives a task of a dead worker to another one (acks_late)."""
    make_stripe_due(double, count=COUNT)
    batch = started(double)
    before = datetime.now(UTC) - executing.LEASE - timedelta(minutes=1)
    claimed = executing.claim(batch_id=batch.pk, limit=3, now=before)
    for order in claimed.orders:  # It died before it wrote anything down.
        double.rail.send(order)

    tasks.execute_stripe_batch(batch_id=batch.pk)

    assert_each_was_paid_once(double, batch)
    assert set(Item.objects.values_list("attempt", flat=True)) == {1}
    assert not Batch.objects.exclude(status="done").exists()
