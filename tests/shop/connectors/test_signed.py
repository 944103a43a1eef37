"""Bodies of our own schemas: what they say of products, and what is wrong with them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connectors.contract import Context, UnreadableBody
from shop.connectors.signed import CONNECTOR
from shop.domain.states import Facts
from tests.shop.connectors.broken_bodies import broken, outcome

CONTEXT = Context(shop_code="maison", currency="EUR")
PRODUCT = {"schema": "apport.product.v1", "sku": "SCARF", "name": "Scarf", "vat_bps": 2_000,
           "list_price_minor": 4_800, "currency": "EUR", "unit_cost_minor": 1_250, "stock": 7,
           "changed_at": "2026-03-01T08:00:00+01:00"}  # fmt: skip
BODIES = {
    "apport.product.v1": PRODUCT,
    "apport.order.v1": {
        "schema": "apport.order.v1", "id": "70", "placed_at": "2026-03-02T14:30:05+02:00",
        "updated_at": "2026-03-02T14:31:00+02:00", "currency": "EUR",
        "customer": {"id": "7", "is_new": True}, "codes": ["ANNA10"],
        "lines": [{"id": "501", "sku": "SCARF", "quantity": 3, "net_minor": 10_800}],
    },
    "apport.return.v1": {
        "schema": "apport.return.v1", "id": "4", "order_id": "70",
        "returned_at": "2026-03-09T09:00:00+02:00",
        "lines": [{"id": "1", "line_id": "501", "quantity": 1, "net_minor": 3_600}],
    },
    "apport.cost.v1": {
        "schema": "apport.cost.v1", "id": "9", "order_id": "70",
        "corrected_at": "2026-03-09T09:00:00+02:00",
        "lines": [{"line_id": "501", "unit_cost_minor": 1_300}],
    },
}  # fmt: skip


def told(**changes):
    body = json.dumps({**PRODUCT, **changes}).encode()
    (found,) = CONNECTOR.facts("apport.product.v1", body, CONTEXT).products
    return found


def test_a_product_says_when_it_changed_or_is_of_when_it_came():
    assert told().changed_at == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert told(changed_at=None).changed_at is None


@pytest.mark.parametrize("odd", ["2026-03-01T08:00:00", "yesterday", 5])
def test_a_time_without_an_offset_or_that_is_none_is_refused(odd):
    with pytest.raises(UnreadableBody, match="changed_at"):
        told(changed_at=odd)


@pytest.mark.parametrize("schema", BODIES)
def test_the_whole_body_is_read(schema):
    body = json.dumps(BODIES[schema]).encode()
    assert isinstance(outcome(CONNECTOR, schema, body, CONTEXT), Facts)


@pytest.mark.parametrize("schema", BODIES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_broken_body_is_read_or_refused(schema, data):
    body = json.dumps(broken(BODIES[schema], data.draw)).encode()
    outcome(CONNECTOR, schema, body, CONTEXT)
