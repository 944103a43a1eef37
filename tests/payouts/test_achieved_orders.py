"""Orders that count for tiers and bonuses when edits added to them (rule B1)."""

from datetime import timedelta

import pytest

from affiliates.models import Terms
from payouts.queries.achievements import tier_progress
from payouts.services import returns
from tests.builders import make_affiliate, make_return
from tests.payouts.test_achievements import JULY, TIERS, agreed, sold

pytestmark = pytest.mark.django_db


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
