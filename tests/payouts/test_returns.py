"""Returns take back by target: in the hold, after it, in parts, before anything is priced."""

import pytest

from payouts.models import Adjustment, Commission
from payouts.services import accruals, commissions, costs, returns
from shop.models import BandAssignment, CostSource, OrderLine
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
)
from tests.payouts.stories import AFTER_HOLD, accrued, approved, assert_balances

pytestmark = pytest.mark.django_db


def line_of(commission):
    return commission.credit.order.lines.get()


def test_a_full_return_in_the_hold_reverses():
    commission = accrued()
    make_return(commission.credit.order)

    assert returns.apply_pending(now=NOW) == 1
    assert returns.apply_pending(now=NOW) == 0

    commission.refresh_from_db()
    assert (commission.status, commission.reversal_reason) == ("reversed", "returned")
    assert_balances(commission.affiliate_id)


def test_a_cancellation_says_so():
    commission = accrued()
    make_return(commission.credit.order, reason="cancellation")

    returns.apply_pending(now=NOW)

    commission.refresh_from_db()
    assert commission.reversal_reason == "cancelled"


def test_a_partial_return_takes_its_part_and_the_rest_is_approved():
    commission = accrued(lines=[{"quantity": 3}])
    make_return(commission.credit.order, quantities={line_of(commission): 1})

    returns.apply_pending(now=NOW)
    commissions.approve_due(now=AFTER_HOLD)

    commission.refresh_from_db()
    assert (commission.amount_minor, commission.approved_minor) == (3_000, 2_000)
    assert_balances(commission.affiliate_id, payable=2_000)


def test_a_return_after_approval_makes_a_debt_that_the_next_payout_nets():
    commission = approved()
    make_return(commission.credit.order)

    returns.apply_pending(now=AFTER_HOLD)

    commission.refresh_from_db()
    assert commission.status == "approved"
    assert Adjustment.objects.get().is_payable
    assert_balances(commission.affiliate_id, payable=0)


def test_ten_partial_returns_of_odd_cents_end_at_exactly_zero():
    commission = accrued(lines=[{"quantity": 10, "net_minor": 50_337}])
    line = line_of(commission)
    for number in range(10):
        make_return(commission.credit.order, quantities={line: 1})
        if number == 4:
            returns.apply_pending(now=NOW)
            commissions.approve_due(now=AFTER_HOLD)
    returns.apply_pending(now=AFTER_HOLD)

    assert sum(Adjustment.objects.values_list("amount_minor", flat=True)) == (
        -commission.amount_minor
    )
    assert_balances(commission.affiliate_id)


def test_a_return_known_before_the_commission_is_applied_when_there_is_one():
    credit = make_credit()
    make_return(credit.order)
    assert returns.apply_pending(now=NOW) == 0
    make_screening(credit)
    accruals.accrue_pending(now=NOW)

    returns.apply_pending(now=NOW)

    assert Commission.objects.get().status == "reversed"


def test_a_refused_commission_has_nothing_to_give_back():
    commission = accrued(decision="refuse")
    make_return(commission.credit.order)

    returns.apply_pending(now=NOW)

    assert Adjustment.objects.get().amount_minor == 0
    assert_balances(commission.affiliate_id)


def test_a_cost_that_is_found_adds_what_the_line_earns_and_releases():
    affiliate = make_affiliate(group=make_group(slug="actual", terms={"basis": "actual"}))
    product = make_product(cost_minor=None)
    commission = accrued(affiliate, lines=[{"product": product, "quantity": 2}])
    make_return(commission.credit.order, quantities={line_of(commission): 1})
    returns.apply_pending(now=NOW)
    OrderLine.objects.update(unit_cost_minor=4_000, cost_source=CostSource.CATALOGUE)

    assert costs.complete_pending(now=NOW) == 1
    assert costs.complete_pending(now=NOW) == 0

    # 20 % of 2 x 60.00, less the one that came back.
    assert_balances(affiliate.pk, pending=1_200)
    make_return(commission.credit.order, quantities={line_of(commission): 1})
    returns.apply_pending(now=NOW)
    assert_balances(affiliate.pk)


def test_a_band_that_is_found_releases_too():
    product = make_product(cost_minor=None)
    order = make_order(lines=[{"product": product}])
    credit = make_credit(order=order)
    make_screening(credit)
    accruals.accrue_pending(now=NOW)
    BandAssignment.objects.create(
        product=product, band=make_band(6_000), list_price_minor=10_000, valid_from=LONG_AGO
    )

    costs.complete_pending(now=NOW)
    assert commissions.approve_due(now=AFTER_HOLD) == 0  # Its cost is still missing.
    OrderLine.objects.update(unit_cost_minor=4_000, cost_source=CostSource.CATALOGUE)
    costs.complete_pending(now=NOW)

    assert commissions.approve_due(now=AFTER_HOLD) == 1
    assert_balances(credit.affiliate_id, payable=1_000)
