"""Long lists by cursor: the page after a place, so that nothing is seen twice or missed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from core.api import Refusal

Row = TypeVar("Row")
M = TypeVar("M", bound=Model)

USUAL, MOST = 25, 100


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of those after them; None at the end."""

    rows: Sequence[Row]
    next_cursor: str | None


def page_of(rows: QuerySet[M], *, by: str, cursor: str, limit: int) -> Page[M]:
    """Return ``limit`` rows after ``cursor``, the newest ``by`` first, ties by the highest id.

    ``by`` may lead over relations (``order__placed_at``); empty: by id alone.

    :raises Refusal: 422 for a cursor that is none of ours.
    """
    if cursor:
        rows = rows.filter(_after(by, *_read(cursor, 2 if by else 1)))
    found = list(rows.order_by(*([f"-{by}"] if by else []), "-pk")[: limit + 1])
    shown = found[:limit]
    if len(found) <= limit:
        return Page(shown, None)
    last = shown[-1]
    place = [_value(last, by).isoformat(), last.pk] if by else [last.pk]
    return Page(shown, _write(place))


def part_of(rows: Sequence[Row], *, cursor: str, limit: int) -> Page[Row]:
    """Return ``limit`` of rows that are all at hand and keep their places.

    :raises Refusal: 422 for a cursor that is none of ours.
    """
    start = _read(cursor, 1)[0] if cursor else 0
    end = start + limit
    return Page(rows[start:end], _write([end]) if end < len(rows) else None)


def _after(by: str, *place: Any) -> Q:
    if not by:
        return Q(pk__lt=place[0])
    moment, pk = _moment(place[0]), place[1]
    return Q(**{f"{by}__lt": moment}) | Q(**{by: moment}, pk__lt=pk)


def _moment(text: Any) -> date:
    try:
        if not isinstance(text, str):
            raise ValueError
        if len(text) == len("2026-01-01"):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
    except ValueError as error:
        raise _wrong() from error
    return moment


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _write(place: list[Any]) -> str:
    text = json.dumps(place, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _read(cursor: str, length: int) -> list[Any]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _wrong() from error
    if not isinstance(place, list) or len(place) != length:
        raise _wrong()
    number = place[-1]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**63:
        raise _wrong()
    return place


def _wrong() -> Refusal:
    return Refusal(
        422,
        "invalid_request",
        "",
        fields={"cursor": _("Send a cursor as it was in “next_cursor”, or none.")},
    )
