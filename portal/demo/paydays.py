"""The demo's payouts: two people, every payment day, and one batch that waits for its approval."""

from __future__ import annotations

from datetime import datetime, timedelta

from demo.catalogue import CURRENCY
from payouts.domain.calendar import bank_date, working_day_from
from payouts.models import Batch, Rail
from payouts.services import batches
from portal.demo.world import PAYMENT_DAYS, World

#: Nothing has matured before, and the last days are left for the batch that waits.
FIRST_PAID_DAY, LAST_PAID_DAY = 44, 82


class Paydays:
    """Pays on the payment days of the terms."""

    def __init__(self, world: World, begins: datetime) -> None:
        self._world = world
        self._first = bank_date(begins + timedelta(days=FIRST_PAID_DAY))
        self._last = bank_date(begins + timedelta(days=LAST_PAID_DAY))

    def pay_if_due(self, *, now: datetime) -> None:
        """On a payment day, prepare, approve and send a batch for each rail."""
        today = bank_date(now)
        if self._first <= today <= self._last and today.day in PAYMENT_DAYS:
            for rail in Rail:
                self._pay(rail, now)

    def _pay(self, rail: Rail, now: datetime) -> None:
        hugo = self._world.people["hugo"].pk
        try:
            batch = submit_batch(self._world, rail, now=now)
        except batches.NothingToPay:
            return  # Everybody is below the minimum: it waits for the next payment day.
        later = now + timedelta(minutes=40)
        batches.approve(
            batch_id=batch.pk, actor_id=hugo, content_hash=batch.content_hash, now=later
        )
        batches.make_file(batch_id=batch.pk, actor_id=hugo, now=later)
        batches.mark_sent(batch_id=batch.pk, actor_id=hugo, now=later + timedelta(minutes=5))


def submit_batch(world: World, rail: Rail, *, now: datetime) -> Batch:
    """Let the first of the two finance people prepare a batch and submit it.

    :raises NothingToPay: when nobody can be paid.
    """
    fiona = world.people["fiona"].pk
    batch = batches.prepare(
        rail=rail,
        currency=CURRENCY,
        cutoff_at=now,
        execution_date=working_day_from(bank_date(now)),
        actor_id=fiona,
        now=now,
    )
    return batches.submit(batch_id=batch.pk, actor_id=fiona, now=now)
