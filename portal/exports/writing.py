"""What a worker does: writes the files that wait, begins scheduled ones, and sweeps old ones."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO

from django.core.files import File
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import override

from core import exports, schedules
from core.csv_export import Cell, csv_chunks
from core.errors import DomainError
from core.exports import BROKE, NO_ACCESS
from core.models import Export, Schedule
from core.xlsx_export import write_xlsx
from portal.exports.answers import CSV_FORMS, FORMS
from portal.exports.letters import key_of, tell_ready, tell_stopped
from portal.exports.sources import Source, source_of
from portal.margin_access import may_see_costs
from portal.report_area import scope_for

log = logging.getLogger(__name__)

#: After so many rows a worker says that it lives.
TELL_EVERY = 5_000
Clock = Callable[[], datetime]


class _Unwanted(Exception):
    """The export is no longer this worker's: it was too silent, and another one has it."""


def write_next(*, clock: Clock) -> bool:
    """Write the export that waits longest; tell whether there was one.

    It is written outside of any transaction: a worker that dies leaves a row that is silent, and
    the next tick puts it back into the queue.
    """
    exports.take_back_silent(now=clock())
    export = exports.claim_next(now=clock())
    if export is None:
        return False
    try:
        with override(export.language):
            _write(export, clock)
    except _Unwanted:
        log.warning("Export %s was taken over by another worker", export.pk)
    except DomainError:
        exports.fail(export_id=export.pk, problem=NO_ACCESS, now=clock())
    except Exception:
        exports.fail(export_id=export.pk, problem=BROKE, now=clock())
        log.exception("Export %s could not be written", export.pk)
    return True


def begin_due(*, clock: Clock, limit: int = 200) -> int:
    """Ask for the files of the schedules that are due; return how many. Each run once, by its key.

    Whoever lost access in the meantime gets a last word and no file.
    """
    now = clock()
    due = Schedule.objects.filter(stopped_at__isnull=True, next_at__lte=now)
    begun = 0
    for pk in due.order_by("next_at").values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            schedule = (
                Schedule.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("view", "person")
                .filter(pk=pk, stopped_at__isnull=True, next_at__lte=now)
                .first()
            )
            if schedule is not None:
                begun += _begin(schedule, now)
    return begun


def _begin(schedule: Schedule, now: datetime) -> bool:
    view, person = schedule.view, schedule.person
    if view.removed_at is not None:
        schedules.stop(schedule_id=schedule.pk, because=schedules.VIEW_REMOVED, now=now)
        return False
    scope = scope_for(person, view.scope)
    if scope is None:
        schedules.stop(schedule_id=schedule.pk, because=schedules.NO_ACCESS, now=now)
        if person.is_active:
            tell_stopped(schedule, now)
        return False
    exports.ask(
        owner_id=person.pk,
        scope=view.scope,
        page=view.page,
        title=view.name,
        query=view.query,
        form=schedule.form,
        language=person.language,
        key=key_of(schedule),
        now=now,
    )
    schedules.move_on(schedule, now)
    schedule.save(update_fields=["next_on", "next_at"])
    return True


def _write(export: Export, clock: Clock) -> None:
    scope = scope_for(export.owner, export.scope)
    if scope is None:
        exports.fail(export_id=export.pk, problem=NO_ACCESS, now=clock())
        return
    source = source_of(scope, export.page, QueryDict(export.query), now=clock())
    if source.reads_costs and not may_see_costs(export.owner):
        exports.fail(export_id=export.pk, problem=NO_ACCESS, now=clock())
        return
    Export.objects.filter(pk=export.pk).update(total=source.total)
    ending, _type = FORMS[export.form]
    with tempfile.TemporaryFile() as file:
        rows = _rows_into(file, source, export, clock)
        file.seek(0)
        # Written again after a crash it has another name: two workers never share a file.
        name = f"{export.public_id}-{export.attempts}.{ending}"
        now = clock()
        with transaction.atomic():
            if not exports.finish(
                export_id=export.pk,
                file=File(file),
                name=name,
                rows=rows,
                now=now,
                reads_costs=source.reads_costs,
            ):
                raise _Unwanted
            export.refresh_from_db()
            tell_ready(export, now)


def _rows_into(file: IO[bytes], source: Source, export: Export, clock: Clock) -> int:
    counted = _Counted(source.rows(), export.pk, clock)
    if export.form == "xlsx":
        write_xlsx(file, source.header, counted, sheet=source.title)
    else:
        for part in csv_chunks(source.header, counted, form=CSV_FORMS[export.form]):
            file.write(part)
    return counted.rows


class _Counted:
    """Rows on their way into a file: every few thousand the export is told how far it is."""

    def __init__(self, rows: Iterable[Sequence[Cell]], export_id: int, clock: Clock) -> None:
        self.rows = 0
        self._source = rows
        self._export_id = export_id
        self._clock = clock

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        for row in self._source:
            yield row
            self.rows += 1
            if self.rows % TELL_EVERY == 0 and not exports.progress(
                export_id=self._export_id, rows=self.rows, now=self._clock()
            ):
                raise _Unwanted
