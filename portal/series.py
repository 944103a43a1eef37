"""Counts by day, put together so that a chart stays readable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from portal.date_range import DateRange

MOST_DAYS = 62
MOST_DAYS_BY_WEEK = 200


def points(counts: Mapping[date, int], shown: DateRange) -> list[tuple[date, int]]:
    """Return one point for each day of ``shown``; by week, then by month, when it is long.

    The date of a point is the first shown day of its day, week or month.
    """
    start = _start_of(shown)
    summed: dict[date, int] = {}
    for day in shown.days:
        key = max(start(day), shown.first)
        summed[key] = summed.get(key, 0) + counts.get(day, 0)
    return list(summed.items())


def values_like(counts: Mapping[date, int], earlier: DateRange, shown: DateRange) -> list[int]:
    """Return ``counts`` of an earlier range of the same length, cut as :func:`points` cuts it."""
    moved = shown.first - earlier.first
    return [count for _day, count in points({d + moved: n for d, n in counts.items()}, shown)]


def step_of(shown: DateRange) -> str:
    """Return what one point stands for: ``day``, ``week`` or ``month``."""
    length = len(shown.days)
    if length <= MOST_DAYS:
        return "day"
    return "week" if length <= MOST_DAYS_BY_WEEK else "month"


def _start_of(shown: DateRange) -> Callable[[date], date]:
    return {
        "day": lambda day: day,
        "week": lambda day: day - timedelta(days=day.weekday()),
        "month": lambda day: day.replace(day=1),
    }[step_of(shown)]


def change_bps(now: int, before: int) -> int | None:
    """Return the change from ``before`` in basis points; None when there is nothing to compare."""
    return (now - before) * 10_000 // before if before > 0 else None
