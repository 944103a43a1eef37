from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core import deliveries, digests, staff_proposals
from core.privacy import journal, purging, registry


@shared_task
def send_deliveries(**_kwargs: Any) -> int:
    """Send the mails that are due, for a turn."""
    return deliveries.drain(clock=timezone.now)


@shared_task
def send_digests(**_kwargs: Any) -> int:
    """Send the daily and weekly mails that are due."""
    return digests.send_due(now=timezone.now())


@shared_task
def end_staff_proposals(**_kwargs: Any) -> int:
    """End the roles that nobody agreed to in time."""
    return staff_proposals.lapse_due(now=timezone.now())


@shared_task
def purge(**_kwargs: Any) -> int:
    """Have every rule of retention carried out, each in a task of its own; return how many."""
    keys = list(registry.rules())
    for key in keys:
        purge_rule.apply_async(kwargs={"key": key}, expires=6 * 3600)
    return len(keys)


@shared_task(soft_time_limit=44 * 60, time_limit=45 * 60)
def purge_rule(key: str, **_kwargs: Any) -> int:
    """Carry out one rule of retention; return how many rows it ended.

    What is not done in this time is done the next night: the broker gives a task to another
    worker after an hour.
    """
    return purging.run(key, now=timezone.now()).done


@shared_task
def file_erasures(**_kwargs: Any) -> int:
    """Write the erasure journal on into files that no restore of the database touches."""
    return journal.file_pending(now=timezone.now())
