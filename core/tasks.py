from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core import (
    api_calls,
    deliveries,
    digests,
    exports,
    notifications,
    sign_ups,
    staff_invitations,
    staff_proposals,
)


@shared_task
def send_deliveries(**_kwargs: Any) -> int:
    """Send the mails that are due, for a turn."""
    return deliveries.drain(clock=timezone.now)


@shared_task
def send_digests(**_kwargs: Any) -> int:
    """Send the daily and weekly mails that are due."""
    return digests.send_due(now=timezone.now())


@shared_task
def forget_notifications(**_kwargs: Any) -> int:
    """Delete notifications that are older than anybody looks."""
    return notifications.forget(now=timezone.now())


@shared_task
def purge_api_calls(**_kwargs: Any) -> int:
    """Delete the answers of the API that are not given again any more."""
    return api_calls.purge(now=timezone.now())


@shared_task
def empty_mails(**_kwargs: Any) -> int:
    """Forget the words and the addresses of mails that left long ago."""
    now, emptied = timezone.now(), 0
    while count := deliveries.empty(now=now):
        emptied += count
    return emptied


@shared_task
def forget_exports(**_kwargs: Any) -> int:
    """Delete the exports that ended long ago."""
    now, deleted = timezone.now(), 0
    while count := exports.forget(now=now):
        deleted += count
    return deleted


@shared_task
def forget_sign_ups(**_kwargs: Any) -> int:
    """Delete the sign-ups that nobody confirmed."""
    now, deleted = timezone.now(), 0
    while count := sign_ups.purge(now=now):
        deleted += count
    return deleted


@shared_task
def end_staff_proposals(**_kwargs: Any) -> int:
    """End the roles that nobody agreed to in time."""
    return staff_proposals.lapse_due(now=timezone.now())


@shared_task
def purge_staff_invitations(**_kwargs: Any) -> int:
    """Delete the invitations to the team of the programme that were over a month ago."""
    return staff_invitations.purge(now=timezone.now())
