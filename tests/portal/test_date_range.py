"""Periods, and how many points a chart of them has."""

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict

from portal.date_range import DateRange, parse
from portal.series import change_bps, points, values_like

NOW = datetime(2026, 7, 16, 22, 30, tzinfo=UTC)  # Half past midnight on the 17th in Paris.


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", date(2026, 6, 18), date(2026, 7, 17)),
        ("range=today", date(2026, 7, 17), date(2026, 7, 17)),
        ("range=7d", date(2026, 7, 11), date(2026, 7, 17)),
        ("range=month", date(2026, 7, 1), date(2026, 7, 17)),
        ("range=last_month", date(2026, 6, 1), date(2026, 6, 30)),
        ("from=2026-02-01&to=2026-02-10", date(2026, 2, 1), date(2026, 2, 10)),
        ("from=2026-07-10&to=2099-01-01", date(2026, 7, 10), date(2026, 7, 17)),
        ("from=2026-07-10", date(2026, 7, 10), date(2026, 7, 17)),
        ("to=2026-05-20", date(2026, 5, 1), date(2026, 5, 20)),
    ],
)
def test_a_period_is_read_from_the_address(query, first, last):
    found = parse(QueryDict(query), now=NOW)
    assert (found.first, found.last, found.error) == (first, last, "")


@pytest.mark.parametrize(
    ("query", "is_open"),
    [
        ("", True),
        ("range=last_month", False),
        ("from=2026-07-10&to=2099-01-01", True),
        ("from=2026-02-01&to=2026-02-10", False),
        ("from=2010-01-01&to=2026-07-17", True),
    ],
)
def test_a_period_knows_whether_it_is_over(query, is_open):
    found = parse(QueryDict(query), now=NOW)
    assert found.is_open == is_open
    assert not found.previous().is_open


@pytest.mark.parametrize(
    "query",
    ["range=x", "from=x", "to=2026-13-01", "from=2026-07-01&to=2025-01-01", "to=0001-01-02"],
)
def test_nonsense_is_answered_with_the_usual_period_and_a_sentence(query):
    found = parse(QueryDict(query), now=NOW)
    assert found.first == date(2026, 6, 18)
    assert found.error


@pytest.mark.parametrize("first", ["1990-01-01", "0001-01-01"])
def test_more_than_two_years_are_cut_and_said(first):
    found = parse(QueryDict(f"from={first}&to=2026-07-01"), now=NOW)
    assert len(found.days) == 731
    assert found.error


def test_days_begin_and_end_at_midnight_in_paris():
    found = DateRange("custom", date(2026, 3, 29), date(2026, 3, 29))  # The clocks go forward.
    assert found.since.astimezone(UTC) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert found.until.astimezone(UTC) == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_the_period_before_is_as_long_and_ends_the_day_before():
    before = DateRange("7d", date(2026, 7, 11), date(2026, 7, 17)).previous()
    assert (before.first, before.last) == (date(2026, 7, 4), date(2026, 7, 10))


@pytest.mark.parametrize(("days", "expected"), [(30, 30), (62, 62), (90, 14), (365, 13)])
def test_a_long_period_has_fewer_points_and_loses_nothing(days, expected):
    shown = DateRange("x", date(2026, 7, 17).fromordinal(date(2026, 7, 17).toordinal() - days + 1),
                      date(2026, 7, 17))  # fmt: skip
    counts = dict.fromkeys(shown.days, 2)
    found = points(counts, shown)
    assert len(found) == expected
    assert sum(count for _day, count in found) == 2 * days


@pytest.mark.parametrize("days", [30, 90, 365])
def test_the_period_before_has_as_many_points(days):
    shown = DateRange("x", date.fromordinal(date(2026, 7, 17).toordinal() - days + 1),
                      date(2026, 7, 17))  # fmt: skip
    before = shown.previous()
    values = values_like(dict.fromkeys(before.days, 1), before, shown)
    assert len(values) == len(points({}, shown))
    assert sum(values) == days


def test_a_change_needs_something_to_compare_with():
    assert change_bps(15, 10) == 5_000
    assert change_bps(5, 10) == -5_000
    assert change_bps(5, 0) is None
