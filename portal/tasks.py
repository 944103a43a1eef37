from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core import exports
from core.nudge import nudge
from portal import data_files
from portal.exports import writing
from portal.letters import (
    code_leak,
    declined,
    month,
    queue_digest,
    scheduled_payouts,
    tracking_failing,
    week,
)


@shared_task
def write_exports(**_kwargs: Any) -> bool:
    """Write the export that waits longest, then ask for the next."""
    has_written = writing.write_next(clock=timezone.now)
    if has_written:
        nudge("portal.tasks.write_exports")
    return has_written


@shared_task
def write_data_files(**_kwargs: Any) -> bool:
    """Write the copy of personal data that waits longest, then ask for the next."""
    has_written = data_files.write_next(clock=timezone.now)
    if has_written:
        nudge("portal.tasks.write_data_files")
    return has_written


@shared_task
def begin_scheduled(**_kwargs: Any) -> int:
    """Ask for the files of the reports that are sent now."""
    begun = writing.begin_due(clock=timezone.now)
    if begun:
        nudge("portal.tasks.write_exports")
    return begun


@shared_task
def sweep_exports(**_kwargs: Any) -> int:
    """Delete the files whose week is over."""
    return exports.sweep(now=timezone.now())


@shared_task
def send_queue_digest(**_kwargs: Any) -> int:
    """Mail the team what waits for it."""
    return queue_digest.tell(now=timezone.now())


@shared_task
def tell_declined(**_kwargs: Any) -> int:
    """Tell affiliates which of their sales stopped counting, a mail for each day."""
    return declined.tell(now=timezone.now())


@shared_task
def send_months(**_kwargs: Any) -> int:
    """Tell affiliates how last month went, in its first days."""
    return month.tell(now=timezone.now())


@shared_task
def send_weeks(**_kwargs: Any) -> int:
    """Tell affiliates what last week earned, on its first days."""
    return week.tell(now=timezone.now())


@shared_task
def tell_of_scheduled_payouts(**_kwargs: Any) -> int:
    """Tell affiliates which payout is scheduled, and which one does not leave after all."""
    return scheduled_payouts.tell(now=timezone.now())


@shared_task
def tell_of_codes(**_kwargs: Any) -> int:
    """Tell affiliates and managers of promo codes that travel."""
    return code_leak.tell(now=timezone.now())


@shared_task
def watch_tracking(**_kwargs: Any) -> int:
    """Tell managers when visits are lost, or a machine is silent."""
    return tracking_failing.tell(now=timezone.now())
