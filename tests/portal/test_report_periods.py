"""Periods that are put beside each other over the change of the clocks and leap days (RP4, RP5)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from portal.reports import engine
from portal.reports.asking import Scope, read
from tests.builders import make_affiliate, make_credit, make_link, make_order, make_terms

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def ask(affiliate, query, now=NOW):
    scope = Scope(key="affiliate:x", affiliate=affiliate)
    return engine.run(read(QueryDict(f"m=orders&{query}"), scope, now=now))


@pytest.fixture
def affiliate():
    affiliate = make_affiliate()
    make_terms(affiliate=affiliate, valid_from=datetime(2020, 1, 1, tzinfo=UTC))
    return affiliate


def order(affiliate, *at):
    link = make_link(affiliate)
    for moment in at:
        placed = datetime(*moment, tzinfo=PARIS)
        make_credit(affiliate, make_order(placed_at=placed, lines=[]), link=link)


def shown(report):
    return [(row.key, row.sums["orders"], row.before["orders"]) for row in report.rows]


def test_a_day_of_23_and_one_of_25_hours_are_whole_days(affiliate):
    order(affiliate, (2026, 3, 29, 0, 1), (2026, 3, 29, 23, 59), (2026, 3, 28, 23, 59),
          (2026, 10, 25, 0, 1), (2026, 10, 25, 23, 59), (2026, 10, 26, 0, 0))  # fmt: skip

    spring = ask(affiliate, "from=2026-03-29&to=2026-03-29")
    autumn = ask(affiliate, "from=2026-10-25&to=2026-10-25")

    assert shown(spring) == [("2026-03-29", 2, 1)]
    assert shown(autumn) == [("2026-10-25", 2, 0)]


def test_day_one_stands_beside_day_one_over_the_change_of_the_clocks(affiliate):
    order(affiliate, (2026, 10, 22, 23, 30), (2026, 10, 25, 23, 30), (2026, 10, 25, 0, 30))

    report = ask(affiliate, "from=2026-10-24&to=2026-10-26")

    assert shown(report) == [("2026-10-24", 0, 0), ("2026-10-25", 2, 1), ("2026-10-26", 0, 0)]
    assert (report.total.sums["orders"], report.total.before["orders"]) == (2, 1)


def test_a_leap_day_is_a_day_and_a_year_before_is_52_weeks(affiliate):
    order(affiliate, (2024, 2, 29, 12), (2024, 2, 29, 23, 59), (2024, 3, 1, 0, 0), (2023, 3, 2, 12))

    report = ask(affiliate, "from=2024-02-28&to=2024-03-01&versus=year",
                 datetime(2024, 6, 1, tzinfo=UTC))  # fmt: skip

    assert shown(report) == [("2024-02-28", 0, 0), ("2024-02-29", 2, 1), ("2024-03-01", 1, 0)]
    assert report.question.earlier.first == date(2024, 2, 28) - timedelta(weeks=52)


def test_weeks_and_months_that_are_cut_off_are_named_by_their_first_day_shown(affiliate):
    order(affiliate, (2026, 6, 4, 12), (2026, 6, 8, 12), (2026, 6, 30, 12), (2026, 7, 1, 0, 0))

    weeks = ask(affiliate, "by=week&from=2026-06-03&to=2026-06-14&versus=nothing")
    months = ask(affiliate, "by=month&from=2026-06-03&to=2026-07-02")

    assert [(row.key, row.sums["orders"]) for row in weeks.rows] == [
        ("2026-06-03", 1),
        ("2026-06-08", 1),
    ]
    assert all(row.before is None for row in weeks.rows)
    assert [(row.key, row.sums["orders"]) for row in months.rows] == [
        ("2026-06-03", 3),
        ("2026-07-01", 1),
    ]


def test_every_row_of_a_comparison_is_one_of_the_period(affiliate):
    """Whatever the length and the step: what was before falls on rows that are shown."""
    order(affiliate, *[(2026, month, day, 23, 50) for month in range(1, 12) for day in (1, 15, 28)])
    for by in ("day", "week", "month"):
        for query in ("from=2026-09-03&to=2026-11-19", "from=2026-10-25&to=2026-11-01"):
            for versus in ("before", "year"):
                report = ask(affiliate, f"by={by}&{query}&versus={versus}")
                assert report.total.before["orders"] == sum(
                    row.before["orders"] for row in report.course
                ), (by, query, versus)
