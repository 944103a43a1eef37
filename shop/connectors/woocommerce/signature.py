"""What WooCommerce signs, and the one body that it does not sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

from shop.connectors.contract import BadHeader, BadSignature, Delivery

HEADER = "x-wc-webhook-signature"
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")
_ENTITY = re.compile(
    r"&(?:(?P<amp>amp|#0*38|#[xX]0*26)|(?P<lt>lt|#0*60)|(?P<gt>gt|#0*62)"
    r"|(?P<double>quot|#0*34|#[xX]0*22)|(?P<single>#0*39|#[xX]0*27));"
)
_SIGN = {"amp": "&", "lt": "<", "gt": ">", "double": '"', "single": "'"}


def is_ping(body: bytes) -> bool:
    """Tell whether a body is what WooCommerce sends, unsigned, when a webhook is saved."""
    return _PING.fullmatch(body) is not None


def check(delivery: Delivery, secrets: Sequence[str]) -> None:
    """Accept a ping, or a delivery that one of ``secrets`` signed.

    :raises BadHeader: when there is no signature.
    :raises BadSignature: when no secret fits.
    """
    if is_ping(delivery.body):
        return
    given = delivery.headers.get(HEADER, "").strip()
    if not given:
        raise BadHeader("X-WC-Webhook-Signature is missing.")
    right = [signature(secret, delivery.body).encode() for secret in secrets]
    matches = [hmac.compare_digest(good, given.encode("utf-8", "replace")) for good in right]
    if not any(matches):
        raise BadSignature("The signature fits none of the connection's active secrets.")


def signature(secret: str, body: bytes) -> str:
    """Return the signature of ``body``: HMAC-SHA256 in base64, by the secret decoded."""
    key = decoded(secret).encode()
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()


def decoded(secret: str) -> str:
    """Return a secret as WooCommerce signs with it: ``&amp;`` and its like are signs again.

    As ``wp_specialchars_decode`` with both quotes, once: ``&amp;lt;`` becomes ``&lt;``.
    """
    return _ENTITY.sub(lambda found: _SIGN[found.lastgroup or ""], secret)
