"""How long small sums wait: after some months the minimum is lifted (rule P56)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from payouts.domain.calendar import bank_date, day_start

#: While nobody decided otherwise.
MONTHS = 12


def lifts_at(since: datetime, months: int) -> datetime | None:
    """Return when what is due ``since`` a moment is paid below the minimum; None for 0 months.

    It is the first moment of the same day so many months later, in Paris; where a month has no
    such day, of its last one.
    """
    if months <= 0:
        return None
    day = bank_date(since)
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day_start(date(year, month, min(day.day, monthrange(year, month)[1])))
