"""Pages of long lists found by position: the last one costs no more than the first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)

PAGE = 25
_OLDER, _NEWER = "older", "newer"


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """Some rows, newest first, and the cursors of what lies before and after them."""

    rows: list[Row]
    previous: str
    following: str


def slice_of(rows: QuerySet[Row], cursor: str, *, by: str, size: int = PAGE) -> Slice[Row]:
    """Return ``size`` rows from ``cursor`` on, newest ``by`` first, ties by highest id.

    A cursor that nobody here made is taken for the first page.
    """
    found = _read(cursor)
    if found is None:
        page, more = _cut(rows.order_by(f"-{by}", "-pk"), size)
        return Slice(page, "", _write(_OLDER, page[-1], by) if more else "")
    direction, moment, pk = found
    if direction == _OLDER:
        beyond = rows.filter(Q(**{f"{by}__lt": moment}) | Q(**{by: moment}, pk__lt=pk))
        page, more = _cut(beyond.order_by(f"-{by}", "-pk"), size)
        following = _write(_OLDER, page[-1], by) if more else ""
        return Slice(page, _write(_NEWER, page[0], by) if page else "", following)
    beyond = rows.filter(Q(**{f"{by}__gt": moment}) | Q(**{by: moment}, pk__gt=pk))
    page, more = _cut(beyond.order_by(by, "pk"), size)
    page.reverse()
    previous = _write(_NEWER, page[0], by) if more else ""
    return Slice(page, previous, _write(_OLDER, page[-1], by) if page else "")


def _cut(rows: QuerySet[Row], size: int) -> tuple[list[Row], bool]:
    found = list(rows[: size + 1])
    return found[:size], len(found) > size


def _write(direction: str, row: Model, by: str) -> str:
    return f"{direction}_{getattr(row, by).isoformat()}_{row.pk}"


def _read(cursor: str) -> tuple[str, datetime, int] | None:
    direction, _, rest = cursor.partition("_")
    moment, _, pk = rest.rpartition("_")
    if direction not in {_OLDER, _NEWER} or not pk.isdecimal():
        return None
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (direction, at, int(pk[:18])) if at.tzinfo else None
