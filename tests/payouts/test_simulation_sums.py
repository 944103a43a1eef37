from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affiliates.domain.terms import Every, Metric, Step, Tiers
from payouts.domain.commission import Earned
from payouts.domain.simulated_limits import (
    Approved,
    SimulatedMeters,
    SimulatedTiers,
    begins_before,
)
from payouts.domain.simulation import (
    MOST_ORDERS,
    Earning,
    SimulatedSale,
    Tally,
    cost_of_sales_bps,
    read_summary,
    summary_json,
)

PARIS = ZoneInfo("Europe/Paris")
ORDERS = count(1)
DAY = date(2026, 5, 1)


def sale(order_id=1, *, before=(), after=(), net=10_000, margin=4_000, currency="EUR"):
    """An order that affiliates 1, 2 … have of: amounts of the whole, or (amount, share)."""
    sides = [
        {
            affiliate: one if isinstance(one, Earning) else Earning(minor=one)
            for affiliate, one in dict(side).items()
        }
        for side in (before, after)
    ]
    return SimulatedSale(
        order_id=order_id, placed_on=DAY, currency=currency, net_minor=net, margin_minor=margin,
        actual_margin_minor=None, before=sides[0], after=sides[1], standing_minor=7,
    )  # fmt: skip


def tally(*sales):
    made = Tally()
    for one in sales:
        made.add(one)
    return made


def test_the_shop_keeps_the_margin_of_an_order_that_becomes_nobodys():
    (totals,) = tally(sale(before={1: 800})).totals()

    assert (totals.orders, totals.became_nobodys, totals.changing_hands) == (1, 1, 1)
    assert (totals.left_before_minor, totals.left_after_minor) == (3_200, 4_000)
    assert (totals.cost_before_bps, totals.cost_after_bps) == (800, None)
    assert (totals.margin_unknown, totals.actual_margin_unknown) == (0, 1)


def test_another_share_changes_hands_and_another_amount_does_not():
    half = Earning(minor=400, share_bps=5_000)
    made = tally(
        sale(1, before={1: 800}, after={1: half, 2: half}), sale(2, before={1: 800}, after={1: 900})
    )

    (totals,) = made.totals()
    assert totals.changing_hands == 1
    assert [(one.order_id, one.changes_hands) for one in made.sales()] == [(2, False), (1, True)]
    assert (totals.winners, totals.losers) == (1, 1)
    first = next(one for one in made.affiliates() if one.affiliate_id == 1)
    assert (first.net_before_minor, first.net_after_minor) == (20_000, 15_000)


def test_currencies_are_never_added_up():
    made = tally(
        sale(1, before={1: 5}), sale(2, before={1: 7}, currency="GBP"), sale(3, after={2: 1})
    )

    assert [(one.currency, one.before_minor) for one in made.totals()] == [("EUR", 5), ("GBP", 7)]


def test_an_order_of_nobody_counts_nowhere():
    assert tally(sale()).totals() == []


def test_the_largest_changes_are_kept():
    made = tally(*(sale(pk, after={1: pk}) for pk in range(1, MOST_ORDERS + 11)))

    kept = made.sales()
    assert len(kept) == MOST_ORDERS
    assert kept[0].after_minor == MOST_ORDERS + 10
    assert min(one.after_minor for one in kept) == 11


def test_a_summary_comes_back_from_json():
    found = tally(sale(1, before={1: 800}, after={2: 90}), sale(2, after={1: 3})).totals()

    assert read_summary(json.loads(json.dumps(summary_json(found)))) == found
    assert read_summary({}) == []


amounts = st.dictionaries(st.integers(1, 4), st.integers(0, 10_000), max_size=3)


@given(st.lists(st.tuples(amounts, amounts), max_size=20))
def test_affiliates_days_and_totals_are_the_same_sums(sides):
    made = tally(
        *(sale(pk, before=before, after=after) for pk, (before, after) in enumerate(sides, 1))
    )

    rows = made.affiliates()
    for totals in made.totals():
        assert sum(one.before_minor for one in rows) == totals.before_minor
        assert sum(one.after_minor for one in rows) == totals.after_minor
        assert sum(day.after_minor for day in totals.days.values()) == totals.after_minor
        assert sum(one.change_minor for one in rows) == totals.change_minor


