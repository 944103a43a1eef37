"""What Saleor signs: a detached JWS with its own key, or, with a deprecated secret, an HMAC."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from shop.connectors.contract import BadHeader, BadSignature, Delivery

_LEAST_BITS = 2048
_DOTS = 2


def header(delivery: Delivery, name: str) -> str:
    """Return ``Saleor-<name>``, or its older twin ``X-Saleor-<name>``; empty without both."""
    found = delivery.headers.get(f"saleor-{name}") or delivery.headers.get(f"x-saleor-{name}", "")
    return found.strip()


def check(delivery: Delivery, secrets: Sequence[str]) -> None:
    """Accept a delivery that one of ``secrets`` confirms: key sets (JWKS), or shared secrets.

    :raises BadHeader: when the signature is missing or misshapen.
    :raises BadSignature: when nothing confirms it.
    """
    given = header(delivery, "signature")
    if not given:
        raise BadHeader("Saleor-Signature is missing.")
    if is_jws(delivery):
        fits = _is_signed(given, delivery.body, secrets)
    else:
        fits = _is_keyed(given, delivery.body, secrets)
    if not fits:
        raise BadSignature("The signature fits no key and no secret of the connection.")


def is_jws(delivery: Delivery) -> bool:
    """Tell whether a delivery is signed with a key, not with a shared secret."""
    return header(delivery, "signature").count(".") == _DOTS


def fits(delivery: Delivery, secret: str) -> bool:
    """Tell whether a key set or a shared secret confirms a delivery; what is misshapen does not."""
    try:
        check(delivery, [secret])
    except (BadHeader, BadSignature):
        return False
    return True


def key_set(secret: str) -> list[dict[str, Any]] | None:
    """Return the keys of a JWKS; None for what is none, and so may be a shared secret.

    A key set is public: nothing that looks like one ever signs as a shared secret.
    """
    text = secret.strip()
    if not text.startswith(("{", "[")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    keys = found.get("keys") if isinstance(found, dict) else None
    return [one for one in keys if isinstance(one, dict)] if isinstance(keys, list) else []


def _is_keyed(given: str, body: bytes, secrets: Sequence[str]) -> bool:
    shared = [one.encode() for one in secrets if key_set(one) is None and not _is_public(one)]
    right = [hmac.new(one, body, hashlib.sha256).hexdigest().encode() for one in shared]
    matches = [hmac.compare_digest(one, given.encode("utf-8", "replace")) for one in right]
    return any(matches)


def _is_public(secret: str) -> bool:
    """Tell what somebody may have pasted that everybody knows: it never signs."""
    text = secret.strip()
    return not text or text.lower().startswith(("http:", "https:", "-----begin"))


def _is_signed(given: str, body: bytes, secrets: Sequence[str]) -> bool:
    start, middle, end = given.split(".")
    try:
        said = json.loads(_decoded(start))
        wire = _decoded(end)
    except (ValueError, RecursionError) as error:
        raise BadHeader("Saleor-Signature is no JWS.") from error
    if not isinstance(said, dict):
        raise BadHeader("Saleor-Signature is no JWS.")
    critical = said.get("crit", ["b64"])
    if middle or said.get("alg") != "RS256" or critical != ["b64"]:
        return False
    plain = body if said.get("b64", True) is False else _encoded(body)
    signed = start.encode() + b"." + plain
    return any(_confirms(key, wire, signed) for key in _keys(said.get("kid"), secrets))


def _keys(kid: object, secrets: Sequence[str]) -> Iterator[RSAPublicKey]:
    for secret in secrets:
        for one in key_set(secret) or ():
            is_for_signing = one.get("use", "sig") == "sig" and one.get("alg", "RS256") == "RS256"
            if one.get("kty") == "RSA" and one.get("kid") == kid and is_for_signing:
                try:
                    modulus = int.from_bytes(_decoded(str(one.get("n", ""))))
                    exponent = int.from_bytes(_decoded(str(one.get("e", ""))))
                    key = RSAPublicNumbers(exponent, modulus).public_key()
                except ValueError:
                    continue
                if key.key_size >= _LEAST_BITS:
                    yield key


def _confirms(key: RSAPublicKey, wire: bytes, signed: bytes) -> bool:
    try:
        key.verify(wire, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _decoded(text: str) -> bytes:
    """Return what base64url says.

    :raises ValueError: when it is none.
    """
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error


def _encoded(body: bytes) -> bytes:
    return base64.urlsafe_b64encode(body).rstrip(b"=")
