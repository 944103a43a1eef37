"""From a screened credit to a commission: once, at the terms of the order's date."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from fraud.models import Signal
from payouts.models import Block, BlockKind, Commission, CommissionStatus, ReversalReason, Transfer
from payouts.services import accruals
from shop.models import LineKind
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_group,
    make_order,
    make_product,
    make_screening,
    make_terms,
)
from tests.payouts.stories import accrued, assert_balances

pytestmark = pytest.mark.django_db


def test_a_screened_credit_earns_its_rate_of_the_reference_margin():
    # List 100.00, cost 40.00: margin 60 %, band 50-65 %, reference cost 50.00, rate 20 %.
    commission = accrued()

    assert (commission.amount_minor, commission.status) == (1_000, CommissionStatus.PENDING)
    assert commission.hold_until == commission.credit.order.placed_at + timedelta(days=30)
    assert commission.lines.get().actual_margin_minor == 6_000
    assert_balances(commission.affiliate_id, pending=1_000)


def test_accruing_again_changes_nothing():
    commission = accrued()

    assert accruals.accrue_pending(now=NOW) == 0
    assert_balances(commission.affiliate_id, pending=1_000)


def test_an_unscreened_credit_waits():
    make_credit()

    assert accruals.accrue_pending(now=NOW) == 0


def test_the_terms_of_the_order_date_apply_for_ever():
    group = make_group(slug="old", terms={"valid_to": NOW - timedelta(days=10)})
    make_terms(group=group, rate_bps=5_000, valid_from=NOW - timedelta(days=10))
    affiliate = make_affiliate(group=group)

    before = accrued(affiliate, placed_at=NOW - timedelta(days=11))
    after = accrued(affiliate, placed_at=NOW - timedelta(days=9))

    assert (before.amount_minor, after.amount_minor) == (1_000, 2_500)


def test_terms_of_their_own_win_over_the_groups():
    affiliate = make_affiliate()
    make_terms(affiliate=affiliate, rate_bps=4_000)

    assert accrued(affiliate).amount_minor == 2_000


def test_only_products_earn():
    lines = [{}, {"kind": LineKind.GIFT_CARD}, {"kind": LineKind.SHIPPING, "net_minor": 500}]

    assert accrued(lines=lines).amount_minor == 1_000


def test_a_line_without_cost_blocks_and_says_which():
    product = make_product(cost_minor=None, sku="NO-COST")

    commission = accrued(lines=[{"product": product}, {}])

    kinds = dict(Block.objects.values_list("kind", "reason"))
    assert kinds == {BlockKind.BAND_MISSING: "NO-COST", BlockKind.COST_MISSING: "NO-COST"}
    assert commission.amount_minor == 1_000


def test_on_the_actual_basis_a_line_without_cost_is_no_whole_margin():
    affiliate = make_affiliate(group=make_group(slug="actual", terms={"basis": "actual"}))
    product = make_product(cost_minor=None, sku="NO-COST")

    commission = accrued(affiliate, lines=[{"product": product}, {}])

    assert commission.amount_minor == 1_200  # 20 % of the 60.00 of the other line.
    assert Block.objects.get().kind == BlockKind.COST_MISSING


def test_a_test_order_earns_nothing_and_stays_visible():
    commission = accrued(is_test=True)

    assert (commission.amount_minor, commission.status, commission.reversal_reason) == (
        0,
        CommissionStatus.REVERSED,
        ReversalReason.TEST_ORDER,
    )
    assert not Transfer.objects.exists()


def test_a_refused_credit_is_accrued_and_reversed_at_once_with_its_reason():
    credit = make_credit()
    screening = make_screening(credit, decision="refuse")
    Signal.objects.create(
        screening=screening,
        code="own_purchase",
        version=2,
        family="identity",
        severity="refuse",
    )

    accruals.accrue_pending(now=NOW)

    commission = Commission.objects.get()
    assert (commission.status, commission.reversal_reason) == ("reversed", "self_purchase")
    assert commission.amount_minor == 1_000
    assert Transfer.objects.count() == 2
    assert_balances(commission.affiliate_id)


def test_a_held_credit_is_pending_with_a_block():
    commission = accrued(decision="hold")

    assert commission.status == CommissionStatus.PENDING
    assert Block.objects.get(commission=commission).kind == BlockKind.FRAUD_CASE


def test_an_orders_costs_come_off_in_shares():
    order = make_order(lines=[{}, {"quantity": 2}])
    order.shop.order_cost_minor = 300
    order.shop.save()
    make_screening(make_credit(order=order))

    accruals.accrue_pending(now=NOW)

    # Margins 50.00 - 1.00 and 100.00 - 2.00, at 20 %.
    amounts = Commission.objects.get().lines.order_by("pk").values_list("amount_minor", flat=True)
    assert list(amounts) == [980, 1_960]


@pytest.mark.parametrize("column", ["amount_minor", "rate_bps", "currency"])
def test_the_database_keeps_a_commission_as_it_was(column):
    commission = accrued()

    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Commission.objects.filter(pk=commission.pk).update(
            **{column: "GBP" if column == "currency" else 1}
        )
