"""Deliveries of the module, and bodies that are not what they should be."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.connectors import generic
from shop.connectors.contract import (
    UNREADABLE,
    BadHeader,
    BadSignature,
    Delivery,
    UnreadableBody,
)
from shop.connectors.prestashop import CONNECTOR
from shop.domain.states import Facts
from tests.shop.connectors.broken_bodies import broken, outcome
from tests.shop.connectors.prestashop.bodies import context, order, slip
from tests.shop.connectors.prestashop.test_products import PRODUCT

NOW = datetime(2026, 6, 15, 13, tzinfo=UTC)
BODY = json.dumps({
    "schema": "apport.order.v1", "id": "70", "placed_at": "2026-06-15T14:30:05+02:00",
    "updated_at": "2026-06-15T14:31:00+02:00", "currency": "EUR",
    "lines": [{"id": "501", "sku": "DRESS-M", "quantity": 3, "net_minor": 10_800}],
}).encode()  # fmt: skip
BODIES = {
    "poll.order": order(slips=[slip(4, (501, 1, "36.00"))], currency="USD",
                        order={"conversion_rate": "1.1"}),
    "poll.product": PRODUCT,
    "apport.order.v1": json.loads(BODY),
}  # fmt: skip


def delivery(body=BODY, secret="s" * 40, at=NOW, **headers):
    signed = generic.signature(secret, timestamp=int(at.timestamp()), body=body)
    sent = {"apport-signature": signed, "apport-event-id": "e1"} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    return Delivery(sent, body)


def test_a_delivery_of_the_module_is_accepted_with_either_of_two_secrets():
    for secrets in (["s" * 40], ["n" * 40, "s" * 40]):
        CONNECTOR.check(delivery(), secrets=secrets, now=NOW)


@pytest.mark.parametrize(
    "forged",
    [
        delivery(secret="third" * 8),
        delivery(at=NOW - timedelta(minutes=6)),
        Delivery(delivery().headers, json.dumps(json.loads(BODY), indent=1).encode()),
        delivery(apport_signature=f"t={int(NOW.timestamp())},v1={'0' * 64}"),
    ],
    ids=["another secret", "an old one again", "another spelling", "a guess"],
)
def test_a_forged_delivery_is_refused(forged):
    with pytest.raises(BadSignature):
        CONNECTOR.check(forged, secrets=["s" * 40], now=NOW)


@pytest.mark.parametrize("header", ["", "v1=abc", "t=x,v1=abc"])
def test_a_misshapen_signature_is_refused(header):
    with pytest.raises(BadHeader):
        CONNECTOR.check(delivery(apport_signature=header), secrets=["s" * 40], now=NOW)


def test_what_a_delivery_is():
    arrival = CONNECTOR.arrival(delivery())
    assert (arrival.event_id, arrival.topic, arrival.subject) == ("e1", "apport.order.v1", "70")
    assert CONNECTOR.arrival(delivery(body=b"{")).topic == UNREADABLE
    with pytest.raises(BadHeader):
        CONNECTOR.arrival(delivery(apport_event_id=""))


def test_the_modules_bodies_are_the_generic_ones():
    (state,) = CONNECTOR.facts("apport.order.v1", BODY, context()).orders
    assert (state.order.external_id, state.knows_all_returns) == ("70", False)
    back = {"schema": "apport.return.v1", "id": "4", "order_id": "70",
            "returned_at": "2026-06-20T09:00:00+02:00",
            "lines": [{"id": "501", "line_id": "501", "quantity": 1, "net_minor": 1}]}  # fmt: skip
    (found,) = CONNECTOR.facts("apport.return.v1", json.dumps(back).encode(), context()).returns
    assert found.external_id == "4"


def test_what_nobody_sends_is_ignored_with_a_sentence():
    assert CONNECTOR.facts("poll.weather", b"{}", context()).ignored


@pytest.mark.parametrize("topic", ["poll.order", "poll.product", "apport.order.v1", UNREADABLE])
@pytest.mark.parametrize("body", [b"", b"[]", b"3", b'"x"', b"\xff", b"{}", b"[" * 100_000])
def test_a_body_that_is_not_one_says_so(topic, body):
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts(topic, body, context())


def test_a_fault_names_its_place_and_quotes_nothing():
    body = order(order={"date_add": "Anna Bauer"})
    with pytest.raises(UnreadableBody) as error:
        CONNECTOR.facts("poll.order", json.dumps(body).encode(), context())
    assert str(error.value) == "At order.date_add: this is not a time."


@pytest.mark.parametrize("topic", BODIES)
def test_the_whole_body_is_read(topic):
    body = json.dumps(BODIES[topic]).encode()
    assert isinstance(outcome(CONNECTOR, topic, body, context()), Facts)


@pytest.mark.parametrize("topic", BODIES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_broken_body_is_read_or_refused(topic, data):
    body = json.dumps(broken(BODIES[topic], data.draw)).encode()
    outcome(CONNECTOR, topic, body, context())


def test_a_large_order_is_read_in_a_moment():
    lines = [{**order()["lines"][0], "id": str(n + 1)} for n in range(2_000)]
    began = time.monotonic()
    CONNECTOR.facts("poll.order", json.dumps(order(lines=lines)).encode(), context())
    assert time.monotonic() - began < 5
