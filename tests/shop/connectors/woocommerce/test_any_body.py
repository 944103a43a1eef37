"""Whatever is sent, reading it ends in facts or in a sentence."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.connectors.contract import UNREADABLE, Delivery, UnreadableBody
from shop.connectors.woocommerce import CONNECTOR
from shop.domain.states import Facts
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
ODD = ["1e400", "NaN", "-1", "0", "9" * 70, "\ud800", "\x00", "<b>", "wc-", -1.5, 1e20, 10**30,
       None, True, [], {}, [[]], [{}], [None], {"x": []}, "0001-01-01T00:00:00+23:59", "2026-03-02",
       "9999-12-31T23:59:59-23:59", "2026-03-02T10:00:00Z"]  # fmt: skip
STRANGE = st.one_of(st.sampled_from(ODD), st.integers(), st.text(max_size=5))


def places(found):
    """Every place of a body, as keys from its top."""
    pairs = found.items() if isinstance(found, dict) else enumerate(found)
    for key, value in pairs:
        yield (key,)
        if isinstance(value, dict | list):
            yield from ((key, *rest) for rest in places(value))


def changed(found, place, put):
    *above, last = place
    for key in above:
        found = found[key]
    put(found, last)


def outcome(topic, body):
    try:
        facts = CONNECTOR.facts(topic, body, CONTEXT)
    except UnreadableBody as refusal:
        return str(refusal)
    assert isinstance(facts, Facts)
    json.dumps(asdict(facts), default=str, ensure_ascii=False).encode()  # Can be stored as UTF-8.
    return facts


def replace_with(value):
    return lambda found, key: found.__setitem__(key, copy.deepcopy(value))


def remove(found, key):
    del found[key]


@pytest.mark.parametrize("topic", BODIES)
@given(data=st.data())
def test_any_part_may_be_strange_or_missing(topic, data):
    body = copy.deepcopy(BODIES[topic])
    for _time in range(data.draw(st.integers(1, 3))):
        here = list(places(body))
        if not here:
            break
        put = replace_with(data.draw(STRANGE)) if data.draw(st.booleans()) else remove
        changed(body, data.draw(st.sampled_from(here)), put)

    outcome(topic, sent(body))


@pytest.mark.parametrize("topic", BODIES)
def test_each_place_alone_may_be_missing_or_odd(topic):
    for place in places(BODIES[topic]):
        for put in (remove, *map(replace_with, ODD)):
            body = copy.deepcopy(BODIES[topic])
            changed(body, place, put)
            outcome(topic, sent(body))


@given(topic=st.sampled_from([*BODIES, "coupon.created", UNREADABLE, "x"]), body=st.binary())
def test_any_bytes_end_in_facts_or_a_sentence(topic, body):
    outcome(topic, body)
    named = {"x-wc-webhook-topic": topic, "x-wc-webhook-delivery-id": "d"}
    CONNECTOR.arrival(Delivery(named, body))


@given(
    found=st.recursive(STRANGE, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_any_json_ends_in_facts_or_a_sentence(found):
    for topic in BODIES:
        outcome(topic, json.dumps(found).encode())


@pytest.mark.parametrize("topic", BODIES)
def test_the_bodies_that_are_made_strange_are_read(topic):
    assert isinstance(outcome(topic, sent(BODIES[topic])), Facts)
