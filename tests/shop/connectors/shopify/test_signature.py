"""Who may speak for a shop of Shopify (SH20), and which event a delivery is (SH24)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from shop.connectors.contract import BadHeader, BadSignature, Delivery
from shop.connectors.shopify import CONNECTOR
from shop.connectors.shopify.signature import signature
from tests.shop.connectors.shopify.bodies import SAMPLE_ID, order, refund, sent

NOW = datetime(2026, 11, 9, 8, 0, tzinfo=UTC)
SECRET, OLDER, OLDEST = "hush-of-the-app", "hush-before", "hush-long-ago"
BODY = sent(order())


def delivery(body=BODY, *, secret=SECRET, prefix="x-shopify-", **headers):
    named = {"hmac_sha256": signature(secret, body), "topic": "orders/create",
             "event_id": "e-1", "webhook_id": "w-1", "shop_domain": "maison.myshopify.com",
             "triggered_at": "2026-11-09T07:59:58.123456789Z", **headers}  # fmt: skip
    return Delivery(
        {f"{prefix}{name.replace('_', '-')}": said for name, said in named.items() if said}, body
    )


def check(one, *secrets):
    CONNECTOR.check(one, secrets=secrets or (SECRET,), now=NOW)


def test_it_is_hmac_sha256_in_base64_as_in_rfc_4231():
    assert (
        signature("Jefe", b"what do ya want for nothing?")
        == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
    )


@pytest.mark.parametrize("prefix", ["x-shopify-", "shopify-"])
def test_both_spellings_of_the_headers_are_read(prefix):
    one = delivery(prefix=prefix)

    check(one)
    arrival = CONNECTOR.arrival(one)
    assert (arrival.event_id, arrival.delivery_id, arrival.topic) == ("e-1", "w-1", "orders/create")
    assert arrival.subject == "5001"
    assert arrival.triggered_at == datetime(2026, 11, 9, 7, 59, 58, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "header",
    [
        signature(SECRET, json.dumps(json.loads(BODY), indent=1).encode()),
        hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest(),
        signature("someone-else", BODY),
        signature(SECRET, BODY)[:-1],
        "é" * 44,
        "=",
    ],
    ids=["serialised again", "hex", "another secret", "cut", "not ascii", "nothing in it"],
)
def test_what_was_signed_otherwise_is_refused(header):
    with pytest.raises(BadSignature):
        check(delivery(hmac_sha256=header))


def test_a_body_changed_by_one_byte_is_refused():
    forged = delivery()
    with pytest.raises(BadSignature):
        check(Delivery(forged.headers, BODY.replace(b"120.00", b"920.00")))


def test_the_secret_before_still_counts_and_the_one_before_that_does_not():
    check(delivery(secret=OLDER), SECRET, OLDER)
    with pytest.raises(BadSignature):
        check(delivery(secret=OLDEST), SECRET, OLDER)
    with pytest.raises(BadSignature):
        CONNECTOR.check(delivery(), secrets=(), now=NOW)


def test_no_time_is_signed_so_an_old_delivery_is_let_in_and_known_by_its_event():
    one = delivery()
    CONNECTOR.check(one, secrets=(SECRET,), now=NOW + timedelta(days=30))

    assert CONNECTOR.arrival(one).event_id == CONNECTOR.arrival(one).event_id


@pytest.mark.parametrize("missing", ["hmac_sha256"])
def test_without_a_signature_nothing_is_compared(missing):
    with pytest.raises(BadHeader, match="Hmac-Sha256"):
        check(delivery(**{missing: ""}))


def test_two_subscriptions_send_one_event_twice_and_a_retry_is_one_delivery():
    first = CONNECTOR.arrival(delivery(webhook_id="w-1"))
    other = CONNECTOR.arrival(delivery(webhook_id="w-2"))

    assert first.event_id == other.event_id
    assert first.delivery_id != other.delivery_id


def test_without_an_event_id_the_delivery_is_the_event():
    assert CONNECTOR.arrival(delivery(event_id="")).event_id == "w-1"
    with pytest.raises(BadHeader, match="Event-Id"):
        CONNECTOR.arrival(delivery(event_id="", webhook_id=""))


@pytest.mark.parametrize(
    "headers",
    [{"topic": ""}, {"topic": "t" * 61}, {"event_id": "e" * 101}, {"webhook_id": "w" * 101}],
)
def test_headers_that_no_shopify_sends_are_refused(headers):
    with pytest.raises(BadHeader):
        CONNECTOR.arrival(delivery(**headers))


@pytest.mark.parametrize(
    ("topic", "body", "subject"),
    [
        ("orders/create", {"id": SAMPLE_ID}, str(SAMPLE_ID)),
        ("refunds/create", refund(), "5001"),
        ("orders/edited", {"order_edit": {"id": 3, "order_id": 5001}}, "5001"),
        ("products/delete", {"id": 44}, "44"),
        ("shop/redact", {"shop_id": 1}, ""),
        ("orders/create", [], ""),
    ],
)
def test_the_subject_is_what_changed(topic, body, subject):
    one = delivery(sent(body), topic=topic)
    assert CONNECTOR.arrival(one).subject == subject


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 20_000])
def test_a_body_that_is_no_json_arrives_under_its_topic(body):
    arrival = CONNECTOR.arrival(delivery(body))
    assert (arrival.topic, arrival.subject) == ("orders/create", "")


@pytest.mark.parametrize("said", ["", "yesterday", "2026-11-09T07:59:58"])
def test_a_time_that_cannot_be_placed_is_left_out(said):
    assert CONNECTOR.arrival(delivery(triggered_at=said)).triggered_at is None
