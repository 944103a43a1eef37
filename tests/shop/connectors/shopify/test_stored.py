"""What Shopify tells ends the same in our tables, in whatever order and however often it comes."""

import itertools

import pytest
import time_machine
from django.utils import timezone

from shop.connectors.shopify import CONNECTOR
from shop.domain.moments import Told
from shop.models import Order, OrderLine, Return, ReturnLine
from shop.services import applying, connections
from tests.builders import make_shop
from tests.shop.connectors.shopify.bodies import (
    CONTEXT,
    adjustment,
    line,
    order,
    paid_back,
    refund,
    refunded,
    sent,
)

pytestmark = pytest.mark.django_db

BACK = refund(refund_line_items=[refunded()])
PLACED = order(line_items=[line(quantity=2, tax=("40.00",))])
CHANGED = order(updated_at="2026-11-09T09:00:01+01:00", refunds=[BACK],
                line_items=[line(quantity=2, current_quantity=1, tax=("40.00",))])  # fmt: skip
GIVEN = order(
    updated_at="2026-11-12T09:00:01+01:00",
    line_items=[line(quantity=2, current_quantity=1, tax=("40.00",))],
    refunds=[BACK, refund(901, created_at="2026-11-12T09:00:00+01:00",
                          order_adjustments=[adjustment("-12.00")],
                          transactions=[paid_back("12.00")])],
)  # fmt: skip
STORY = (
    ("orders/create", PLACED),
    ("refunds/create", BACK),
    ("orders/updated", CHANGED),
    ("orders/updated", GIVEN),
)


@pytest.fixture
def connection():
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        yield connections.connect(
            shop_id=make_shop().pk, connector_name="shopify", code="maison", name="Maison",
            actor=None, now=timezone.now(),
        )  # fmt: skip


def tell(connection, topic, body):
    facts = CONNECTOR.facts(topic, sent(body), CONTEXT)
    now = timezone.now()
    assert not applying.apply(
        connection=connection, facts=facts, event_id="e", told=Told(now), now=now
    )


def stored():
    rows = ReturnLine.objects.order_by("shop_return__external_id", "pk").values_list(
        "shop_return__external_id", "line__external_id", "quantity", "net_minor"
    )
    lines = OrderLine.objects.order_by("external_id").values_list("external_id", "quantity",
                                                                  "net_minor")  # fmt: skip
    return list(lines), list(rows)


@pytest.mark.parametrize(
    "turn", [*itertools.permutations(range(3)), (3, 1, 2, 0), (1, 3, 0, 2), (3, 0)]
)
def test_every_order_of_arrival_ends_the_same(connection, turn):
    for number in (*turn, 3):
        tell(connection, *STORY[number])
        tell(connection, *STORY[number])

    assert stored() == (
        [("71", 2, 200_00), ("shipping-81", 1, 5_00)],
        [("900", "71", 1, 120_00), ("901:money", None, 0, 10_00)],
    )
    assert Order.objects.count() == 1
    assert Return.objects.count() == 2
