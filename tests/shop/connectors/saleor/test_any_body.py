"""Whatever a body is, it is read or refused with a sentence: SA4."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connectors.contract import UnreadableBody
from shop.connectors.saleor import CONNECTOR
from shop.domain.states import Facts
from tests.shop.connectors.broken_bodies import broken, outcome
from tests.shop.connectors.saleor.bodies import (
    COATS,
    CONTEXT,
    came_back,
    granted,
    money,
    old_order,
    order,
    paid_by,
    product,
    sent,
)

BODIES = {
    "order_updated": {
        "order": order(
            fulfillments=[came_back((COATS, 1))], grantedRefunds=[granted((COATS, 2))],
            discounts=[{"type": "MANUAL", "name": "X", "reason": "Y"}], **paid_by(money(300)),
        )
    },
    "notify_user": {"payload": {"order": old_order()}},
    "order_created": [old_order()],
    "product_updated": {"product": product()},
    "product_deleted": {"product": product()},
}  # fmt: skip


@pytest.mark.parametrize("topic", BODIES)
def test_the_whole_body_is_read(topic):
    assert isinstance(outcome(CONNECTOR, topic, sent(BODIES[topic]), CONTEXT), Facts)


@pytest.mark.parametrize("topic", BODIES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_broken_body_is_read_or_refused(topic, data):
    outcome(CONNECTOR, topic, sent(broken(BODIES[topic], data.draw)), CONTEXT)


@settings(max_examples=50, deadline=None)
@given(body=st.binary(max_size=40))
def test_any_bytes_are_refused(body):
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts("poll.order", body, CONTEXT)
