"""The module and the webservice after one another: the rows are the same, whoever came first."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from shop.connectors.prestashop import CONNECTOR
from shop.models import Order, OrderLine, ReturnLine
from shop.services import orders, returns
from tests.builders import make_shop
from tests.shop.connectors.prestashop.bodies import context
from tests.shop.connectors.prestashop.cases import CASES
from tests.shop.connectors.prestashop.test_module import SENT

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def take(shop, topic, body):
    facts = CONNECTOR.facts(topic, body, context())
    reports = [
        orders.record_states(shop_id=shop.pk, states=facts.orders, now=NOW),
        returns.record(shop_id=shop.pk, returns=facts.returns, now=NOW),
    ]
    assert [one.conflicts for one in reports] == [{}, {}]


def rows(shop):
    states = Order.objects.filter(shop=shop)
    lines = OrderLine.objects.filter(order__shop=shop)
    back = ReturnLine.objects.filter(shop_return__shop=shop)
    return (
        list(states.values_list("external_id", "content_hash", "cancelled_at", "delivered_at")),
        sorted(lines.values_list("external_id", "quantity", "net_minor")),
        sorted(
            back.values_list("shop_return__external_id", "external_id", "quantity", "net_minor")
        ),
    )


@pytest.mark.parametrize("name", ["plain", "slips", "dollars", "cancelled", "refunded by slip"])
def test_ps15_the_rows_are_the_same_whoever_came_first(name):
    told = [
        ("poll.order", json.dumps(CASES[name]).encode()),
        ("apport.order.v1", SENT[name]["body"].encode()),
        *(("apport.return.v1", json.dumps(one).encode()) for one in SENT[name]["returns"]),
    ]
    seen = []
    for number, order in enumerate((told, told[::-1], [*told[1:], told[0]])):
        shop = make_shop(code=f"way-{number}")
        for topic, body in order:
            take(shop, topic, body)
        seen.append(rows(shop))
    assert all(one == seen[0] for one in seen)
