"""Facts that come late: each is worth what it is worth, and nothing that was refused is paid."""

from datetime import timedelta

import pytest

from payouts.models import Adjustment, Block, Commission
from payouts.services import commissions, costs, returns
from payouts.tasks import sweep_accruals
from shop.models import BandAssignment, CostSource, OrderLine
from tests.builders import (
    LONG_AGO,
    NOW,
    make_band,
    make_credit,
    make_group,
    make_order,
    make_product,
    make_return,
    make_screening,
)
from tests.payouts.stories import AFTER_HOLD, accrued, assert_balances

pytestmark = pytest.mark.django_db


def find_everything(product):
    OrderLine.objects.filter(unit_cost_minor__isnull=True).update(
        unit_cost_minor=4_000, cost_source=CostSource.CATALOGUE
    )
    BandAssignment.objects.create(
        product=product, band=make_band(6_000), list_price_minor=10_000, valid_from=LONG_AGO
    )


def test_a_cost_that_is_found_adds_nothing_to_what_was_refused():
    product = make_product(cost_minor=None)
    commission = accrued(lines=[{"product": product}], decision="refuse")
    find_everything(product)

    costs.complete_pending(now=NOW)

    assert not Adjustment.objects.exists()
    assert not Block.objects.filter(released_at__isnull=True).exists()
    assert_balances(commission.affiliate_id)


def test_a_line_that_came_before_its_product_is_priced_when_the_catalogue_comes():
    order = make_order(lines=[])
    OrderLine.objects.create(
        order=order,
        external_id="1",
        sku="LATE",
        title="A dress",
        quantity=1,
        net_minor=10_000,
        unit_cost_minor=4_000,
        cost_source=CostSource.PAYLOAD,
    )
    credit = make_credit(order=order)
    make_screening(credit)
    sweep_accruals()
    make_product(sku="LATE", shop=order.shop)

    assert costs.complete_pending(now=NOW) == 1
    assert commissions.approve_due(now=AFTER_HOLD) == 1
    assert_balances(credit.affiliate_id, payable=1_000)


def test_what_still_waits_does_not_keep_others_from_their_turn():
    never = make_product(cost_minor=None)
    for _ in range(3):
        accrued(lines=[{"product": never}])
    soon = make_product(cost_minor=None)
    commission = accrued(lines=[{"product": soon}])
    OrderLine.objects.filter(product=soon).update(
        unit_cost_minor=4_000, cost_source=CostSource.CATALOGUE
    )
    BandAssignment.objects.create(
        product=soon, band=make_band(6_000), list_price_minor=10_000, valid_from=LONG_AGO
    )

    assert costs.complete_pending(now=NOW, limit=3) == 2  # Its cost and its band.
    assert not commission.blocks.filter(released_at__isnull=True).exists()


def test_the_tariff_of_the_order_costs_is_that_of_the_accrual():
    product = make_product(cost_minor=None)
    commission = accrued(lines=[{"product": product}])
    shop = commission.credit.order.shop
    shop.order_cost_minor = 2_000
    shop.save()
    find_everything(product)

    costs.complete_pending(now=NOW)

    assert_balances(commission.affiliate_id, pending=1_000)


def test_the_terms_are_those_of_the_attribution_whatever_group_it_is_in_now():
    credit = make_credit()
    credit.affiliate.group = make_group(slug="generous", terms={"rate_bps": 9_000})
    credit.affiliate.save()
    make_screening(credit, screened_at=NOW - timedelta(days=30))

    sweep_accruals()

    assert Commission.objects.get().amount_minor == 1_000


def test_money_that_went_back_before_the_cost_was_found_is_taken_off():
    product = make_product(cost_minor=None)
    commission = accrued(lines=[{"product": product, "quantity": 2}])
    line = commission.lines.get().order_line
    shop_return = make_return(commission.credit.order, quantities={line: 1},
                              returned_at=NOW - timedelta(days=1))  # fmt: skip
    refund = make_return(commission.credit.order, quantities={}, external_id="money")
    refund.lines.create(
        external_id="money", line_external_id=line.external_id, line=line, quantity=0,
        net_minor=2_000,
    )  # fmt: skip
    for _ in range(2):
        returns.apply_pending(now=NOW)
    find_everything(product)

    costs.complete_pending(now=NOW)

    # One of two is left, for 80.00 instead of 100.00: 20 % of the margin of 30.00.
    assert shop_return.lines.get().adjustments.exists()
    assert_balances(commission.affiliate_id, pending=600)
