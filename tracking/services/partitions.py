"""The months of clicks and journeys: made ahead of time, dropped whole when they are over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from tracking.services import tallies

MONTHS_AHEAD = 3
_NAMES = """
    SELECT child.relname FROM pg_inherits
    JOIN pg_class child ON child.oid = inhrelid
    JOIN pg_class parent ON parent.oid = inhparent
    WHERE parent.relname IN ('tracking_click', 'tracking_journeyevent')
    ORDER BY child.relname
"""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one table, by the name of its partition."""

    name: str

    @property
    def is_of_clicks(self) -> bool:
        return self.name.startswith("tracking_click_")

    @property
    def begins(self) -> date:
        year, month = self.name[-7:].split("_")
        return date(int(year), int(month), 1)


def first_of_month(day: date, months: int = 0) -> date:
    """Return the first day of the month that is ``months`` after that of ``day``."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def make_ahead(now: datetime) -> int:
    """Make the months that the next landings will need; return how many were missing."""
    return make(now.date(), first_of_month(now.date(), MONTHS_AHEAD))


def make(first: date, last: date) -> int:
    """Make every missing month from that of ``first`` to that of ``last``, of both tables.

    Nothing is locked when none is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tracking_make_months(%s, %s)", [first, last])
        return int(cursor.fetchone()[0])


def months() -> list[Month]:
    """Return the months that there are, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES)
        return [Month(name) for (name,) in cursor.fetchall()]


def kept_since(now: datetime, months_kept: int) -> date:
    """Return the first day of the oldest month that is kept.

    A month goes as a whole, when its last day is out of time: its first day stays a month longer.
    """
    return first_of_month(now.date(), -months_kept)


def expired(now: datetime, months_kept: int) -> list[Month]:
    """Return the months that ended more than ``months_kept`` months ago."""
    oldest = kept_since(now, months_kept)
    return [month for month in months() if month.begins < oldest]


def rows(month: Month) -> int:
    """Count the rows of a month."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(month.name)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def has_visitors(month: Month) -> bool:
    """Tell, by one look into an index, whether a month of clicks still names any visitor."""
    name = connection.ops.quote_name(month.name)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {name} WHERE visitor IS NOT NULL)")  # noqa: S608
        return bool(cursor.fetchone()[0])


@transaction.atomic
def drop_expired(now: datetime, months_kept: int) -> list[str]:
    """Drop the months that ended more than ``months_kept`` months ago; return their names.

    Gives up after five seconds when somebody still reads them, and can be repeated.

    :raises django.db.OperationalError: when it gave up; nothing is dropped then.
    """
    going = expired(now, months_kept)
    if not going:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        names = ", ".join(connection.ops.quote_name(month.name) for month in going)
        cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")
        tallies.remove(
            clicks=_rows(month for month in going if month.is_of_clicks),
            events=_rows(month for month in going if not month.is_of_clicks),
        )
        cursor.execute("SELECT tracking_drop_months(%s)", [kept_since(now, months_kept)])
        return list(cursor.fetchone()[0])


def _rows(gone: Iterable[Month]) -> int:
    return sum(map(rows, gone))
