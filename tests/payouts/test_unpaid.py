"""Orders that the customer has not paid: they count, and nothing of them is payable."""

from datetime import timedelta

import pytest

from payouts.models import Block, BlockKind, Commission
from payouts.services import blocks, commissions
from payouts.services.blocks import FactDecides
from payouts.tasks import sweep_accruals
from portal.queries.sales import SaleState, with_state
from shop.models import Order
from tests.builders import NOW, make_credit, make_order, make_screening, make_user
from tests.payouts.stories import AFTER_HOLD, assert_balances
from tracking.models import Credit

pytestmark = pytest.mark.django_db


@pytest.fixture
def commission():
    make_screening(make_credit(order=make_order(awaits_payment=True)))
    sweep_accruals()
    return Commission.objects.get()


def test_it_earns_and_waits_until_the_shop_says_that_it_was_paid(commission):
    assert commissions.approve_due(now=AFTER_HOLD) == 0
    assert blocks.release_paid(now=AFTER_HOLD) == 0
    assert with_state(Credit.objects.all()).get().state == SaleState.PENDING

    Order.objects.update(awaits_payment=False)

    assert blocks.release_paid(now=AFTER_HOLD) == 1
    assert blocks.release_paid(now=AFTER_HOLD) == 0
    assert commissions.approve_due(now=AFTER_HOLD) == 1
    assert_balances(commission.affiliate_id, payable=1_000)


def test_nobody_releases_it_by_hand(commission):
    block = Block.objects.get(kind=BlockKind.UNPAID)

    with pytest.raises(FactDecides, match="has not paid"):
        blocks.release(block_id=block.pk, actor_id=make_user().pk, reason="Hurry", now=NOW)


def test_an_order_that_is_cancelled_unpaid_waits_for_nothing(commission):
    Order.objects.update(cancelled_at=NOW)

    assert blocks.release_paid(now=NOW) == 1


def test_what_was_added_to_an_order_carries_no_parcel_of_its_own():
    order = make_order()
    order.shop.order_cost_minor = 500
    order.shop.save()
    added = make_order(shop=order.shop, follows=order, is_addition=True,
                       placed_at=order.placed_at + timedelta(hours=1))  # fmt: skip
    make_screening(make_credit(order=order))
    make_screening(make_credit(order=added))
    sweep_accruals()

    costs = {
        one.credit.order.is_addition: one.lines.get().order_cost_minor
        for one in Commission.objects.all()
    }
    assert costs == {False: 500, True: 0}
