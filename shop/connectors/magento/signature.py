"""What Adobe Commerce signs: the base64 of the body, with its private RSA key."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from shop.connectors.contract import BadHeader, BadSignature, Delivery

#: A field of one line takes the ends of lines out of what is pasted.
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----")
HEADER = "x-adobe-commerce-webhook-signature"


def check(delivery: Delivery, secrets: Sequence[str]) -> None:
    """Accept a delivery whose signature one of the public keys (PEM) confirms.

    :raises BadHeader: when the signature is missing or no base64.
    :raises BadSignature: when no key confirms it.
    """
    given = delivery.headers.get(HEADER, "").strip()
    if not given:
        raise BadHeader("X-Adobe-Commerce-Webhook-Signature is missing.")
    try:
        wire = base64.b64decode(given.encode("utf-8", "replace"), validate=True)
    except binascii.Error as error:
        raise BadHeader("X-Adobe-Commerce-Webhook-Signature is not base64.") from error
    signed = base64.b64encode(delivery.body)
    if not any(_confirms(secret, wire, signed) for secret in secrets):
        raise BadSignature("None of the connection's public keys confirms the signature.")


def _confirms(pem: str, wire: bytes, signed: bytes) -> bool:
    found = _PEM.search(pem)
    if found is None:
        return False
    try:
        key = load_der_public_key(base64.b64decode("".join(found[1].split()), validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return False
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(wire, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
