"""How many days banks have worked since."""

from __future__ import annotations

from datetime import date, timedelta

from payouts.domain.calendar import is_working_day


def bank_days_before(day: date, count: int) -> date:
    """Return the day such that ``count`` days on which banks work lie after it, up to ``day``."""
    while count:
        count -= is_working_day(day)
        day -= timedelta(days=1)
    return day
