"""Whatever a body is, it is read or refused with a sentence: MG4."""

from __future__ import annotations

import copy
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connectors.contract import UnreadableBody
from shop.connectors.magento import CONNECTOR
from tests.shop.connectors.magento.bodies import (
    CONTEXT,
    both,
    memo,
    order,
    product,
    record,
    sent,
)

ORDER = {"order": order(), "memos": [memo(70, (21, 1), **both(adjustment_positive=3))]}
PRODUCT = record(product(80, "COAT", "configurable"), product(visibility=1), stock={"SCARF": "1"})
EVENT = {"data": {"key": "k", "value": {"entity_id": 9, "order_id": 9}}}
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
    [("poll.order", ORDER), ("poll.product", PRODUCT),
     ("observer.sales_order_save_commit_after", EVENT),
     ("observer.sales_order_creditmemo_save_after", EVENT)],
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
