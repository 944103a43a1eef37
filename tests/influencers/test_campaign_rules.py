"""What a campaign asks for and what is left of it, without a database (CA4 to CA6, CA12, CA18)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.money import Money
from influencers.domain.campaign import (
    Brief,
    Lack,
    Piece,
    Room,
    Step,
    digest_of,
    lack_of,
    missing,
    step_on,
)
from influencers.domain.shipment import Allowance, Asked, Limit, over

DUE = date(2026, 6, 30)
BRIEF = Brief(
    name="Summer", purpose="Linen", brief="Wear it", do="", dont="", disclosure="advertising",
    scopes=("site", "pdp"), rights_months=12, fee_minor=8_000, bonus_minor=0, bonus_for="",
    currency="EUR", gift_most_minor=0, gift_most_items=0, ends_on=DUE,
    pieces=(Piece(kind="look", quantity=1, due_on=DUE),), products=("A", "B"),
)  # fmt: skip


def euros(minor):
    return Money(minor, "EUR")


def room(**changes):
    said = {"capacity": 3, "taken": 2, "budget": euros(10_000), "committed": euros(7_000)}
    return Room(**{**said, **changes})


def test_the_order_of_rights_and_products_is_no_other_brief():
    same = replace(BRIEF, scopes=("pdp", "site"), products=("B", "A"))
    assert digest_of(same) == digest_of(BRIEF)


@pytest.mark.parametrize(
    "change",
    [
        {"fee_minor": 7_999},
        {"brief": "Wear it."},
        {"products": ("A",)},
        {"rights_months": 13},
        {"pieces": (Piece(kind="look", quantity=2, due_on=DUE),)},
        {"ends_on": DUE + timedelta(days=1)},
    ],
)
def test_anything_else_is_another_brief(change):
    assert digest_of(replace(BRIEF, **change)) != digest_of(BRIEF)


@pytest.mark.parametrize(
    ("left", "cost", "lack"),
    [
        ({}, 3_000, None),
        ({}, 3_001, Lack.BUDGET),
        ({"taken": 3}, 0, Lack.PLACES),
        ({"taken": 4}, 0, Lack.PLACES),
        ({"committed": euros(10_000)}, 0, None),
    ],
)
def test_the_last_place_and_the_last_cent_can_be_taken(left, cost, lack):
    assert lack_of(room(**left), euros(cost)) == lack


@given(
    capacity=some.integers(1, 50),
    budget=some.integers(0, 10**6),
    fees=some.lists(some.integers(0, 10**5), max_size=80),
)
def test_whoever_is_taken_while_nothing_lacks_stays_within_places_and_budget(
    capacity, budget, fees
):
    taken, committed = 0, 0
    for fee in fees:
        left = Room(
            capacity=capacity, taken=taken, budget=euros(budget), committed=euros(committed)
        )
        if lack_of(left, euros(fee)) is None:
            taken, committed = taken + 1, committed + fee
    assert taken <= capacity
    assert committed <= budget


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (30, None), (8, None), (7, Step.WEEK), (3, Step.WEEK), (2, Step.SOON), (1, Step.SOON),
        (0, Step.TODAY), (-1, Step.LATE), (-40, Step.LATE),
    ],
)  # fmt: skip
def test_how_near_a_day_is(days, step):
    assert step_on(DUE, DUE - timedelta(days=days)) == step


def test_every_piece_counts_by_its_number():
    pieces = [(1, 2), (2, 1)]
    assert missing(pieces, set()) == 3
    assert missing(pieces, {(1, 1), (2, 1)}) == 1
    assert missing(pieces, {(1, 1), (1, 2), (2, 1), (3, 1)}) == 0


@pytest.mark.parametrize(
    ("standing", "more", "limit"),
    [
        ([], (2, 30_000), None),
        ([], (3, 30_000), Limit.ITEMS),
        ([], (1, 30_001), Limit.VALUE),
        ([(1, 10_000)], (1, 20_000), None),
        ([(1, 10_000)], (1, 20_001), Limit.VALUE),
        ([(2, 10_000)], (1, 1), Limit.ITEMS),
    ],
)
def test_a_creators_products_stop_at_both_limits(standing, more, limit):
    allowance = Allowance(items=2, value=euros(30_000))
    known = [Asked(quantity, euros(minor)) for quantity, minor in standing]
    assert over(allowance, known, Asked(more[0], euros(more[1]))) == limit
