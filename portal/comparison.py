"""What a period is compared with: chosen in the address, always as many whole days."""

from __future__ import annotations

from datetime import timedelta

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.date_range import DateRange
from portal.query_links import Chip, changed

BEFORE, YEAR, NOTHING = "before", "year", "nothing"
#: Fifty-two weeks: the same weekdays stand under each other.
_YEAR = timedelta(weeks=52)


def compared(query: QueryDict, shown: DateRange) -> DateRange | None:
    """Return the period to compare ``shown`` with, by ``versus``; the one just before by default.

    Days are days in Paris: one of 23 or 25 hours is compared as a whole day.
    """
    choice = query.get("versus", BEFORE)
    if choice == NOTHING:
        return None
    if choice == YEAR:
        return DateRange("previous", shown.first - _YEAR, shown.last - _YEAR)
    return shown.previous()


def chips(query: QueryDict) -> list[Chip]:
    """Return one chip for each choice; the rest of the query is kept."""
    choice = query.get("versus", BEFORE)
    known = choice if choice in {YEAR, NOTHING} else BEFORE
    labels = {
        BEFORE: _("Period before"),
        YEAR: _("A year before, same weekdays"),
        NOTHING: _("Nothing"),
    }
    return [
        Chip(label, changed(query, versus="" if key == BEFORE else key), key == known)
        for key, label in labels.items()
    ]


def label(earlier: DateRange | None) -> str:
    """Return the days of the other period: ``1 May 2026 to 30 May 2026``; nothing without one."""
    return earlier.label if earlier else ""
