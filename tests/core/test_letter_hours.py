"""Quiet hours and summaries by the reader's clock, also when the clocks change (L6, L8)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.letter_hours import after_quiet, last_due

PARIS = ZoneInfo("Europe/Paris")
#: Of the clock that a strategy puts into a zone by itself.
BEGIN, END = datetime(2026, 1, 1), datetime(2026, 12, 31)  # noqa: DTZ001


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "begins", "ends", "leaves"),
    [
        (utc(2026, 1, 5, 9), time(22), time(7), utc(2026, 1, 5, 9)),
        (utc(2026, 1, 5, 21), time(22), time(7), utc(2026, 1, 6, 6)),  # 22:00 begins it.
        (utc(2026, 1, 6, 2), time(22), time(7), utc(2026, 1, 6, 6)),
        (utc(2026, 1, 6, 6), time(22), time(7), utc(2026, 1, 6, 6)),  # 7:00 ends it.
        (utc(2026, 1, 5, 11, 30), time(12), time(14), utc(2026, 1, 5, 13)),
        (utc(2026, 1, 5, 11, 30), time(12), time(12), utc(2026, 1, 5, 11, 30)),
        (utc(2026, 1, 5, 11, 30), None, None, utc(2026, 1, 5, 11, 30)),
        # The night of 28 March 2026 has no 2:30; that of 25 October has two.
        (utc(2026, 3, 29, 0), time(22), time(2, 30), utc(2026, 3, 29, 1, 30)),
        (utc(2026, 10, 25, 0), time(22), time(2, 30), utc(2026, 10, 25, 0, 30)),
        (utc(2026, 10, 25, 1, 10), time(22), time(2, 30), utc(2026, 10, 25, 1, 10)),
    ],
)
def test_mail_waits_until_quiet_hours_are_over(now, begins, ends, leaves):
    assert after_quiet(now, PARIS, begins, ends) == leaves


@pytest.mark.parametrize(
    ("now", "weekly", "due"),
    [
        (utc(2026, 1, 7, 7), False, utc(2026, 1, 7, 7)),  # Wednesday, 8:00 exactly.
        (utc(2026, 1, 7, 6, 59), False, utc(2026, 1, 6, 7)),
        (utc(2026, 1, 7, 12), True, utc(2026, 1, 5, 7)),
        (utc(2026, 1, 5, 6, 59), True, utc(2025, 12, 29, 7)),
        (utc(2026, 3, 29, 12), False, utc(2026, 3, 29, 6)),  # Summer has begun: 8:00 is 6:00 UTC.
        (utc(2026, 3, 28, 12), False, utc(2026, 3, 28, 7)),
    ],
)
def test_a_summary_is_due_at_the_readers_hour(now, weekly, due):
    assert last_due(now, PARIS, time(8), weekly=weekly) == due


@given(
    st.datetimes(BEGIN, END, timezones=st.just(UTC)),
    st.times(),
    st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"]),
    st.booleans(),
)
def test_there_is_one_due_moment_a_day_or_week_and_it_is_over(now, at, zone, weekly):
    due = last_due(now, ZoneInfo(zone), at, weekly=weekly)

    assert due <= now
    assert (now - due).total_seconds() <= (7 * 24 + 1 if weekly else 25) * 3600
    assert last_due(due, ZoneInfo(zone), at, weekly=weekly) == due
