"""The days on which banks move money, and the next one on which we pay (rules P31 to P33)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence, Set
from datetime import date, datetime, time, timedelta
from functools import cache

from core.domain.paris import PARIS, day_in_paris

SATURDAY = 5
#: French public holidays with a fixed date, as month and day; the last one is TARGET's own.
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
#: Good Friday (TARGET's own), Easter Monday, Ascension and Whit Monday, in days after Easter.
MOVABLE = (-2, 1, 39, 50)

Holidays = Callable[[int], Set[date]]


class NoPaymentDay(ValueError):
    """Terms without a day of payment."""


def bank_date(moment: datetime) -> date:
    """Return the day that ``moment`` (with a time zone) falls on at the programme's bank."""
    return day_in_paris(moment)


def day_start(day: date) -> datetime:
    """Return the first moment of a day at the programme's bank."""
    return datetime.combine(day, time.min, PARIS)


def easter(year: int) -> date:
    """Return Easter Sunday of ``year`` in the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon + 15) % 30
    leaps, leap_rest = divmod(of_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leaps - epact - leap_rest) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Return the days other than weekends on which no SEPA transfer leaves a French bank."""
    sunday = easter(year)
    fixed = {date(year, month, day) for month, day in FIXED}
    return frozenset(fixed | {sunday + timedelta(days=days) for days in MOVABLE})


def is_working_day(day: date, holidays: Holidays = bank_holidays) -> bool:
    """Tell whether banks work on ``day``."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def working_day_from(day: date, holidays: Holidays = bank_holidays) -> date:
    """Return ``day``, or the first working day after it."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def next_payment_date(
    payment_days: Sequence[int], today: date, holidays: Holidays = bank_holidays
) -> date:
    """Return the next day on which we pay; today counts.

    ``payment_days`` are days of the month: in a shorter month its last day stands for those that
    it does not have. On a closed day we pay on the next working day.

    :raises NoPaymentDay: when ``payment_days`` is empty.
    """
    if not payment_days:
        raise NoPaymentDay("terms need a day of payment")
    dates = (
        working_day_from(_day_of_month(today, months, day), holidays)
        for months in (-1, 0, 1)
        for day in payment_days
    )
    return min(day for day in dates if day >= today)


def _day_of_month(today: date, months: int, day: int) -> date:
    years, month = divmod(today.month - 1 + months, 12)
    year, month = today.year + years, month + 1
    return date(year, month, min(day, monthrange(year, month)[1]))
