"""The period a page shows: chosen in the address, whole days in Paris, and the one before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.formats import PARIS, format_day, in_paris
from portal.query_links import Chip, changed

DEFAULT = "30d"
LONGEST_DAYS = 731
#: Before it nothing happened, and the calendar has no earlier period to compare with its first.
_FIRST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days from ``first`` to ``last``, both included. ``error``: what was not understood.

    ``is_open``: the last day is today, which is not over.
    """

    key: str
    first: date
    last: date
    error: str = ""
    is_open: bool = False

    @property
    def since(self) -> datetime:
        """The first instant of the first day."""
        return _midnight(self.first)

    @property
    def until(self) -> datetime:
        """The first instant after the last day."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        """Every day, in order."""
        return [self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1)]

    @property
    def is_custom(self) -> bool:
        return self.key == "custom"

    @property
    def label(self) -> str:
        """``1 May 2026 – 30 May 2026``, or the one day."""
        if self.first == self.last:
            return format_day(self.first)
        return _("{first} to {last}").format(
            first=format_day(self.first), last=format_day(self.last)
        )

    def previous(self) -> DateRange:
        """The same number of days just before."""
        length = self.last - self.first + timedelta(days=1)
        return DateRange("previous", self.first - length, self.last - length)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _last_days(count: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=count - 1), today)


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


_RANGES: dict[str, tuple[Promise, Callable[[date], tuple[date, date]]]] = {
    "today": (gettext_lazy("Today"), _last_days(1)),
    "7d": (gettext_lazy("7 days"), _last_days(7)),
    "30d": (gettext_lazy("30 days"), _last_days(30)),
    "month": (gettext_lazy("This month"), lambda today: (today.replace(day=1), today)),
    "last_month": (gettext_lazy("Last month"), _last_month),
    "90d": (gettext_lazy("90 days"), _last_days(90)),
    "12m": (gettext_lazy("12 months"), _last_days(365)),
}


def chips(query: QueryDict, shown: DateRange) -> list[Chip]:
    """One chip for each range with a name; the rest of the query is kept."""
    return [
        Chip(str(label), changed(query, **{"range": key, "from": "", "to": ""}), key == shown.key)
        for key, (label, _bounds) in _RANGES.items()
    ]


def parse(query: QueryDict, *, now: datetime, default: str = DEFAULT) -> DateRange:
    """Read ``from`` and ``to`` (ISO days), else ``range``; what makes no sense gives the default.

    Days to come are cut off, and a custom range is at most two years long.
    """
    today = in_paris(now).date()
    if query.get("from") or query.get("to"):
        return _custom(query, today, default)
    key = query.get("range", default)
    if key not in _RANGES:
        return _named(default, today, _("This period does not exist. The usual one is shown."))
    return _named(key, today)


def _named(key: str, today: date, error: str = "") -> DateRange:
    first, last = _RANGES[key][1](today)
    return DateRange(key, first, last, error, is_open=last == today)


def _custom(query: QueryDict, today: date, default: str) -> DateRange:
    try:
        last = date.fromisoformat(query.get("to") or today.isoformat())
        if last.year < _FIRST_YEAR:
            raise ValueError
        first = date.fromisoformat(query.get("from") or last.replace(day=1).isoformat())
    except ValueError:
        return _named(default, today, _("A day is written 2026-05-31. The usual period is shown."))
    last = min(last, today)
    if first > last:
        return _named(
            default, today, _("The first day is after the last. The usual period is shown.")
        )
    if (last - first).days >= LONGEST_DAYS:
        first = last - timedelta(days=LONGEST_DAYS - 1)
        error = _("At most two years are shown at once.")
        return DateRange("custom", first, last, error, is_open=last == today)
    return DateRange("custom", first, last, is_open=last == today)
