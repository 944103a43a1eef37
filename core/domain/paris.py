"""The day in Paris, where banks, taxes, contracts and pages count their days."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def day_in_paris(moment: datetime) -> date:
    """Return the day that ``moment`` (with a time zone) falls on in Paris."""
    return moment.astimezone(PARIS).date()
