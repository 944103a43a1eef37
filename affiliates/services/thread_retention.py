"""Files of threads that are over: deleted for good once they were kept long enough (MS8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from affiliates.models import Programme, Thread, ThreadMessage, ThreadStatus
from core import audit


def _over(now: datetime) -> QuerySet[Thread]:
    """Keep the threads with files in which nothing waits and nobody wrote for long enough."""
    until = now - timedelta(days=Programme.get().proof_keep_days)
    said = ThreadMessage.objects.filter(thread=OuterRef("pk"))
    return Thread.objects.filter(
        ~Exists(said.filter(at__gt=until)),
        Exists(said.filter(file__isnull=False)),
        status_changed_at__lte=until,
    ).exclude(status=ThreadStatus.OPEN)


def count_files(*, now: datetime) -> int:
    """Return how many files :func:`delete_files` would delete."""
    return ThreadMessage.objects.filter(thread__in=_over(now), file__isnull=False).count()


@transaction.atomic
def delete_files(*, now: datetime, limit: int = 500) -> int:
    """Delete the files of threads that ended ``proof_keep_days`` ago; return how many files.

    A thread has ended when the team owes no answer and nobody wrote in it since. Names stay, and
    the trail of each thread says how many were deleted. At most ``limit`` threads at a time. Safe
    to repeat and to race.
    """
    threads = (
        _over(now)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",), skip_locked=True)[:limit]
    )
    return sum(_delete(thread, now) for thread in threads)


def _delete(thread: Thread, now: datetime) -> int:
    files = ThreadMessage.objects.filter(thread=thread, file__isnull=False).update(file=None)
    if files:
        audit.record(
            actor=None, verb="thread.files_deleted", subject=thread, at=now, data={"files": files}
        )
    return files
