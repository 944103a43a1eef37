"""The sums per affiliate and UTC day that the signals read: kept up, each fact counted once.

Visits are counted in closed stretches of time: everything that a landing page may tell of them is
known by then. What a machine ships later still is counted when its day is counted anew at night.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from core import locks
from fraud.models import Progress, SalesDay, TrafficDay
from fraud.services import sale_sums, visit_sums
from shop.models import Order
from tracking import queries as tracking
from tracking.models import Click

TRAFFIC, SALES = "traffic", "sales"
#: Another page counts for half an hour, and a page may take ten minutes to tell of it.
SETTLES = timedelta(minutes=40)
#: What was written before this long ago is committed: no transaction of ours lasts longer.
COMMITTED = timedelta(minutes=10)
#: Days that are counted anew each night, for what came late.
SETTLED_VISITS, SETTLED_SALES = 3, 31
_DAY = timedelta(days=1)


def count_visits(*, now: datetime, stretches: int = 100) -> int:
    """Count the visits that are complete and not counted yet; return how many rows changed.

    One transaction for each day or part of a day, ``stretches`` of them at most. Safe to repeat,
    to kill and to run in parallel: the rows and how far they go change together.
    """
    closed = tracking.watermark(now) - SETTLES
    done = 0
    for _stretch in range(stretches):
        counted = _count_stretch(closed)
        if counted is None:
            break
        done += counted
    return done


@transaction.atomic
def recount_visits(day: date) -> None:
    """Count a UTC day anew, as far as it is counted at all. Safe to repeat."""
    progress = _progress(TRAFFIC)
    begins = _begin(day)
    if progress is None or progress.until <= begins:
        return
    TrafficDay.objects.filter(day=day).delete()
    _add_visits(begins, min(begins + _DAY, progress.until))


@transaction.atomic
def count_sales(*, now: datetime) -> int:
    """Sum up the days whose credits or returns are new; return how many affiliates' days.

    A day is summed up as a whole, so that it does not matter how often.
    """
    progress = _progress(SALES)
    if progress is None:
        first = Order.objects.aggregate(first=Min("placed_at"))["first"]
        if first is None:
            return 0
        progress = Progress(name=SALES, until=first)
    if progress.until >= now:
        return 0
    touched = _rows(sale_sums.TOUCHED, since=progress.until - COMMITTED, until=now)
    _replace_sales(touched)
    progress.until = now
    progress.save()
    return len(touched)


@transaction.atomic
def recount_sales(since: date, until: date) -> None:
    """Sum up anew the credited orders of ``since`` <= day < ``until``. Safe to repeat."""
    _progress(SALES)
    SalesDay.objects.filter(day__gte=since, day__lt=until).delete()
    _replace_sales(_rows(sale_sums.OF_DAYS, since=_begin(since), until=_begin(until)))


def settle(*, now: datetime) -> None:
    """Count the last days anew: what came late, was returned or credited differently. Nightly."""
    today = now.astimezone(UTC).date()
    for days in range(SETTLED_VISITS + 1):
        recount_visits(today - days * _DAY)
    recount_sales(today - SETTLED_SALES * _DAY, today + _DAY)


@transaction.atomic
def _count_stretch(closed: datetime) -> int | None:
    """Count from where the counting stands to the end of that day, or to ``closed``."""
    progress = _progress(TRAFFIC)
    if progress is None:
        first = Click.objects.aggregate(first=Min("clicked_at"))["first"]
        if first is None or first >= closed:
            return None
        progress = Progress(name=TRAFFIC, until=_begin(first.astimezone(UTC).date()))
    since = progress.until
    until = min(_begin(since.astimezone(UTC).date()) + _DAY, closed)
    if until <= since:
        return None
    counted = _add_visits(since, until)
    progress.until = until
    progress.save()
    return counted


def _progress(name: str) -> Progress | None:
    """Return how far a count is; nobody else counts the same until the transaction ends."""
    locks.hold(f"count:{name}")
    return Progress.objects.filter(name=name).first()


def _add_visits(since: datetime, until: datetime) -> int:
    """Add the clicks of a stretch that lies in one UTC day; return how many rows were touched."""
    day = since.astimezone(UTC).date()
    stretch = {"since": since, "until": until, "day": day, "begins": _begin(day)}
    with connection.cursor() as cursor:
        # What came since the last look at the tables is thought to be nothing: a loop over it,
        # within a loop over it, would take minutes.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(visit_sums.ADD, {**stretch, "affiliates": None})
        touched = int(cursor.rowcount)
        cursor.execute(visit_sums.WHOLE_DAY, stretch)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return touched


def _replace_sales(touched: Sequence[tuple[int, date]]) -> None:
    if not touched:
        return
    affiliates, days = zip(*sorted(touched), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            sale_sums.REPLACE,
            {
                "affiliates": list(affiliates),
                "days": list(days),
                "begins": _begin(min(days)),
                "ends": _begin(max(days)) + _DAY,
            },
        )


def _rows(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
