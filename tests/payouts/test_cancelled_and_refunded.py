"""A cancellation and refunds of one order, in any order of arrival: nothing is left, all the same.

Which of them a unit is counted on depends on who came first (docs/rules/orders.md); what is left of
each line, and what the sale comes to, does not. With bodies as the platforms send them.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db.models import Sum

from payouts.models import Adjustment, Commission
from payouts.queries.balances import balances
from payouts.services import accruals, checks, commissions, returns
from shop.connectors.registry import connector
from shop.connectors.woocommerce.poller import POLL_ORDER
from shop.domain.moments import Told
from shop.models import Order, OrderLine, Return, ReturnLine
from shop.services import applying, connections
from tests.builders import make_affiliate, make_credit, make_product, make_screening, make_shop
from tests.shop.connectors.shopify import bodies as shopify
from tests.shop.connectors.woocommerce import bodies as woo
from tests.undo import undone

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=90)


def shopify_story():
    """Two dresses; a scarf is added; one dress and the scarf come back; all is cancelled."""
    dresses = shopify.line(71, quantity=2, tax=("40.00",))
    scarf = shopify.line(72, price="60.00", tax=("10.00",))
    back = shopify.refund(refund_line_items=[
        shopify.refunded(71), shopify.refunded(72, subtotal=Decimal("60.00"))])  # fmt: skip
    rest = shopify.refund(901, created_at="2026-11-10T10:00:05+01:00",
                          refund_line_items=[shopify.refunded(71, restock_type="cancel")],
                          order_adjustments=[shopify.adjustment("-12.00")])  # fmt: skip
    gone = {"cancelled_at": "2026-11-10T10:00:00+01:00", "line_items": [dresses, scarf],
            "updated_at": "2026-11-10T10:00:00+01:00"}  # fmt: skip
    done = {**gone, "updated_at": "2026-11-10T10:00:06+01:00", "refunds": [back, rest]}
    edited = shopify.order(line_items=[dresses, scarf], updated_at="2026-11-03T09:00:00+01:00")
    return (
        [("orders/create", shopify.order(line_items=[dresses])), ("orders/updated", edited)],
        [
            ("refunds/create", back),
            ("orders/cancelled", shopify.order(**gone)),
            ("refunds/create", rest),
            ("orders/updated", shopify.order(**done)),
        ],
    )


def woocommerce_story():
    """Two coats and a scarf; one coat comes back; all is cancelled; money is given for the rest."""

    def polled(refunds, **changes):
        listed = [{"id": one["id"], "total": f"-{one['amount']}"} for one in refunds]
        return POLL_ORDER, {"order": woo.order(refunds=listed, **changes), "refunds": refunds}

    back = woo.refund(amount="108.00",
                      line_items=[woo.refunded(11, "-90.00", "-18.00", quantity=-1)])  # fmt: skip
    money = woo.refund(701, "24.00", date_created_gmt="2026-03-23T09:00:00",
                       line_items=[woo.refunded(12, "-20.00", "-4.00")])  # fmt: skip
    cancelled = {"status": "cancelled", "date_modified_gmt": "2026-03-22T09:00:00"}
    return (
        [("order.created", woo.order())],
        [
            polled([back], date_modified_gmt="2026-03-20T09:00:00"),
            ("order.updated", woo.order(**cancelled)),
            polled([back, money], **{**cancelled, "date_modified_gmt": "2026-03-23T09:00:00"}),
        ],
    )


STORIES = {"shopify": shopify_story, "woocommerce": woocommerce_story}


def tell(connection, topic, body):
    context = connections.context_of(connection)
    facts = connector(connection.connector).facts(topic, shopify.sent(body), context)
    told = Told(NOW)
    assert not applying.apply(connection=connection, facts=facts, event_id="e", told=told, now=NOW)


def end_of(platform, before, after, *, is_approved):
    """What is left of each line, what it comes to, and the balances; and how it is counted."""
    for sku in ("SKU-71", "SKU-72", "COAT-BLUE", "SCARF"):
        make_product(sku=sku, cost_minor=3_000)
    connection = connections.connect(shop_id=make_shop().pk, connector_name=platform, code="web",
                                     name="Web", entered={"consumer_key": "k",
                                     "consumer_secret": "s"}, address="https://shop.invalid",
                                     actor=None, now=NOW)  # fmt: skip
    for one in before:
        tell(connection, *one)
    affiliate = make_affiliate()
    for order in Order.objects.order_by("pk"):
        make_screening(make_credit(affiliate, order))
    accruals.accrue_pending(now=NOW)
    earned = balances(affiliate.pk, "EUR").pending.minor
    assert earned > 0
    if is_approved:
        commissions.approve_due(now=LATER)
        assert balances(affiliate.pk, "EUR").payable.minor == earned
    for one in after:
        tell(connection, *one)
        returns.apply_pending(now=LATER)
    assert [str(one) for one in checks.check()] == []
    found = balances(affiliate.pk, "EUR")
    return (
        {line.external_id: line.quantity - back(line) for line in OrderLine.objects.all()},
        {one.credit.order.external_id: net_of(one) for one in Commission.objects.all()},
        set(Commission.objects.values_list("status", flat=True)),
        (found.pending.minor, found.payable.minor, found.reserved.minor),
    ), counted()


def back(line):
    return line.returned.aggregate(Sum("quantity"))["quantity__sum"] or 0


def net_of(commission):
    """What each line of a sale comes to in the end."""
    found = {line.order_line_id: line.amount_minor for line in commission.lines.all()}
    for one in Adjustment.objects.filter(commission=commission):
        found[one.order_line_id] += one.amount_minor
    return sorted(found.values())


def counted():
    lines = ReturnLine.objects.order_by("shop_return__external_id", "pk")
    return tuple(lines.values_list("shop_return__external_id", "line__external_id", "quantity"))


@pytest.mark.parametrize("is_approved", [False, True], ids=["on hold", "approved"])
@pytest.mark.parametrize("platform", STORIES)
def test_whatever_came_first_nothing_is_left_and_the_books_agree(platform, is_approved):
    before, after = STORIES[platform]()
    ends, ways = [], set()
    for turn in permutations(after):
        with undone():
            end, way = end_of(platform, before, turn, is_approved=is_approved)
            assert Return.objects.exists()
            ends.append(end)
            ways.add(way)

    left, earned, status, money = ends[0]
    assert set(left.values()) == {0}
    assert {minor for lines in earned.values() for minor in lines} == {0}
    assert status == ({"approved"} if is_approved else {"reversed"})
    assert money == (0, 0, 0)
    assert all(end == ends[0] for end in ends)
    assert len(ways) > 1  # The rows do differ by who came first.
