"""Differences and holds against workers that are just sending (CL26, P63)."""

from threading import Event
from time import monotonic, sleep

import pytest
from django.db import transaction

from payouts.models import Batch, Difference, PayoutHold
from payouts.services import batches, checks, difference_stops, differences, executing, holds
from payouts.services.differences import Found, note
from tests.payouts import stripe_world
from tests.payouts.paydays import LATER, MUCH_LATER, finance, make_due
from tests.payouts.stripe_world import make_stripe_due, run, started, statuses
from tests.races.threads import at_once, raised

double, _stripe_server = stripe_world.double, stripe_world._stripe_server
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
COUNT = 4


def stop(batch, **data):
    """What the nightly comparison does when it finds something about the batch."""
    found = Found(key="stripe:x", kind="stripe_not_sent", amount_minor=7, currency="EUR",
                  data={"group": batch.reference, **data})  # fmt: skip
    with transaction.atomic():
        note([found], kinds=["stripe_not_sent"], now=LATER)
        difference_stops.stop_what_differs(now=LATER)
    return monotonic()


def test_a_difference_waits_for_what_is_leaving_and_nothing_leaves_after_it(double):
    make_stripe_due(double, count=COUNT)
    batch, has_claimed = started(double), Event()

    def step(number):
        if number:
            has_claimed.wait(30)
            return stop(batch)
        with transaction.atomic():
            executing.claim(batch_id=batch.pk, limit=1, now=LATER)
            has_claimed.set()
            sleep(0.5)
            return monotonic()

    claimed_until, stopped_at = at_once(2, step)

    assert stopped_at > claimed_until
    assert not executing.claim(batch_id=batch.pk, limit=9, now=LATER)
    assert statuses(batch) == ["ready"] * (COUNT - 1) + ["sending"]


def test_stopped_among_workers_each_is_paid_once_before_or_after(double):
    make_stripe_due(double, count=COUNT)
    batch = started(double)

    done = at_once(
        4, lambda number: run(double, batch, alone=False, hands=1) if number else stop(batch)
    )

    assert not raised(done)
    left = statuses(batch).count("sent")
    assert double.stats()["transfers"] == left
    if Batch.objects.get(pk=batch.pk).status == "paused":
        assert statuses(batch) == ["ready"] * (COUNT - left) + ["sent"] * left
        differences.explain(difference_id=Difference.objects.get().pk, actor_id=finance().pk,
                            reason="A test", now=LATER)  # fmt: skip
        batches.resume(batch_id=batch.pk, actor_id=finance().pk, reason="Explained", now=MUCH_LATER)
        run(double, batch, now=MUCH_LATER)
    assert statuses(batch) == ["sent"] * COUNT
    assert double.stats()["duplicates"] == {}
    assert checks.check() == []


def test_a_payee_held_by_eight_at_once_is_held_once():
    ada, people = make_due(), [finance() for _ in range(8)]

    done = at_once(
        8,
        lambda number: holds.hold_payee(
            affiliate_id=ada.pk, reason="Odd", until=None, actor_id=people[number].pk, now=LATER
        ),
    )

    assert not raised(done)
    assert PayoutHold.objects.count() == 1
