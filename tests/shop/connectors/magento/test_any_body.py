"""Whatever a body is, it is read or refused with a sentence: MG4."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connectors.contract import UnreadableBody
from shop.connectors.magento import CONNECTOR
from shop.domain.states import Facts
from tests.shop.connectors.broken_bodies import broken, outcome
from tests.shop.connectors.magento.bodies import (
    CONTEXT,
    both,
    memo,
    order,
    product,
    record,
    sent,
)

EVENT = {"data": {"key": "k", "value": {"entity_id": 9, "order_id": 9}}}
BODIES = {
    "poll.order": {"order": order(), "memos": [memo(70, (21, 1), **both(adjustment_positive=3))]},
    "poll.product": record(
        product(80, "COAT", "configurable"), product(visibility=1), stock={"SCARF": "1"}
    ),
    "observer.sales_order_save_commit_after": EVENT,
    "observer.sales_order_creditmemo_save_after": EVENT,
}


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
