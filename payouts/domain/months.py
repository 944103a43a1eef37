"""Calendar months as the books know them: in Paris, from the first moment to the next first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from payouts.domain.calendar import bank_date, day_start


def month_of(moment: datetime) -> date:
    """Return the first day of the month that ``moment`` falls in."""
    return bank_date(moment).replace(day=1)


def month_start(month: date) -> datetime:
    """Return the first moment of a month, which is named by any of its days."""
    return day_start(month.replace(day=1))


def year_start(year: int) -> datetime:
    """Return the first moment of a calendar year."""
    return day_start(date(year, 1, 1))


def next_month(month: date) -> date:
    """Return the first day of the month after the one of ``month``."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_end(month: date) -> datetime:
    """Return the first moment after a month: it belongs to the next one."""
    return month_start(next_month(month))
