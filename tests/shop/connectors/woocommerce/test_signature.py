"""Who may speak for a shop: WC1 to WC4."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from shop.connectors.contract import UNREADABLE, BadHeader, BadSignature, Delivery
from shop.connectors.woocommerce import CONNECTOR
from shop.connectors.woocommerce.signature import decoded, signature
from tests.builders import NOW
from tests.shop.connectors.woocommerce.bodies import order, sent

BODY = b'{"id":500}'
#: The example of HMAC-SHA256 that everybody uses, with the key "key", in base64.
PANGRAM = b"The quick brown fox jumps over the lazy dog"
PANGRAM_SIGNED = "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg="


def delivery(body=BODY, secret="s3cret", **headers):
    named = {"x-wc-webhook-signature": signature(secret, body),
             "x-wc-webhook-topic": "order.updated",
             "x-wc-webhook-delivery-id": "0123456789abcdef0123456789abcdef"}  # fmt: skip
    return Delivery({**named, **headers}, body)


def check(given, *secrets):
    CONNECTOR.check(given, secrets=secrets or ("s3cret",), now=NOW)


def test_the_signature_is_a_known_hmac_in_base64():
    assert signature("key", PANGRAM) == PANGRAM_SIGNED
    check(delivery(PANGRAM, **{"x-wc-webhook-signature": PANGRAM_SIGNED}), "key")


def test_the_newest_secret_and_the_one_before_are_accepted_and_no_third():
    check(delivery(secret="new"), "new", "old")
    check(delivery(secret="old"), "new", "old")
    with pytest.raises(BadSignature):
        check(delivery(secret="older"), "new", "old")
    with pytest.raises(BadSignature):
        CONNECTOR.check(delivery(), secrets=(), now=NOW)


@pytest.mark.parametrize(
    ("stored", "signs"),
    [
        ("a&amp;b", "a&b"),
        ("a&b", "a&b"),
        ("&lt;&gt;&quot;&#039;", "<>\"'"),
        ("&#39;&#x27;&#X027;&#0038;", "'''&"),
        ("&amp;lt;", "&lt;"),
        ("&eacute;&nbsp;", "&eacute;&nbsp;"),
    ],
)
def test_a_secret_signs_decoded_once_as_wordpress_does(stored, signs):
    assert decoded(stored) == signs
    wire = base64.b64encode(hmac.new(signs.encode(), BODY, hashlib.sha256).digest()).decode()
    check(delivery(**{"x-wc-webhook-signature": wire}), stored)


def forged():
    body = json.dumps(order()).encode()
    digest = hmac.new(b"s3cret", body, hashlib.sha256)
    again = json.dumps(json.loads(body), separators=(",", ":")).encode()
    right = base64.b64encode(digest.digest()).decode()
    yield "written anew", again, right
    yield "hex", body, digest.hexdigest()
    yield "cut", body, right[:-1]
    yield "accents", body, "é" * 44
    yield "another body", body.replace(b"270.00", b"970.00"), right


@pytest.mark.parametrize(("why", "body", "wire"), list(forged()))
def test_forged_signatures_are_refused(why, body, wire):
    with pytest.raises(BadSignature):
        check(delivery(body, **{"x-wc-webhook-signature": wire}))


def test_without_a_signature_nothing_is_accepted():
    with pytest.raises(BadHeader, match="Signature"):
        check(Delivery({}, BODY))


def test_the_ping_is_accepted_unsigned_and_kept_nowhere():
    ping = Delivery({"content-type": "application/x-www-form-urlencoded"}, b"webhook_id=12")

    check(ping)

    assert CONNECTOR.arrival(ping).is_ping


@pytest.mark.parametrize(
    "body",
    [b"webhook_id=", b"webhook_id=12&x=1", b"webhook_id=12\n", b" webhook_id=12",
     b'{"webhook_id":12}', b"webhook_id=" + b"1" * 21, "webhook_id=\u0661".encode(), b""],
)  # fmt: skip
def test_nothing_but_exactly_the_ping_comes_unsigned(body):
    with pytest.raises(BadHeader):
        check(Delivery({}, body))


def test_an_arrival_names_its_event_its_topic_and_the_order():
    arrival = CONNECTOR.arrival(delivery(sent(order())))

    assert (arrival.topic, arrival.subject) == ("order.updated", "500")
    assert arrival.delivery_id == "0123456789abcdef0123456789abcdef"
    assert arrival.event_id.startswith(arrival.delivery_id)
    assert not arrival.is_ping


def test_two_orders_of_one_second_under_one_delivery_id_are_two_events():
    first = CONNECTOR.arrival(delivery(sent(order())))
    second = CONNECTOR.arrival(delivery(sent(order(id=501))))
    again = CONNECTOR.arrival(delivery(sent(order())))

    assert first.event_id != second.event_id
    assert first == again
    assert len(first.event_id) <= 100


@pytest.mark.parametrize("missing", ["x-wc-webhook-topic", "x-wc-webhook-delivery-id"])
def test_a_delivery_without_topic_or_id_is_refused(missing):
    with pytest.raises(BadHeader):
        CONNECTOR.arrival(delivery(**{missing: " "}))


@pytest.mark.parametrize(("body", "subject"), [(b"[]", ""), (b'{"id":[1]}', ""), (b'{"id":0}', "")])
def test_a_strange_body_has_an_arrival_all_the_same(body, subject):
    assert CONNECTOR.arrival(delivery(body)).subject == subject


def test_a_body_that_is_not_json_arrives_as_unreadable():
    assert CONNECTOR.arrival(delivery(b"<html>")).topic == UNREADABLE
