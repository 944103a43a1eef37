"""Caps of a month and the programme's budget: what they cut, from whom, and what they count."""

from datetime import UTC, datetime, timedelta

import pytest

from affiliates.models import Programme
from payouts.models import Adjustment, Commission, Meter
from payouts.services import accruals, checks, costs, returns
from shop.models import BandAssignment, CostSource, OrderLine, ProductCost
from tests.builders import (
    LONG_AGO,
    NOW,
    make_affiliate,
    make_band,
    make_credit,
    make_group,
    make_order,
    make_product,
    make_return,
    make_screening,
    make_terms,
)
from tests.payouts.stories import accrued, assert_balances

pytestmark = pytest.mark.django_db


EVERYTHING = {"key": "all", "name": "All", "priority": 1, "pays": "margin", "rate_bps": 2_000}


def capped(**rules):
    group = make_group(slug="capped", terms={"rules": rules})
    return make_affiliate(group=group)


def budget(minor):
    programme = Programme.get()
    programme.month_budget_minor = minor
    programme.save()


def taken():
    return {
        (meter.affiliate_id, meter.month.isoformat()): meter.taken_minor
        for meter in Meter.objects.all()
    }


def test_a_month_cap_leaves_what_is_left_of_it_and_says_so_on_the_line():
    affiliate = capped(month_cap_minor=1_500)

    first, second, third = (accrued(affiliate) for _ in range(3))

    assert [one.amount_minor for one in (first, second, third)] == [1_000, 500, 0]
    line = second.lines.get()
    assert (line.amount_minor, line.cut_minor) == (500, 500)
    assert line.steps[-2] == {"step": "cut", "reason": "month_cap", "minor": 500, "limit": 1_500}
    assert_balances(affiliate.pk, pending=1_500)


def test_the_month_is_that_of_the_order_in_the_programmes_time_zone():
    affiliate = capped(month_cap_minor=1_000)

    accrued(affiliate, placed_at=datetime(2026, 5, 31, 21, 59, tzinfo=UTC))
    accrued(affiliate, placed_at=datetime(2026, 5, 31, 22, 1, tzinfo=UTC))

    assert taken() == {(affiliate.pk, "2026-05-01"): 1_000, (affiliate.pk, "2026-06-01"): 1_000}


def test_each_affiliate_has_its_own_cap_and_all_share_the_budget():
    budget(2_500)
    group = make_group(slug="capped", terms={"rules": {"month_cap_minor": 1_500}})
    ada, mallory = make_affiliate(group=group), make_affiliate(group=group)

    amounts = [accrued(one).amount_minor for one in (ada, ada, mallory, mallory)]

    assert amounts == [1_000, 500, 1_000, 0]
    assert taken()[None, "2026-06-01"] == 2_500


def test_caps_cut_in_order_the_order_the_month_the_budget():
    budget(400)
    affiliate = capped(order_cap_minor=900, month_cap_minor=700)

    line = accrued(affiliate).lines.get()

    cuts = [(step["reason"], step["minor"]) for step in line.steps if step["step"] == "cut"]
    assert cuts == [("order_cap", 100), ("month_cap", 200), ("budget", 300)]
    assert (line.amount_minor, line.cut_minor) == (400, 600)


def test_a_batch_takes_in_the_order_of_its_credits():
    affiliate = capped(month_cap_minor=1_500)
    for _ in range(3):
        make_screening(make_credit(affiliate))

    accruals.accrue_pending(now=NOW)

    amounts = Commission.objects.order_by("credit").values_list("amount_minor", flat=True)
    assert list(amounts) == [1_000, 500, 0]


def test_a_budget_that_is_set_within_a_month_counts_what_its_orders_earned_before():
    accrued()
    accrued(decision="refuse")
    budget(1_300)

    assert accrued().amount_minor == 300


def test_a_limit_that_was_lifted_for_a_while_still_counts_what_went_through():
    budget(1_200)
    accrued()
    budget(None)
    accrued()
    budget(2_500)

    assert accrued().amount_minor == 500


def test_a_refused_credit_takes_nothing():
    affiliate = capped(month_cap_minor=1_000)

    refused = accrued(affiliate, decision="refuse")

    assert (refused.amount_minor, accrued(affiliate).amount_minor) == (1_000, 1_000)


