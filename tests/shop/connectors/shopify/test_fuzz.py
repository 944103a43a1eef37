"""Whatever is wrong with a body, the answer is a sentence and no fault of ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connectors.shopify import CONNECTOR, queries
from shop.domain.states import Facts
from tests.doubles.shops.shopify import node
from tests.shop.connectors.broken_bodies import broken, outcome
from tests.shop.connectors.shopify.bodies import (
    CONTEXT,
    adjustment,
    bag,
    line,
    order,
    paid_back,
    refund,
    refunded,
    sent,
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


@pytest.mark.parametrize("topic", BODIES)
def test_the_whole_body_is_read(topic):
    assert isinstance(outcome(CONNECTOR, topic, sent(BODIES[topic]), CONTEXT), Facts)


@pytest.mark.parametrize("topic", BODIES)
@settings(max_examples=150)
@given(data=st.data())
def test_a_body_with_parts_gone_or_odd_is_read_or_refused_and_nothing_else(topic, data):
    outcome(CONNECTOR, topic, sent(broken(BODIES[topic], data.draw)), CONTEXT)


@settings(max_examples=200)
@given(body=st.binary(max_size=60), topic=st.sampled_from([*BODIES, "carts/update"]))
def test_any_bytes_are_refused_or_ignored(body, topic):
    outcome(CONNECTOR, topic, body, CONTEXT)
