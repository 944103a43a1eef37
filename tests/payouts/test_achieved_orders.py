"""Orders that count for tiers and bonuses when edits added to them (rule B1)."""

from datetime import timedelta

import pytest

from affiliates.models import Terms
from payouts.queries.achievements import tier_progress
from payouts.services import accruals, commissions, returns
from tests.builders import make_affiliate, make_credit, make_order, make_return, make_screening
from tests.payouts.test_achievements import JULY, TIERS, agreed, sold

pytestmark = pytest.mark.django_db
JUNE = JULY - timedelta(days=20)


@pytest.fixture
def ada():
    return make_affiliate()


def orders_of(affiliate, at=JULY):
    terms = Terms.objects.get(affiliate=affiliate)
    return tier_progress(affiliate.pk, terms, at).value


@pytest.mark.parametrize("metric", ["orders", "new_customers"])
def test_b1_what_an_edit_added_is_no_order_more(ada, metric):
    agreed(ada, tiers={**TIERS, "metric": metric})
    order = sold(ada, is_new_customer=True).credit.order
    for _ in range(2):
        sold(ada, follows=order, is_addition=True)

    assert orders_of(ada) == 1
    sold(ada, is_new_customer=True)
    assert orders_of(ada) == 2


def test_b1_what_an_edit_added_stands_for_an_order_of_which_nothing_else_is_left(ada):
    agreed(ada, tiers={**TIERS, "metric": "orders"})
    order = sold(ada).credit.order
    sold(ada, follows=order, is_addition=True)
    make_return(order)
    returns.apply_pending(now=JULY)

    assert orders_of(ada) == 1


def test_b1_an_order_that_counted_does_not_count_again_for_what_was_added_later(ada):
    agreed(ada, tiers={**TIERS, "metric": "orders"})
    order = sold(ada, at=JULY - timedelta(days=20)).credit.order
    sold(ada, follows=order, is_addition=True)
    assert orders_of(ada) == 0

    sold(ada)
    assert orders_of(ada) == 1


def approved(affiliate, order, *, at):
    make_screening(make_credit(affiliate, order))
    accruals.accrue_pending(now=order.placed_at)
    commissions.approve_due(now=at)


def edited():
    """An order of a new customer, and what an edit added to it."""
    placed_at = JUNE - timedelta(days=31)
    order = make_order(placed_at=placed_at, is_new_customer=True)
    return order, make_order(placed_at=placed_at, follows=order, is_addition=True)


@pytest.mark.parametrize("metric", ["orders", "new_customers"])
@pytest.mark.parametrize("is_added_first", [True, False])
def test_b1_an_order_counts_once_whichever_of_its_parts_is_approved_first(
    ada, metric, is_added_first
):
    agreed(ada, tiers={**TIERS, "metric": metric})
    order, added = edited()
    first, then = (added, order) if is_added_first else (order, added)

    approved(ada, first, at=JUNE)
    approved(ada, then, at=JULY)

    assert (orders_of(ada, JUNE), orders_of(ada)) == (1, 0)
    sold(ada, is_new_customer=True)
    assert (orders_of(ada, JUNE), orders_of(ada)) == (1, 1)


def test_b1_an_order_counts_when_nothing_is_left_of_what_was_approved_before_it(ada):
    agreed(ada, tiers={**TIERS, "metric": "orders"})
    order, added = edited()
    approved(ada, added, at=JUNE)
    approved(ada, order, at=JULY)

    make_return(added)
    returns.apply_pending(now=JULY)

    assert (orders_of(ada, JUNE), orders_of(ada)) == (0, 1)


def test_b1_what_another_affiliate_had_of_the_order_counts_for_that_one_alone(ada):
    other = make_affiliate()
    for affiliate in (ada, other):
        agreed(affiliate, tiers={**TIERS, "metric": "orders"})
    order, added = edited()
    approved(other, added, at=JUNE)
    approved(ada, order, at=JULY)

    assert (orders_of(other, JUNE), orders_of(ada)) == (1, 1)