def test_what_comes_back_gives_nothing_back():
    affiliate = capped(month_cap_minor=1_000)
    first = accrued(affiliate)
    make_return(first.credit.order)
    returns.apply_pending(now=NOW)

    assert accrued(affiliate).amount_minor == 0


def test_amounts_of_terms_say_nothing_of_another_currency():
    affiliate = capped(
        month_cap_minor=1,
        order_cap_minor=1,
        rules=[{"key": "a", "name": "A", "priority": 1, "pays": "flat", "flat_minor": 5}],
    )
    order = make_order(
        lines=[{"product": make_product(currency="GBP", list_price_minor=12_000)}], currency="GBP"
    )
    make_screening(make_credit(affiliate, order))

    accruals.accrue_pending(now=NOW)

    assert Commission.objects.get().amount_minor == 1_000
    assert not Meter.objects.exists()


def test_a_cap_of_a_rule_says_nothing_of_another_currency_either():
    affiliate = capped(rules=[{**EVERYTHING, "cap_minor": 5}])
    order = make_order(
        lines=[{"product": make_product(currency="GBP", list_price_minor=12_000)}], currency="GBP"
    )
    make_screening(make_credit(affiliate, order))

    accruals.accrue_pending(now=NOW)

    assert (Commission.objects.get().amount_minor, Commission.objects.get().lines.get().rule) == (
        1_000, "all",
    )  # fmt: skip
    assert checks.check() == []


def waiting(affiliate, count=1, **order):
    product = make_product(cost_minor=None)
    lines = [{"product": product} for _ in range(count)]
    return product, accrued(affiliate, lines=[{}, *lines], **order)


def find(product):
    ProductCost.objects.create(product=product, unit_cost_minor=4_000, valid_from=LONG_AGO)
    BandAssignment.objects.create(
        product=product, band=make_band(6_000), list_price_minor=10_000, valid_from=LONG_AGO
    )
    OrderLine.objects.filter(product=product).update(
        unit_cost_minor=4_000, cost_source=CostSource.CATALOGUE
    )


@pytest.mark.parametrize(
    ("rules", "budget_minor", "reason"),
    [
        ({"rules": [{**EVERYTHING, "cap_minor": 1_300}]}, None, "rule_cap"),
        ({"order_cap_minor": 1_300}, None, "order_cap"),
        ({"month_cap_minor": 1_300}, None, "month_cap"),
        ({}, 1_300, "budget"),
    ],
)
def test_a_cost_that_is_found_passes_no_limit_either(rules, budget_minor, reason):
    budget(budget_minor)
    product, commission = waiting(capped(**rules), count=2)
    find(product)

    costs.complete_pending(now=NOW)

    found = Adjustment.objects.order_by("order_line")
    assert [row.amount_minor for row in found] == [150, 150]
    assert found[0].steps[-2]["reason"] == reason
    assert_balances(commission.affiliate_id, pending=1_300)


def test_a_found_cost_is_paid_as_it_was_decided_then():
    affiliate = capped(
        rules=[
            {
                "key": "dresses", "name": "Dresses", "priority": 1, "pays": "flat",
                "flat_minor": 700, "when": {"category": ["dresses"]},
            }
        ]
    )  # fmt: skip
    product, commission = waiting(affiliate)
    assert commission.amount_minor == 350
    product.category = "shoes"
    product.save()
    find(product)

    costs.complete_pending(now=NOW + timedelta(days=1))

    assert Adjustment.objects.get().amount_minor == 350
    assert checks.check() == []


def test_a_line_that_pays_nothing_needs_no_cost_and_keeps_nobody_waiting():
    make_terms(
        affiliate=(affiliate := make_affiliate()),
        rules={
            "rules": [
                {"key": "gifts", "name": "Gifts", "priority": 1, "pays": "nothing",
                 "reason": "Gifts earn nothing", "when": {"category": ["gifts"]}}
            ]
        },
    )  # fmt: skip
    gift = make_product(cost_minor=None, category="gifts")
    late = make_product(cost_minor=None)
    commission = accrued(affiliate, lines=[{"product": gift}, {"product": late}])
    assert commission.blocks.count() == 2
    find(late)

    costs.complete_pending(now=NOW)

    assert not commission.blocks.filter(released_at__isnull=True).exists()
    assert_balances(affiliate.pk, pending=1_000)
