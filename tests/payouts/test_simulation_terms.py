"""Simulations of caps, budgets, tiers, refunds and other policies, beside what the books say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from affiliates.models import Programme
from payouts.domain.simulation import read_summary
from payouts.models import Adjustment, TierReached
from payouts.services import accruals, bonuses, commissions, returns
from shop.models import Order, ReturnLine
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_credit,
    make_group,
    make_link,
    make_order,
    make_product,
    make_return,
    make_screening,
    make_user,
)
from tests.payouts.simulated_world import RULES, ask, make_draft, make_season, run, standing
from tests.payouts.test_refunds import refund
from tracking.models import AttributionPolicy
from tracking.services import attributions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("budget", [None, 6_000])
def test_caps_and_budgets_cut_in_a_simulation_as_they_did_in_the_books(budget):
    Programme.get()
    Programme.objects.update(month_budget_minor=budget)
    affiliates = make_season(rules={**RULES, "month_cap_minor": 4_000})

    simulation = run(ask(make_user(), period_from=date(2026, 4, 15)))

    (totals,) = read_summary(simulation.summary)
    assert totals.before_minor == totals.after_minor == totals.standing_minor
    assert totals.cut_before_minor > 0
    whole = run(ask(make_user()))
    for row in whole.affiliates.select_related("affiliate"):
        assert row.before_minor == standing(row.affiliate)
    assert len(affiliates) == 4


def test_money_given_back_without_goods_counts_as_in_the_books():
    affiliate = make_affiliate()
    order = make_order(placed_at=NOW - timedelta(days=20), lines=[{}, {"quantity": 2}])
    make_screening(make_credit(affiliate, order))
    accruals.accrue_pending(now=NOW - timedelta(days=19))
    for quantities, minor in (({order.lines.last(): 1}, None), ({order.lines.first(): 1}, 1_234)):
        made = make_return(order, quantities=quantities)
        if minor:
            ReturnLine.objects.filter(shop_return=made).update(quantity=0, net_minor=minor)
    returns.apply_pending(now=NOW)

    (totals,) = read_summary(run(ask(make_user(), period_to=NOW.date())).summary)

    assert totals.before_minor == totals.after_minor == totals.standing_minor
    assert 0 < totals.before_minor == standing(affiliate)
    assert totals.net_minor == 20_000 - 1_234


TIERS = {
    "metric": "orders",
    "every": "quarter",
    "steps": [{"at": 1, "rate_bps": 3_000}, {"at": 2, "rate_bps": 4_000}],
}


def make_three_orders():
    """Three orders of one affiliate, a month apart: each is approved before the next comes."""
    group = make_group(terms={"rules": {"tiers": TIERS}, "hold_days": 14})
    affiliate = make_affiliate(group=group)
    product = make_product()
    for month in (4, 5, 6):
        order = make_order(
            placed_at=datetime(2026, month, 5, tzinfo=UTC), lines=[{"product": product}]
        )
        make_screening(make_credit(affiliate, order))
    return affiliate


def test_tiers_in_force_pay_from_when_they_were_reached():
    affiliate = make_three_orders()
    TierReached.objects.create(
        affiliate=affiliate, terms=affiliate.group.terms.get(), period_from=date(2026, 4, 1),
        period_to=date(2026, 7, 1), at=1, value=1, rate_bps=3_000,
        reached_at=datetime(2026, 5, 20, tzinfo=UTC),
    )  # fmt: skip
    accruals.accrue_pending(now=NOW)

    (totals,) = read_summary(run(ask(make_user(), period_to=NOW.date())).summary)

    assert [day.before_minor for day in totals.days.values()] == [1_000, 1_000, 1_500]
    assert totals.before_minor == totals.after_minor == totals.standing_minor


def test_other_tiers_are_run_from_the_approvals_that_the_simulation_finds():
    affiliate = make_three_orders()
    accruals.accrue_pending(now=NOW)
    author = make_user()
    tiers = {**TIERS, "steps": [{"at": 1, "rate_bps": 5_000}]}
    draft = make_draft(affiliate.group, author=author, hold_days=14, rules={"tiers": tiers})

    simulation = run(ask(author, draft_ids=[draft.pk], period_to=NOW.date()))
    late = run(ask(author, draft_ids=[draft.pk], period_from=date(2026, 6, 1),
                   period_to=NOW.date()))  # fmt: skip

    (totals,) = read_summary(simulation.summary)
    assert [day.after_minor for day in totals.days.values()] == [1_000, 2_500, 2_500]
    (totals,) = read_summary(late.summary)
    assert [(day.before_minor, day.after_minor) for day in totals.days.values()] == [(1_000, 2_500)]


def test_money_given_back_does_not_count_for_tiers_that_are_run():
    affiliate = make_three_orders()
    accruals.accrue_pending(now=NOW)
    author = make_user()
    reached = {**TIERS, "metric": "margin", "steps": [{"at": 5_000, "rate_bps": 5_000}]}
    draft = make_draft(affiliate.group, author=author, hold_days=14, rules={"tiers": reached})
    asked = {"draft_ids": [draft.pk], "period_to": NOW.date()}

    (whole,) = read_summary(run(ask(author, **asked)).summary)
    refund(Order.objects.order_by("placed_at").first(), 1_000)
    (refunded,) = read_summary(run(ask(author, **asked)).summary)

    assert [day.after_minor for day in whole.days.values()] == [1_000, 2_500, 2_500]
    assert [day.after_minor for day in refunded.days.values()] == [800, 1_000, 2_500]


def test_another_policy_gives_orders_to_others_and_prices_them_by_their_terms():
    clicker = make_affiliate(group=make_group(slug="blogs", terms={"rate_bps": 1_000}))
    coder = make_affiliate(group=make_group(slug="coupons", terms={"rate_bps": 500}))
    code = make_code(coder)
    placed_at = NOW - timedelta(days=5)
    click = make_click(make_link(clicker), clicked_at=placed_at - timedelta(hours=1))
    order = make_order(placed_at=placed_at, codes=[code.code], click_tokens=[click.reference])
    attributions.attribute_pending(now=NOW)
    make_screening(order.credits.get())
    accruals.accrue_pending(now=NOW)
    AttributionPolicy.objects.create(
        number=2, name="Winner", valid_from=NOW + timedelta(days=1), created_at=NOW,
        rules={"code": "if_winner"},
    )  # fmt: skip

    simulation = run(ask(make_user(), policy_number=2, period_to=NOW.date()))

    (totals,) = read_summary(simulation.summary)
    assert order.credits.get().affiliate == coder
    assert (totals.changing_hands, totals.winners, totals.losers) == (1, 1, 1)
    assert totals.before_minor == totals.standing_minor == 250
    assert totals.after_minor == 500
    kept = simulation.orders.get()
    assert (kept.before, kept.after) == ({str(coder.pk): 250}, {str(clicker.pk): 500})
    assert kept.changes_hands


def test_the_policy_of_the_day_gives_every_order_to_whom_it_was_given():
    coder = make_affiliate()
    code = make_code(coder)
    for day in range(1, 6):
        make_order(placed_at=NOW - timedelta(days=day), codes=[code.code] if day % 2 else [])
    attributions.attribute_pending(now=NOW)
    for credit in coder.credits.all():
        make_screening(credit)
    accruals.accrue_pending(now=NOW)

    (totals,) = read_summary(
        run(ask(make_user(), policy_number=1, period_to=NOW.date() + timedelta(days=1))).summary
    )

    assert (totals.orders, totals.changing_hands) == (3, 0)
    assert totals.before_minor == totals.after_minor == totals.standing_minor == standing(coder)


GOAL = {"key": "two", "name": "Two orders", "kind": "goal", "minor": 700, "metric": "orders",
        "at": 2, "every": "quarter"}  # fmt: skip
FIRST_SALE = {"key": "first", "name": "Welcome", "kind": "first_sale", "minor": 1_500}


def bonuses_of(simulation):
    (totals,) = read_summary(simulation.summary)
    assert totals.bonus_before_minor == sum(before for before, _after in totals.bonuses.values())
    return totals.bonus_before_minor, totals.bonus_after_minor


def test_bonuses_in_force_are_those_that_are_awarded():
    make_season(rules={**RULES, "bonuses": [FIRST_SALE]})
    (totals,) = read_summary(run(ask(make_user())).summary)
    while commissions.approve_due(now=NOW + timedelta(days=90)):
        pass
    bonuses.award(now=NOW + timedelta(days=90), since=NOW)

    awarded = Adjustment.objects.filter(reason="bonus")
    assert totals.bonuses == {str(one.affiliate_id): [1_500, 1_500] for one in awarded}
    assert totals.bonus_before_minor == 1_500 * len(awarded) > 0


def test_a_bonus_of_a_draft_is_added_where_orders_reach_it():
    """Orders of April to June, held for 14 days: approved on 19 April, 19 May and 19 June."""
    affiliate = make_three_orders()
    accruals.accrue_pending(now=NOW)
    author = make_user()
    rules = {"tiers": TIERS, "bonuses": [FIRST_SALE, GOAL]}
    draft = make_draft(affiliate.group, author=author, hold_days=14, rules=rules)

    whole = run(ask(author, draft_ids=[draft.pk], period_to=NOW.date()))
    may = run(ask(author, draft_ids=[draft.pk], period_from=date(2026, 5, 1)))
    june = run(ask(author, draft_ids=[draft.pk], period_from=date(2026, 6, 1),
                   period_to=NOW.date()))  # fmt: skip

    assert bonuses_of(whole) == (0, 2_200)
    assert bonuses_of(may) == (0, 700)
    assert bonuses_of(june) == (0, 0)


def test_what_came_back_counts_for_no_bonus():
    affiliate = make_three_orders()
    accruals.accrue_pending(now=NOW)
    for order in Order.objects.order_by("pk")[1:]:
        make_return(order)
    returns.apply_pending(now=NOW)
    author = make_user()
    draft = make_draft(affiliate.group, author=author, hold_days=14,
                       rules={"bonuses": [FIRST_SALE, GOAL]})  # fmt: skip

    assert bonuses_of(run(ask(author, draft_ids=[draft.pk], period_to=NOW.date()))) == (0, 1_500)
