"""Who may speak for a shop, and what it says: MG1 to MG4."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shop.connectors.contract import UNREADABLE, BadHeader, BadSignature, Delivery, UnreadableBody
from shop.connectors.magento import CONNECTOR
from shop.connectors.magento.signature import HEADER
from tests.builders import NOW
from tests.shop.connectors.magento.bodies import CONTEXT, sent

ORDERS = "observer.sales_order_save_commit_after"
MEMOS = "observer.sales_order_creditmemo_save_after"
BODY = sent({"order": {"entity_id": 9, "updated_at": "2026-03-02 10:05:00"}})


@cache
def key(_name):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(private):
    shown = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return shown.decode()


def signed(body=BODY, name="new", algorithm=None):
    raw = key(name).sign(base64.b64encode(body), PKCS1v15(), algorithm or SHA256())
    return base64.b64encode(raw).decode()


def delivery(body=BODY, wire=None, topic=ORDERS, **headers):
    return Delivery({HEADER: wire or signed(body), "x-apport-event": topic, **headers}, body)


def check(given, *names):
    CONNECTOR.check(given, secrets=[pem(key(name)) for name in names or ("new",)], now=NOW)


def test_the_newest_key_and_the_one_before_are_accepted_and_no_third():
    check(delivery(), "new", "old")
    check(delivery(wire=signed(name="old")), "new", "old")
    with pytest.raises(BadSignature):
        check(delivery(wire=signed(name="older")), "new", "old")
    with pytest.raises(BadSignature):
        CONNECTOR.check(delivery(), secrets=(), now=NOW)


def test_a_pasted_key_may_have_lines_around_it_or_none_in_it():
    CONNECTOR.check(delivery(), secrets=[f"\n {pem(key('new'))} \n"], now=NOW)
    for end in ("", " ", "\r\n"):
        CONNECTOR.check(delivery(), secrets=[pem(key("new")).replace("\n", end)], now=NOW)


def forged():
    raw = base64.b64decode(signed())
    again = json.dumps(json.loads(BODY), indent=1).encode()
    yield "written anew", again, signed()
    yield "cut", BODY, base64.b64encode(raw[:-1]).decode()
    yield "SHA-1", BODY, signed(algorithm=SHA1())  # noqa: S303
    plain = key("new").sign(BODY, PKCS1v15(), SHA256())
    yield "the body without base64", BODY, base64.b64encode(plain).decode()
    shared = hmac.new(pem(key("new")).encode(), base64.b64encode(BODY), hashlib.sha256)
    yield "an HMAC with the public key", BODY, base64.b64encode(shared.digest()).decode()
    yield "another body", BODY.replace(b"9", b"8"), signed()


@pytest.mark.parametrize(
    ("body", "wire"), [pytest.param(body, wire, id=why) for why, body, wire in forged()]
)
def test_forged_signatures_are_refused(body, wire):
    with pytest.raises(BadSignature):
        check(delivery(body, wire))


@pytest.mark.parametrize("wire", ["", " ", "é" * 40, "not base64!"])
def test_a_signature_that_is_none_is_a_bad_header(wire):
    with pytest.raises(BadHeader):
        check(Delivery({HEADER: wire}, BODY))


def test_hex_is_no_signature():
    with pytest.raises((BadHeader, BadSignature)):
        check(delivery(wire=base64.b64decode(signed()).hex()))


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "a password",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n",
        "-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----é-----END PUBLIC KEY-----",
    ],
)
def test_a_secret_that_is_no_public_key_lets_nobody_in(secret):
    with pytest.raises(BadSignature):
        CONNECTOR.check(delivery(), secrets=[secret], now=NOW)


def test_a_key_of_another_kind_lets_nobody_in():
    other = pem(ec.generate_private_key(ec.SECP256R1()))

    with pytest.raises(BadSignature):
        CONNECTOR.check(delivery(), secrets=[other], now=NOW)


def test_a_webhook_is_known_by_its_body_and_named_by_our_header():
    first, again = CONNECTOR.arrival(delivery()), CONNECTOR.arrival(delivery())
    changed = CONNECTOR.arrival(delivery(BODY.replace(b"10:05", b"10:06")))

    assert first == again
    assert first.event_id != changed.event_id
    assert (first.topic, first.subject) == (ORDERS, "9")


def test_an_event_has_its_own_id_and_names_itself():
    event = {"event_id": "e-1", "type": f"com.adobe.commerce.{ORDERS}",
             "data": {"key": "k", "value": {"entity_id": "9"}}}  # fmt: skip

    arrival = CONNECTOR.arrival(Delivery({}, sent(event)))

    assert (arrival.event_id, arrival.topic, arrival.subject) == ("e-1", ORDERS, "9")
    by_code = CONNECTOR.arrival(
        Delivery({"x-adobe-event-code": f"com.adobe.commerce.{MEMOS}"}, b"{}")
    )
    assert by_code.topic == MEMOS


def test_without_a_name_an_event_is_refused_and_no_json_is_unreadable():
    with pytest.raises(BadHeader, match="X-Apport-Event"):
        CONNECTOR.arrival(Delivery({}, b"{}"))
    assert CONNECTOR.arrival(Delivery({}, b"<html>")).topic == UNREADABLE
    assert CONNECTOR.arrival(delivery(b"[]")).topic == ORDERS
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts(UNREADABLE, b"{}", CONTEXT)


@pytest.mark.parametrize(
    ("topic", "body"),
    [(ORDERS, {"entity_id": 9}), (ORDERS, {"order": {"entity_id": "9"}}),
     (ORDERS, {"data": {"order": {"entity_id": 9}}}),
     (ORDERS, {"data": {"key": "k", "value": {"entity_id": 9}}}),
     (MEMOS, {"creditmemo": {"entity_id": 70, "order_id": 9}}),
     (MEMOS, {"data": {"value": {"entity_id": 70, "order_id": 9}}}),
     ("observer.sales_order_invoice_save_after",
      {"entity_id": 3, "order_id": 9, "grand_total": 279.5, "discount_amount": -60.5})],
)  # fmt: skip
def test_a_webhook_says_which_order_to_read(topic, body):
    facts = CONNECTOR.facts(topic, sent(body), CONTEXT)

    assert facts.wanted_orders == ("9",)
    assert (facts.orders, facts.returns) == ((), ())


@pytest.mark.parametrize("body", [{}, {"order": {}}, {"data": []}, {"data": {"value": [1]}}])
def test_a_webhook_without_an_order_is_unreadable(body):
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts(ORDERS, sent(body), CONTEXT)


def test_other_topics_are_ignored():
    assert CONNECTOR.facts("observer.customer_login", b"{}", CONTEXT).ignored
