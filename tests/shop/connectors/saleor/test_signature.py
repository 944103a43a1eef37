"""Who may speak for a shop: SA1 to SA4."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from shop.connectors.contract import UNREADABLE, BadHeader, BadSignature, Delivery, UnreadableBody
from shop.connectors.saleor import CONNECTOR
from tests.builders import NOW
from tests.shop.connectors.saleor.bodies import CONTEXT, ORDER_ID, old_order, order, product, sent

BODY = sent({"issuedAt": "2026-03-02T10:05:00+00:00", "order": order()})
#: The example of HMAC-SHA256 that everybody uses, with the key "key".
PANGRAM = b"The quick brown fox jumps over the lazy dog"
PANGRAM_SIGNED = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
#: RFC 7515, appendix A.2: a JWS by RS256 with its key, as published.
RFC_KEY = {"kty": "RSA", "e": "AQAB", "n": (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d"
    "4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexM"
    "dbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvU"
    "K-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
)}  # fmt: skip
RFC_BODY = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
RFC_WIRE = (
    "eyJhbGciOiJSUzI1NiJ9..cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4B"
    "h-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBA"
    "rLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1p"
    "hCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
)


@cache
def key(_name):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def jwk(name="new", **changes):
    numbers = key(name).public_key().public_numbers()
    return {"kty": "RSA", "kid": name, "use": "sig", "e": url(numbers.e.to_bytes(3)),
            "n": url(numbers.n.to_bytes(256)), **changes}  # fmt: skip


def jwks(*keys):
    return json.dumps({"keys": list(keys) or [jwk()]})


def jws(body=BODY, name="new", **said):
    head = {"alg": "RS256", "kid": name, "typ": "JWT", "b64": False, "crit": ["b64"], **said}
    start = url(json.dumps({k: v for k, v in head.items() if v is not None}).encode())
    plain = body if head["b64"] is False else url(body).encode()
    wire = key(name).sign(start.encode() + b"." + plain, PKCS1v15(), SHA256())
    return f"{start}..{url(wire)}"


def delivery(body=BODY, wire=None, **headers):
    return Delivery({"saleor-event": "order_updated", "saleor-signature": wire or jws(body),
                     **headers}, body)  # fmt: skip


def check(given, *secrets):
    CONNECTOR.check(given, secrets=secrets or (jwks(),), now=NOW)


def test_the_published_example_of_rfc_7515_is_accepted():
    check(Delivery({"saleor-signature": RFC_WIRE}, RFC_BODY), json.dumps({"keys": [RFC_KEY]}))
    with pytest.raises(BadSignature):
        check(Delivery({"saleor-signature": RFC_WIRE}, RFC_BODY + b" "),
              json.dumps({"keys": [RFC_KEY]}))  # fmt: skip


def test_a_detached_jws_over_the_raw_body_is_accepted():
    check(delivery())
    check(delivery(wire=jws(crit=None)))
    check(Delivery({"x-saleor-signature": jws(), "x-saleor-event": "order_updated"}, BODY))


def test_the_key_is_found_by_its_id_in_the_new_set_and_in_the_one_before():
    check(delivery(), jwks(jwk("other"), jwk()))
    check(delivery(wire=jws(name="old")), jwks(), jwks(jwk("old")))
    with pytest.raises(BadSignature):
        check(delivery(wire=jws(name="older")), jwks(), jwks(jwk("old")))
    with pytest.raises(BadSignature):
        check(delivery(wire=jws(kid="old")), jwks(), jwks(jwk("old")))


def test_the_deprecated_secret_signs_an_hmac_in_hex():
    check(Delivery({"saleor-signature": PANGRAM_SIGNED}, PANGRAM), "key")
    check(Delivery({"saleor-signature": PANGRAM_SIGNED}, PANGRAM), "new", "key")
    with pytest.raises(BadSignature):
        check(Delivery({"saleor-signature": PANGRAM_SIGNED}, PANGRAM), "new", "newer")
    in_base64 = base64.b64encode(bytes.fromhex(PANGRAM_SIGNED)).decode()
    with pytest.raises(BadSignature):
        check(Delivery({"saleor-signature": in_base64}, PANGRAM), "key")


def test_what_is_public_never_signs_as_a_secret():
    shown = jwks()
    wire = hmac.new(shown.encode(), BODY, hashlib.sha256).hexdigest()

    for secret in (shown, f" {shown}", "{broken", "[]", ""):
        wire = hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()
        with pytest.raises(BadSignature):
            check(delivery(wire=wire), secret)


def forged():
    again = json.dumps(json.loads(BODY), indent=1).encode()
    start, _empty, end = jws().split(".")
    yield "written anew", again, jws()
    yield "another body", BODY.replace(b"270", b"970"), jws()
    nothing = url(b'{"alg":"none","kid":"new"}')
    yield "no algorithm", BODY, f"{nothing}.."
    yield "HS256 with the public key", BODY, jws(alg="HS256")
    yield "PS256", BODY, jws(alg="PS256")
    yield "an unknown extension", BODY, jws(crit=["b64", "exp"])
    yield "the payload attached", BODY, f"{start}.{url(BODY)}.{end}"
    yield "without a key id", BODY, jws(kid=None)
    yield "cut", BODY, f"{start}..{end[:-4]}"
    yield "b64 said otherwise", BODY, jws(b64=True).replace("..", "..A", 1)


@pytest.mark.parametrize(
    ("body", "wire"), [pytest.param(body, wire, id=why) for why, body, wire in forged()]
)
def test_forged_signatures_are_refused(body, wire):
    with pytest.raises((BadSignature, BadHeader)):
        check(delivery(body, wire))


@pytest.mark.parametrize("wire", ["", "é..é", "%%..%%", "e30x..AA", f"{'W' * 9}..AA", "bnVsbA..AA"])
def test_a_signature_that_is_none_is_a_bad_header(wire):
    with pytest.raises(BadHeader):
        check(Delivery({"saleor-signature": wire}, BODY))


@pytest.mark.parametrize(
    "changes",
    [{"kty": "oct"}, {"use": "enc"}, {"alg": "PS256"}, {"n": "AQAB"}, {"n": "%"}, {"e": ""}],
)
def test_keys_of_other_kinds_and_weak_ones_let_nobody_in(changes):
    with pytest.raises(BadSignature):
        check(delivery(), jwks(jwk(**changes)))


def test_an_arrival_names_event_order_and_time():
    first = CONNECTOR.arrival(delivery())

    assert (first.topic, first.subject) == ("order_updated", ORDER_ID)
    assert first.triggered_at.isoformat() == "2026-03-02T10:05:00+00:00"
    assert first == CONNECTOR.arrival(Delivery({"x-saleor-event": "ORDER_UPDATED"}, BODY))
    later = BODY.replace(b"10:05:00+00", b"10:06:00+00")
    assert CONNECTOR.arrival(delivery(later)).event_id != first.event_id


def test_the_older_body_is_a_list_and_other_bodies_have_an_arrival_too():
    old = sent([old_order()])

    assert CONNECTOR.arrival(delivery(old)).subject == ORDER_ID
    assert CONNECTOR.arrival(delivery(b"<html>")).topic == UNREADABLE
    assert CONNECTOR.arrival(delivery(b"[1, 2]")).topic == "order_updated"
    gone = delivery(sent({"product": product()}), **{"saleor-event": "product_deleted"})
    assert CONNECTOR.arrival(gone).subject == product()["id"]
    with pytest.raises(BadHeader, match="Saleor-Event"):
        CONNECTOR.arrival(Delivery({}, BODY))


def test_unknown_topics_are_ignored_and_unreadable_ones_refused():
    assert CONNECTOR.facts("checkout_updated", b"{}", CONTEXT).ignored
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts(UNREADABLE, b"{}", CONTEXT)
