"""Whatever a body is, it is read or refused with a sentence: SA4."""

from __future__ import annotations

import copy
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connectors.contract import UnreadableBody
from shop.connectors.saleor import CONNECTOR
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

ORDER = {
    "order": order(
        fulfillments=[came_back((COATS, 1))], grantedRefunds=[granted((COATS, 2))],
        discounts=[{"type": "MANUAL", "name": "X", "reason": "Y"}], **paid_by(money(300)),
    )
}  # fmt: skip
OLD = {"payload": {"order": old_order()}}
STRANGE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.sampled_from(["", "0", "-1", "1e9999", "1E-999999", "NaN", "sNaN", "²", "\ud800", 10**30,
                     [], {}, [None], [[]], [{}], {"a": 1}, "2026-02-30", "0001-01-01T00:00+23:00"]),
)  # fmt: skip


def places(found, path=()):
    rows = found.items() if isinstance(found, dict) else enumerate(found)
    for key, value in rows:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def broken(body, draw):
    body = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(body))))
        at = body
        for key in path[:-1]:
            at = at[key]
        if draw(st.booleans()):
            at[path[-1]] = copy.deepcopy(draw(STRANGE))
        else:
            del at[path[-1]]
        if not list(places(body)):
            break
    return body


@pytest.mark.parametrize(
    ("topic", "body"),
    [("order_updated", ORDER), ("notify_user", OLD), ("order_created", [old_order()]),
     ("product_updated", {"product": product()}), ("product_deleted", {"product": product()})],
)  # fmt: skip
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_broken_body_is_read_or_refused(topic, body, data):
    with suppress(UnreadableBody):
        CONNECTOR.facts(topic, sent(broken(body, data.draw)), CONTEXT)


@settings(max_examples=50, deadline=None)
@given(body=st.binary(max_size=40))
def test_any_bytes_are_refused(body):
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts("poll.order", body, CONTEXT)
