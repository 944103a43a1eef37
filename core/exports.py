"""Files that a worker writes for somebody: asked for, written, fetched, and gone after a week."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.models import Export, ExportStatus, User
from core.stored_files import delete_on_commit

#: More rows than these are written by a worker and not while somebody waits.
MOST_AT_ONCE = 50_000
KEPT = timedelta(days=7)
#: What was asked for, and by whom, is kept as long as notifications. The trail keeps downloads.
ROW_KEPT = timedelta(days=400)
#: A worker says that it lives after every few thousand rows; one so long silent is dead.
SILENT_AFTER = timedelta(minutes=10)
MOST_ATTEMPTS = 3
MOST_UNDER_WAY = 3
#: What ``Export.problem`` says.
WORKER_DIED, NO_ACCESS, BROKE = "worker_died", "no_access", "broke"


class TooManyExports(DomainError):
    """A person asked for more files than may be written at once."""

    code = "too_many_exports"


class NoFile(DomainError):
    """There is no file of an export any more, or not yet."""

    code = "no_file"


@transaction.atomic
def ask(
    *,
    owner_id: int,
    scope: str,
    page: str,
    title: str,
    query: str,
    form: str,
    language: str,
    now: datetime,
    key: str | None = None,
    total: int | None = None,
) -> Export:
    """Ask for a file. With a ``key`` it is asked for once, however often this is repeated.

    ``total``: the rows it will have, if that is known.

    :raises TooManyExports: when three of the person's wait or are being written; never for a key.
    """
    # Two requests of one person wait for each other: both would count too few.
    User.objects.select_for_update(no_key=True).get(pk=owner_id)
    if key is not None:
        known = Export.objects.filter(key=key).first()
        if known is not None:
            return known
    elif _under_way(owner_id) >= MOST_UNDER_WAY:
        raise TooManyExports(
            _("Three of your exports wait or are being written. Wait until one is ready.")
        )
    return Export.objects.create(
        owner_id=owner_id,
        scope=scope,
        page=page,
        title=title[:120],
        query=query,
        form=form,
        language=language,
        key=key,
        total=total,
        created_at=now,
        status_changed_at=now,
    )


@transaction.atomic
def retry(*, export_id: int, now: datetime) -> Export:
    """Have a file that failed, or that is gone, written again, of the rows as they are now.

    :raises InvalidTransition: when it is ready or on its way.
    :raises TooManyExports: see :func:`ask`.
    """
    export = Export.objects.select_for_update().get(pk=export_id)
    if export.may_be_retried and _under_way(export.owner_id) >= MOST_UNDER_WAY:
        raise TooManyExports(
            _("Three of your exports wait or are being written. Wait until one is ready.")
        )
    export.move_to(ExportStatus.QUEUED, at=now)
    export.attempts, export.rows, export.problem = 0, 0, ""
    export.save()
    return export


@transaction.atomic
def claim_next(*, now: datetime) -> Export | None:
    """Take the one that waits longest. Two workers never take the same."""
    export = (
        Export.objects.select_for_update(skip_locked=True)
        .filter(status=ExportStatus.QUEUED)
        .order_by("created_at", "pk")
        .first()
    )
    if export is None:
        return None
    export.move_to(ExportStatus.RUNNING, at=now)
    export.progressed_at, export.rows = now, 0
    export.attempts += 1
    export.save()
    return export


def progress(*, export_id: int, rows: int, now: datetime) -> bool:
    """Say how many rows are written; tell whether the export is still wanted of this worker."""
    running = Export.objects.filter(pk=export_id, status=ExportStatus.RUNNING)
    return bool(running.update(rows=rows, progressed_at=now))


@transaction.atomic
def finish(
    *,
    export_id: int,
    file: File[bytes],
    name: str,
    rows: int,
    now: datetime,
    reads_costs: bool = False,
) -> bool:
    """Keep the file that was written, for seven days; tell whether it was still wanted.

    ``reads_costs``: what follows from real costs is in the file.
    """
    export = Export.objects.select_for_update().filter(pk=export_id).first()
    if export is None or export.status != ExportStatus.RUNNING:
        return False
    export.move_to(ExportStatus.DONE, at=now)
    export.file.save(name, file, save=False)
    export.rows = export.total = rows
    export.reads_costs = reads_costs
    export.size, export.expires_at, export.problem = export.file.size, now + KEPT, ""
    export.save()
    return True


@transaction.atomic
def fail(*, export_id: int, problem: str, now: datetime) -> bool:
    """Say that a file could not be written; tell whether it was still being written."""
    export = Export.objects.select_for_update().get(pk=export_id)
    if export.status != ExportStatus.RUNNING:
        return False
    export.move_to(ExportStatus.FAILED, at=now)
    export.problem = problem
    export.save(update_fields=["status", "status_changed_at", "problem"])
    return True


def take_back_silent(*, now: datetime) -> int:
    """Put what dead workers were writing back into the queue; after three times it failed."""
    silent = Export.objects.filter(
        status=ExportStatus.RUNNING, progressed_at__lt=now - SILENT_AFTER
    ).values_list("pk", flat=True)
    return sum(_take_back(pk, now) for pk in silent)


def sweep(*, now: datetime, limit: int = 500) -> int:
    """Delete the files whose week is over; return how many. Safe to repeat.

    The row says so before the file goes: a crash between leaves no row that promises a file.
    """
    due = Export.objects.filter(status=ExportStatus.DONE, expires_at__lte=now)
    gone = 0
    for pk in due.order_by("expires_at").values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            export = Export.objects.select_for_update().get(pk=pk)
            if export.status != ExportStatus.DONE:
                continue
            export.move_to(ExportStatus.EXPIRED, at=now)
            export.save(update_fields=["status", "status_changed_at"])
        gone += 1
    for export in Export.objects.filter(status=ExportStatus.EXPIRED).exclude(file="")[:limit]:
        export.file.delete(save=False)
        Export.objects.filter(pk=export.pk).update(file="")
    return gone


def _over(now: datetime) -> QuerySet[Export]:
    """Keep the exports that ended so long ago that nobody has them written again."""
    return Export.objects.filter(
        status__in=[ExportStatus.EXPIRED, ExportStatus.FAILED],
        file="",
        status_changed_at__lte=now - ROW_KEPT,
    )


def count_over(*, now: datetime) -> int:
    """Return how many exports :func:`forget` would delete."""
    return _over(now).count()


def forget(*, now: datetime, limit: int = 5_000) -> int:
    """Delete the exports that ended 400 days ago; return how many. Safe to repeat."""
    found = _over(now).order_by("pk").values("pk")[:limit]
    deleted, _by_model = Export.objects.filter(pk__in=found).delete()
    return deleted


@transaction.atomic
def end_of(*, owner_id: int) -> None:
    """Have a person's files go when the caller's transaction, which deletes their rows, commits.

    One that a worker writes is waited for, or finds its row gone.
    """
    for export in Export.objects.select_for_update().filter(owner=owner_id).order_by("pk"):
        delete_on_commit(export.file.name)


def expire_missing(*, now: datetime) -> int:
    """Say of files that are not in the storage, as after a restore, that they are gone."""
    gone = 0
    for pk in Export.objects.filter(status=ExportStatus.DONE).values_list("pk", flat=True):
        with transaction.atomic():
            export = Export.objects.select_for_update().get(pk=pk)
            if export.is_done and not default_storage.exists(str(export.file.name)):
                export.move_to(ExportStatus.EXPIRED, at=now)
                export.file = ""
                export.save()
                gone += 1
    return gone


def fetch(*, export_id: int, now: datetime) -> Export:
    """Count a download of a file, and return the export.

    :raises NoFile: when it is not ready, or its week is over.
    """
    fetched = Export.objects.filter(
        pk=export_id, status=ExportStatus.DONE, expires_at__gt=now
    ).update(downloads=F("downloads") + 1, last_downloaded_at=now)
    export = Export.objects.get(pk=export_id)
    if not fetched:
        raise NoFile(_("This file is no longer there: files are kept for seven days."))
    return export


def _under_way(owner_id: int) -> int:
    waiting = Export.objects.filter(
        owner_id=owner_id, status__in=[ExportStatus.QUEUED, ExportStatus.RUNNING], key=None
    )
    return waiting.count()


@transaction.atomic
def _take_back(pk: int, now: datetime) -> bool:
    export = Export.objects.select_for_update().get(pk=pk)
    if export.status != ExportStatus.RUNNING:
        return False
    if export.attempts < MOST_ATTEMPTS:
        export.move_to(ExportStatus.QUEUED, at=now)
    else:
        export.move_to(ExportStatus.FAILED, at=now)
        export.problem = WORKER_DIED
    export.save(update_fields=["status", "status_changed_at", "problem"])
    return True