@pytest.mark.parametrize(
    ("commission", "net", "expected"), [(800, 10_000, 800), (1, 30_000, 0), (5, 0, None)]
)
def test_cost_of_sales(commission, net, expected):
    assert cost_of_sales_bps(commission, net) == expected


# --- caps, budgets, tiers ----------------------------------------------------------


def earned(minor):
    return Earned(
        amount_minor=minor, margin_minor=minor, actual_margin_minor=None, missing=(),
        steps=({"step": "amount", "minor": minor},),
    )  # fmt: skip


def take(meters, affiliate, minor, *, cap=None, month=date(2026, 5, 1)):
    left = meters.take(
        [earned(minor)], affiliate_id=affiliate, month=month, currency="EUR", cap_minor=cap
    )
    return left[0].amount_minor, left[0].cut_minor


def test_the_cap_of_a_month_then_the_budget_cut_in_the_order_of_time():
    meters = SimulatedMeters(1_000)

    assert take(meters, 1, 600, cap=500) == (500, 100)
    assert take(meters, 1, 600, cap=500) == (0, 600)
    assert take(meters, 2, 600) == (500, 100)
    assert take(meters, 2, 600) == (0, 600)
    assert take(meters, 2, 600, month=date(2026, 6, 1)) == (600, 0)


def test_what_was_earned_without_a_cap_counts_when_one_begins():
    meters = SimulatedMeters(None)

    assert take(meters, 1, 600) == (600, 0)
    assert take(meters, 1, 600, cap=1_000) == (400, 200)


def approved(at, **overrides):
    tiers = Tiers(
        metric=Metric.ORDERS, every=Every.MONTH,
        steps=(Step(at=2, rate_bps=2_500), Step(at=3, rate_bps=3_000)),
    )  # fmt: skip
    said = {"affiliate_id": 1, "terms": "a", "tiers": tiers, "at": at, "margin_minor": 0,
            "order_id": next(ORDERS)}  # fmt: skip
    return Approved(**{**said, "is_new_customer": False, **overrides})


def test_a_step_pays_from_the_approval_that_reaches_it_until_the_period_ends():
    course = SimulatedTiers(PARIS)
    second = datetime(2026, 5, 10, tzinfo=UTC)
    one = approved(datetime(2026, 5, 4, tzinfo=UTC))
    for found in (approved(second), one):
        course.book(found)

    def rate(moment):
        return course.rate_bps(1, "a", one.tiers, moment)

    assert rate(second - timedelta(seconds=1)) is None
    assert rate(second) == 2_500
    course.book(approved(datetime(2026, 5, 20, tzinfo=UTC)))
    assert rate(datetime(2026, 5, 31, tzinfo=UTC)) == 3_000
    # The month begins at midnight in Paris, two hours before it does in UTC.
    assert rate(datetime(2026, 5, 31, 22, tzinfo=UTC)) is None


def test_what_an_edit_added_is_no_step_more():
    course = SimulatedTiers(PARIS)
    day = datetime(2026, 5, 4, tzinfo=UTC)
    for _ in range(3):
        course.book(approved(day, order_id=7))

    def rate():
        return course.rate_bps(1, "a", approved(day).tiers, day)

    assert rate() is None
    course.book(approved(day, order_id=8))
    assert rate() == 2_500


def test_a_period_looks_back_by_its_tiers_and_their_hold():
    tiers = Tiers(metric=Metric.ORDERS, every=Every.QUARTER, steps=(Step(at=1, rate_bps=1),))

    assert begins_before(date(2026, 5, 17), [tiers], hold_days=30) == date(2026, 3, 2)
    assert begins_before(date(2026, 5, 17), [], hold_days=30) == date(2026, 5, 17)
