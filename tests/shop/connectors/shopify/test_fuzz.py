"""Whatever is wrong with a body, the answer is a sentence and no fault of ours."""

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connectors.contract import UnreadableBody
from shop.connectors.shopify import CONNECTOR, queries
from shop.domain.states import Facts
from tests.doubles.shops.shopify import node
from tests.shop.connectors.shopify.bodies import (
    CONTEXT,
    adjustment,
    bag,
    line,
    order,
    paid_back,
    refund,
    refunded,
)
from tests.shop.connectors.shopify.test_products import node as variant
from tests.shop.connectors.shopify.test_products import product

FULL = order(
    discount_codes=[{"code": "ANNA10"}],
    discount_applications=[{"type": "manual", "title": "x"}],
    note_attributes=[{"name": "ap_ref", "value": "k3y"}],
    line_items=[line(less=("1.00",), price_set=bag("120.00")), line(72)],
    fulfillment_status="fulfilled",
    fulfillments=[{"status": "success", "shipment_status": "delivered",
                   "updated_at": "2026-11-05T12:00:00Z"}],
    refunds=[refund(refund_line_items=[refunded()], order_adjustments=[adjustment("-1.00")],
                    transactions=[paid_back("1.00")],
                    refund_shipping_lines=[{"id": 5, "shipping_line": {"id": 81},
                                            "subtotal_amount_set": bag("5.00")}])],
)  # fmt: skip
BODIES = {
    "orders/updated": FULL,
    "poll.order": node(FULL, queries.ORDER),
    "refunds/create": FULL["refunds"][0],
    "orders/edited": {"order_edit": {"order_id": 1}},
    "products/update": product(),
    "poll.product": variant(),
    "products/delete": {"id": 1},
    "inventory_items/update": {"id": 1, "sku": "A", "cost": "1.00"},
    "customers/redact": {"customer": {"id": 1}, "orders_to_redact": [1]},
    "customers/data_request": {"customer": {"id": 1}, "orders_requested": [1],
                               "data_request": {"id": 1}},
    "shop/redact": {"shop_id": 1},
}  # fmt: skip
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(min_value=10**18), st.text(max_size=8),
    st.floats(allow_nan=True), st.just([]), st.just({}), st.just([None]), st.just([[]]),
    st.sampled_from(["NaN", "Infinity", "-1", "1e400", "\ud800", "0001-01-01T00:00:00+23:59",
                     "9999-12-31T23:59:59-23:59", "gid://shopify/x/", "1" * 500]),
)  # fmt: skip


def places(found, path=()):
    """Yield the path of every value inside a body."""
    if path:
        yield path
    inside = found.items() if isinstance(found, dict) else enumerate(found)
    for name, value in inside:
        if isinstance(value, dict | list):
            yield from places(value, (*path, name))
        else:
            yield (*path, name)


def changed(body, path, value, gone):
    made = copy.deepcopy(body)
    spot = made
    for name in path[:-1]:
        spot = spot[name]
    if gone:
        del spot[path[-1]]
    else:
        spot[path[-1]] = value
    return made


def plain(body):
    return json.loads(json.dumps(body, default=float))


@pytest.mark.parametrize("topic", BODIES)
def test_the_whole_body_is_read(topic):
    assert isinstance(CONNECTOR.facts(topic, json.dumps(plain(BODIES[topic])).encode(), CONTEXT),
                      Facts)  # fmt: skip


@pytest.mark.parametrize("topic", BODIES)
@settings(max_examples=150)
@given(data=st.data())
def test_a_body_with_parts_gone_or_odd_is_read_or_refused_and_nothing_else(topic, data):
    body = plain(BODIES[topic])
    for _turn in range(data.draw(st.integers(1, 3))):
        found = list(places(body))
        if not found:
            break
        path = data.draw(st.sampled_from(found))
        body = changed(body, path, data.draw(ODD), data.draw(st.booleans()))
    with suppress(UnreadableBody):
        facts = CONNECTOR.facts(topic, json.dumps(body).encode(), CONTEXT)
        for one in facts.orders:
            one.order.content_hash()
        repr(facts).encode()


@settings(max_examples=200)
@given(body=st.binary(max_size=60), topic=st.sampled_from([*BODIES, "carts/update"]))
def test_any_bytes_are_refused_or_ignored(body, topic):
    with suppress(UnreadableBody):
        assert CONNECTOR.facts(topic, body, CONTEXT)
