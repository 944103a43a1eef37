"""A delivery that becomes known ends holds earlier that are counted from it (rule R10)."""

from datetime import timedelta

import pytest

from core.models import AuditEntry
from payouts.models import Commission
from payouts.services import checks, commissions, deliveries
from shop.services import orders
from tests.builders import NOW, make_affiliate, make_group
from tests.payouts.stories import accrued
from tests.shop.test_orders import an_order

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FROM_DELIVERY = {"hold_from": "delivery", "undelivered_days": 90}


def waiting(rules=None):
    """Return a commission of 30 days of hold, counted from the delivery."""
    terms = {"rules": FROM_DELIVERY if rules is None else rules}
    return accrued(make_affiliate(group=make_group(slug="delivered", terms=terms)))


def deliver(commission, days):
    order = commission.credit.order
    order.delivered_at = order.placed_at + days * DAY
    order.save(update_fields=["delivered_at"])
    deliveries.apply_pending(now=NOW)
    commission.refresh_from_db()
    return (commission.hold_until - order.placed_at) / DAY


def test_the_hold_ends_its_days_after_the_delivery_and_the_audit_trail_says_so():
    commission = waiting()
    placed_at = commission.credit.order.placed_at
    assert commission.hold_until == placed_at + 90 * DAY

    assert deliver(commission, 4) == 34

    entry = AuditEntry.objects.get(verb="commission.delivered")
    assert entry.data["hold_until"] == [
        (placed_at + 90 * DAY).isoformat(),
        (placed_at + 34 * DAY).isoformat(),
    ]
    assert deliveries.apply_pending(now=NOW) == 0
    assert commissions.approve_due(now=placed_at + 34 * DAY) == 1
    assert checks.check() == []


def test_an_earlier_delivery_that_becomes_known_later_moves_it_again_a_later_one_never():
    commission = waiting()

    assert deliver(commission, 10) == 40
    assert deliver(commission, 4) == 34
    assert deliver(commission, 20) == 34


def test_a_delivery_after_the_longest_wait_moves_nothing():
    assert deliver(waiting(), 85) == 90


def test_terms_that_count_from_the_order_have_nothing_to_move():
    commission = waiting(rules={})

    assert deliver(commission, 4) == 30
    assert not AuditEntry.objects.filter(verb="commission.delivered").exists()


def test_what_was_approved_is_left_alone():
    commission = waiting()
    Commission.objects.filter(pk=commission.pk).update(hold_until=NOW)
    commissions.approve_due(now=NOW)

    deliver(commission, 1)

    assert commission.hold_until == NOW


def test_an_order_sent_again_with_its_delivery_is_the_same_order():
    order = an_order()
    shop = waiting().credit.order.shop
    orders.record(shop_id=shop.pk, orders=[order], now=NOW)
    first, second = order.placed_at + 5 * DAY, order.placed_at + 3 * DAY

    for at in (first, None, second, first):
        said = an_order(delivered_at=at, updated_at=at or order.updated_at)
        assert orders.record(shop_id=shop.pk, orders=[said], now=NOW).unchanged == 1

    assert shop.orders.get(external_id="A").delivered_at == second
