"""Shopify's headers and what it signs: the raw body, by the app's client secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from shop.connectors.contract import BadHeader, BadSignature, Delivery

#: Both are sent: ``X-Shopify-Topic`` by webhooks, ``Shopify-Topic`` by the newer events.
_PREFIXES = ("x-shopify-", "shopify-")


def header(headers: Mapping[str, str], name: str) -> str:
    """Return a header of Shopify by the end of its name; empty where it was not sent."""
    found = (headers.get(f"{prefix}{name}", "").strip() for prefix in _PREFIXES)
    return next(filter(None, found), "")


def needed(headers: Mapping[str, str], name: str) -> str:
    """Return a header of Shopify by the end of its name.

    :raises BadHeader: when it was not sent.
    """
    found = header(headers, name)
    if not found:
        raise BadHeader(f"X-Shopify-{name.title()} is missing.")
    return found


def check(delivery: Delivery, secrets: Sequence[str]) -> None:
    """Accept a delivery that one of ``secrets`` signed. Rule SH20.

    :raises BadHeader: when there is no signature.
    :raises BadSignature: when no secret fits.
    """
    given = needed(delivery.headers, "hmac-sha256").encode("utf-8", "replace")
    right = [signature(secret, delivery.body).encode() for secret in secrets]
    fits = [hmac.compare_digest(good, given) for good in right]
    if not any(fits):
        raise BadSignature("The signature fits none of the connection's active secrets.")


def signature(secret: str, body: bytes) -> str:
    """Return the signature of ``body``: its HMAC-SHA256 by the secret, in base64."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
