"""Bonuses while orders of the past are run again (docs/rules/simulation.md, S9)."""

from datetime import UTC, date, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from affiliates.domain.terms import Bonus, BonusKind, Every, Metric
from payouts.domain.simulated_bonuses import Counted, SimulatedBonuses, begins_before

PARIS = ZoneInfo("Europe/Paris")
ORDERS = count(1)
JUNE = date(2026, 6, 1)
GOAL = Bonus(key="goal", name="Goal", kind=BonusKind.GOAL, minor=700, at=2)
FIRST = Bonus(key="first", name="First", kind=BonusKind.FIRST_SALE, minor=500)
CAMPAIGN = Bonus(key="june", name="June", kind=BonusKind.CAMPAIGN, minor=900, at=5_000,
                 metric=Metric.MARGIN, since=JUNE, until=date(2026, 6, 15))  # fmt: skip
NEW = Bonus(key="new", name="New", kind=BonusKind.GOAL, minor=300, metric=Metric.NEW_CUSTOMERS)


def approved(month, day, *bonuses, hour=12, **overrides):
    fields = {"affiliate_id": 1, "currency": "EUR", "margin_minor": 3_000,
              "is_new_customer": False, "placed_on": JUNE, "order_id": next(ORDERS),
              **overrides}  # fmt: skip
    at = datetime(2026, month, day, hour, tzinfo=UTC)
    return Counted(at=at, bonuses=bonuses, **fields)


def added(*found, since=JUNE, sellers=()):
    lane = SimulatedBonuses(zone=PARIS, since=since, sellers=sellers)
    for one in found:
        lane.book(one)
    lane.settle()
    return dict(lane.added)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([approved(6, 1, GOAL)], 0),
        ([approved(6, 1, GOAL), approved(6, 2, GOAL)], 700),
        ([approved(6, 1, GOAL), approved(6, 2, GOAL), approved(6, 3, GOAL)], 700),
        ([approved(6, 1), approved(6, 2, GOAL)], 700),
        ([approved(6, 1, GOAL), approved(7, 2, GOAL)], 0),
        # 30 June, 22:30 in universal time, is the first of July in Paris.
        ([approved(6, 30, GOAL, hour=22), approved(7, 2, GOAL)], 700),
        ([approved(6, day, GOAL) for day in (1, 2)]
         + [approved(7, day, GOAL) for day in (1, 2)], 1_400),
        ([approved(6, 1, FIRST), approved(6, 2, FIRST)], 500),
        ([approved(6, 1), approved(6, 2, FIRST)], 0),
        ([approved(6, 1, CAMPAIGN), approved(6, 14, CAMPAIGN)], 900),
        ([approved(6, 1, CAMPAIGN), approved(6, 15, CAMPAIGN)], 0),
        ([approved(5, 31, CAMPAIGN), approved(6, 14, CAMPAIGN)], 0),
        ([approved(6, 1, NEW), approved(6, 2, NEW, is_new_customer=True)], 300),
        ([approved(6, 1, GOAL), approved(6, 2, GOAL, currency="CHF")], 0),
        ([approved(6, 1, GOAL), approved(6, 2, GOAL, affiliate_id=2)], 0),
        ([approved(6, 2, GOAL), approved(6, 1, GOAL)], 700),
        # What an edit added is no order more.
        ([approved(6, 1, GOAL, order_id=0), approved(6, 2, GOAL, order_id=0)], 0),
    ],
)  # fmt: skip
def test_what_approvals_reach(found, expected):
    assert sum(added(*found).values()) == expected


def test_what_orders_from_before_reached_is_had_and_not_added_up():
    earlier = [approved(6, day, GOAL, FIRST, placed_on=date(2026, 5, 20)) for day in (1, 2)]
    assert added(*earlier, approved(6, 3, GOAL, FIRST)) == {}
    assert added(earlier[0], approved(6, 3, GOAL, FIRST)) == {("EUR", 1): 700}


def test_who_sold_before_has_no_first_sale():
    assert added(approved(6, 1, FIRST), sellers={1}) == {}


@pytest.mark.parametrize(
    ("bonuses", "expected"),
    [
        ([], date(2026, 6, 10)),
        ([FIRST], date(2026, 6, 10)),
        ([GOAL], date(2026, 5, 2)),
        ([CAMPAIGN], date(2026, 5, 2)),
        ([Bonus(key="q", name="Q", kind=BonusKind.GOAL, minor=1, every=Every.QUARTER)],
         date(2026, 3, 2)),
        ([Bonus(key="c", name="C", kind=BonusKind.CAMPAIGN, minor=1, since=date(2026, 1, 1),
                until=date(2026, 2, 1))], date(2026, 6, 10)),
    ],
)  # fmt: skip
def test_from_when_orders_are_run(bonuses, expected):
    assert begins_before(date(2026, 6, 10), bonuses, hold_days=30) == expected
