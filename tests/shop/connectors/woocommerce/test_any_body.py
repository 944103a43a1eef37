"""Whatever is sent, reading it ends in facts or in a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.connectors.contract import UNREADABLE, Delivery
from shop.connectors.woocommerce import CONNECTOR
from shop.domain.states import Facts
from tests.shop.connectors.broken_bodies import STRANGE, broken, broken_once, outcome
from tests.shop.connectors.woocommerce.bodies import (
    CONTEXT,
    cogs,
    item,
    order,
    product,
    refund,
    refunded,
    scarf,
    sent,
    variation,
)

FULL = order(
    status="refunded",
    line_items=[
        item(
            cost_of_goods_sold={"value": 50}, meta_data=[{"key": "_wc_cog_item_cost", "value": "1"}]
        ),
        scarf(quantity=1.5),
    ],
    fee_lines=[{"id": 21, "name": "SUMMER10", "total": "-1.00", "total_tax": "0"}],
    coupon_lines=[{"id": 31, "code": "anna10", "discount": "0"}],
    meta_data=[{"key": "ap_ref", "value": ["x", "y"]}, {"key": "_wcpay_mode", "value": "test"}],
    refunds=[{"id": 700, "total": "-1.00"}],
)
REFUNDS = [
    refund(700, "48.00", line_items=[refunded(12, "-40.00", "-8.00", quantity=-1)],
           shipping_lines=[refunded(13, "-5.00", "-1.00")]),
    refund(701, "6.00"),
]  # fmt: skip
BODIES = {
    "order.updated": FULL,
    "order.deleted": {"id": 500},
    "product.updated": product(**cogs(1, 2)),
    "product.deleted": {"id": 90},
    "poll.order": {"order": FULL, "refunds": REFUNDS},
    "poll.product": {
        "product": product(type="variable", **cogs(1, 2)),
        "variations": [variation(**cogs(3, None, defined_value_overrides_parent=False))],
        "taxes": {"are_included": False, "rates": {"standard": "20", "reduced-rate": "5.5"}},
    },
}


@pytest.mark.parametrize("topic", BODIES)
@given(data=st.data())
def test_any_part_may_be_strange_or_missing(topic, data):
    outcome(CONNECTOR, topic, sent(broken(BODIES[topic], data.draw)), CONTEXT)


@pytest.mark.parametrize("topic", BODIES)
def test_each_place_alone_may_be_missing_or_odd(topic):
    for body in broken_once(BODIES[topic]):
        outcome(CONNECTOR, topic, sent(body), CONTEXT)


@given(topic=st.sampled_from([*BODIES, "coupon.created", UNREADABLE, "x"]), body=st.binary())
def test_any_bytes_end_in_facts_or_a_sentence(topic, body):
    outcome(CONNECTOR, topic, body, CONTEXT)
    named = {"x-wc-webhook-topic": topic, "x-wc-webhook-delivery-id": "d"}
    CONNECTOR.arrival(Delivery(named, body))


@given(
    found=st.recursive(STRANGE, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_any_json_ends_in_facts_or_a_sentence(found):
    for topic in BODIES:
        outcome(CONNECTOR, topic, sent(found), CONTEXT)


@pytest.mark.parametrize("topic", BODIES)
def test_the_bodies_that_are_made_strange_are_read(topic):
    assert isinstance(outcome(CONNECTOR, topic, sent(BODIES[topic]), CONTEXT), Facts)
