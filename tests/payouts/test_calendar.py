"""Days on which banks move money (P31 to P33)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts.domain.calendar import (
    NoPaymentDay,
    bank_date,
    bank_holidays,
    easter,
    is_working_day,
    next_payment_date,
    working_day_from,
)


@pytest.mark.parametrize(
    "sunday",
    [
        date(1818, 3, 22),
        date(1943, 4, 25),
        date(2000, 4, 23),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
        date(2285, 3, 22),
    ],
)
def test_easter(sunday):
    assert easter(sunday.year) == sunday


@given(st.integers(1583, 4099))
def test_easter_is_a_sunday_between_its_limits(year):
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_the_bank_holidays_of_2026():
    assert sorted(bank_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        ([10, 25], date(2026, 6, 1), date(2026, 6, 10)),
        ([10, 25], date(2026, 6, 10), date(2026, 6, 10)),
        ([25, 10], date(2026, 6, 11), date(2026, 6, 25)),
        ([10], date(2026, 6, 11), date(2026, 7, 10)),
        ([10], date(2026, 12, 11), date(2027, 1, 11)),  # The 10th is a Sunday.
        ([10], date(2027, 1, 11), date(2027, 1, 11)),
        ([14], date(2026, 7, 1), date(2026, 7, 15)),  # Bastille Day.
        ([31], date(2026, 2, 1), date(2026, 2, 2)),  # 31 January is a Saturday,
        ([31], date(2026, 2, 3), date(2026, 3, 2)),  # and so is 28 February.
        ([31], date(2026, 3, 1), date(2026, 3, 2)),
        ([31], date(2026, 4, 1), date(2026, 4, 30)),
        ([25], date(2026, 12, 1), date(2026, 12, 28)),  # Christmas and the weekend after it.
        ([3], date(2026, 4, 1), date(2026, 4, 7)),  # Good Friday to Easter Monday.
    ],
)
def test_the_next_day_of_payment(days, today, expected):
    assert next_payment_date(days, today) == expected


@given(
    st.lists(st.integers(1, 31), min_size=1, max_size=4),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_the_next_day_of_payment_is_near_open_and_not_past(days, today):
    found = next_payment_date(days, today)

    assert today <= found <= today + timedelta(days=36)
    assert is_working_day(found)
    assert next_payment_date(days, found) == found


def test_terms_without_a_day_are_a_mistake():
    with pytest.raises(NoPaymentDay):
        next_payment_date([], date(2026, 6, 1))


def test_other_holidays_may_be_given():
    closed = {date(2026, 6, 10), date(2026, 6, 11)}

    assert working_day_from(date(2026, 6, 10), lambda _year: closed) == date(2026, 6, 12)


def test_the_bank_is_in_paris():
    assert bank_date(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert bank_date(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) == date(2026, 12, 31)
