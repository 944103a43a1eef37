"""When a contract is needed and which day it covers (CT1 to CT7), on plain values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import CurrencyMismatch, Money
from influencers.domain.contract import (
    Clause,
    GiftValue,
    Level,
    Period,
    Threshold,
    contract_total,
    covers,
    level_of,
    missing_clauses,
    threshold_on,
)

LAW = Threshold(since=date(2026, 1, 1), limit=Money(100_000, "EUR"), warn_bps=7_000)


def euros(minor):
    return Money(minor, "EUR")


def test_money_counts_towards_every_purpose_and_gifts_towards_their_own():
    gifts = [
        GiftValue("Summer", euros(20_000)),
        GiftValue(" Summer ", euros(5_000)),
        GiftValue("Winter", euros(30_000)),
    ]

    total = contract_total(euros(40_000), gifts)

    assert (total.cash, total.in_kind, total.total) == (euros(40_000), euros(55_000), euros(95_000))
    assert total.of_purpose == (("Winter", euros(70_000)), ("Summer", euros(65_000)))


@given(st.lists(st.integers(-10_000, 10_000)), st.integers(0, 10_000))
def test_a_total_is_the_sum_of_its_parts_whatever_the_purposes(values, cash):
    gifts = [
        GiftValue(f"Purpose {number % 3}", euros(value)) for number, value in enumerate(values)
    ]

    assert contract_total(euros(cash), gifts).total == euros(cash + sum(values))


def test_a_gift_in_another_currency_is_not_added_up():
    with pytest.raises(CurrencyMismatch):
        contract_total(euros(0), [GiftValue("Summer", Money(1, "USD"))])


@pytest.mark.parametrize(
    ("minor", "level"),
    [
        (0, Level.FREE),
        (69_999, Level.FREE),
        (70_000, Level.WARNED),
        (99_999, Level.WARNED),
        (100_000, Level.MANDATORY),
    ],
)
def test_levels_begin_at_their_amount(minor, level):
    assert level_of(euros(minor), LAW) == level


def test_before_the_law_nothing_is_mandatory():
    assert threshold_on([LAW], date(2025, 12, 31)) is None
    assert level_of(euros(500_000), None) == Level.FREE


def test_a_later_threshold_takes_over_on_its_day():
    later = Threshold(since=date(2027, 1, 1), limit=Money(50_000, "EUR"), warn_bps=5_000)

    assert threshold_on([later, LAW], date(2026, 12, 31)) == LAW
    assert threshold_on([later, LAW], date(2027, 1, 1)) == later


FIXED = Period(starts_on=date(2026, 2, 1), ends_on=date(2026, 6, 30), renews=False)
RENEWED = Period(starts_on=date(2026, 2, 1), ends_on=date(2026, 6, 30), renews=True)
OPEN = Period(starts_on=date(2026, 2, 1), ends_on=None, renews=False)
STOPPED = Period(starts_on=date(2026, 2, 1), ends_on=None, renews=False, ended_on=date(2026, 3, 31))


@pytest.mark.parametrize(
    ("period", "day", "is_covered"),
    [
        (FIXED, date(2026, 1, 31), False),
        (FIXED, date(2026, 2, 1), True),
        (FIXED, date(2026, 6, 30), True),
        (FIXED, date(2026, 7, 1), False),
        (RENEWED, date(2027, 7, 1), True),
        (OPEN, date(2030, 1, 1), True),
        (STOPPED, date(2026, 3, 31), True),
        (STOPPED, date(2026, 4, 1), False),
    ],
)
def test_a_contract_covers_its_days(period, day, is_covered):
    assert covers(period, day) is is_covered


def test_a_text_settles_every_clause():
    whole = dict.fromkeys(Clause, "Words.")

    assert missing_clauses(whole) == ()
    assert missing_clauses({**whole, "law": " "}) == (Clause.LAW,)
    assert missing_clauses({}) == tuple(Clause)
