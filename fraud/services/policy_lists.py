"""Hosts that the programme's policy names: added, taken off, brought in from a file (V1 to V3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from fraud.domain.hosts import tidy_pattern
from fraud.models import HostKind, ListedHost

COLUMNS = ("pattern", "kind", "source", "note")
NEEDED = COLUMNS[:3]
MOST_LINES = 5_000
MOST_BYTES = 512 * 1024
REASON_LENGTH = 300
_LONGEST = {"source": 200, "note": 300}


class ListRefused(DomainError):
    """What was to be listed, or taken off, cannot be."""

    code = "list_refused"


class Outcome(StrEnum):
    """What a line of a file does."""

    NEW = "new"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a file, and what it does."""

    number: int
    pattern: str
    kind: str
    source: str
    note: str = ""
    outcome: Outcome = Outcome.NEW
    error: str = ""


@transaction.atomic
def add(
    *, pattern: str, kind: str, source: str, note: str = "", actor_id: int, now: datetime
) -> ListedHost:
    """List a host. Safe to repeat: what is listed under a kind is not listed twice.

    :raises ListRefused: for what names no host, an unknown kind, or without a source.
    """
    tidy, why = _checked(pattern, kind, source, note)
    if why:
        raise ListRefused(why)
    listed, created = ListedHost.objects.get_or_create(
        pattern=tidy, kind=kind, removed_at=None,
        defaults={
            "source": _plain(source), "note": _plain(note), "created_at": now,
            "author_id": actor_id,
        },
    )  # fmt: skip
    if created:
        audit.record(
            actor=actor_id, verb="listed_host.added", subject=listed, at=now,
            reason=_plain(note), data={"pattern": tidy, "kind": kind, "source": listed.source},
        )  # fmt: skip
    return listed


@transaction.atomic
def remove(*, listed_id: int, reason: str, actor_id: int, now: datetime) -> ListedHost:
    """Take a host off its list; it stays to be read who listed it, and who took it off.

    :raises ListRefused: without a reason.
    """
    why = _plain(reason)[:REASON_LENGTH]
    if not why:
        raise ListRefused(_("Say why: the reason is kept with the list."))
    listed = ListedHost.objects.select_for_update(no_key=True).get(pk=listed_id)
    if listed.removed_at is None:
        listed.removed_at, listed.removed_by_id = now, actor_id
        listed.save(update_fields=["removed_at", "removed_by"])
        audit.record(
            actor=actor_id, verb="listed_host.removed", subject=listed,
            at=now, reason=why, data={"pattern": listed.pattern, "kind": listed.kind},
        )  # fmt: skip
    return listed


def read_file(text: str) -> list[Line]:
    """Return the lines of a file: commas, semicolons or tabs, the first line names the columns.

    :raises ListRefused: without a needed column, with unknown ones, or with too many lines.
    """
    head = text.lstrip("\ufeff").partition("\n")[0]
    separator = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise ListRefused(
            _("Line %(number)s cannot be read: look at its quotation marks.")
            % {"number": reader.line_num + 1}
        ) from error
    names = [name.strip().lower() for name in rows[0][1]] if rows else []
    if set(NEEDED) - set(names) or set(names) - set(COLUMNS):
        raise ListRefused(
            _("The first line names the columns: %(columns)s.") % {"columns": ", ".join(COLUMNS)}
        )
    if not 1 < len(rows) <= MOST_LINES + 1:
        raise ListRefused(_("A file has from 1 to %(most)s lines.") % {"most": MOST_LINES})
    return [_line(number, names, cells) for number, cells in rows[1:]]


@transaction.atomic
def bring_in(
    lines: Sequence[Line], *, is_rehearsal: bool, actor_id: int, now: datetime
) -> list[Line]:
    """Say what each line does, and do it: all lines or, when one is refused, none.

    Safe to repeat: what is listed stays as it is.
    """
    there = set(ListedHost.objects.filter(removed_at__isnull=True).values_list("pattern", "kind"))
    judged = []
    for line in lines:
        judged.append(_judged(line, there))
        there.add((judged[-1].pattern, line.kind))
    if is_rehearsal or any(line.outcome is Outcome.REFUSED for line in judged):
        return judged
    for line in judged:
        if line.outcome is Outcome.NEW:
            add(
                pattern=line.pattern, kind=line.kind, source=line.source, note=line.note,
                actor_id=actor_id, now=now,
            )  # fmt: skip
    return judged


def _line(number: int, names: Sequence[str], cells: Sequence[str]) -> Line:
    found = dict(zip(names, map(str.strip, cells), strict=False))
    return Line(
        number=number,
        pattern=found.get("pattern", ""),
        kind=found.get("kind", "").lower(),
        source=found.get("source", ""),
        note=found.get("note", ""),
    )


def _judged(line: Line, there: set[tuple[str, str]]) -> Line:
    tidy, why = _checked(line.pattern, line.kind, line.source, line.note)
    outcome = Outcome.KNOWN if (tidy, line.kind) in there else Outcome.NEW
    return Line(
        number=line.number,
        pattern=tidy or line.pattern,
        kind=line.kind,
        source=line.source,
        note=line.note,
        outcome=Outcome.REFUSED if why else outcome,
        error=why,
    )


def _checked(pattern: str, kind: str, source: str, note: str) -> tuple[str, str]:
    tidy = tidy_pattern(pattern)
    if not tidy:
        return "", _("Give a domain such as example.com, a pattern such as codepromo.*, or a host"
                     " with a path such as example.com/codes-promo.")  # fmt: skip
    if kind not in HostKind.values:
        return "", _("There is no list “%(kind)s”: choose %(kinds)s.") % {
            "kind": kind, "kinds": ", ".join(HostKind.values),
        }  # fmt: skip
    if not _plain(source):
        return "", _("Say where it comes from: the source is kept with it.")
    for text, name in ((source, "source"), (note, "note")):
        if len(text) > _LONGEST[name]:
            return "", _("“%(name)s” has at most %(longest)s characters.") % {
                "name": name, "longest": _LONGEST[name],
            }  # fmt: skip
    return tidy, ""


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()
