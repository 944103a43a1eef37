"""Webhooks: whether a request is from Apport, and the event that it brings.

The rules are in docs/guide/webhooks.md: the header ``Apport-Signature`` has the Unix time and one
``v1`` for each secret that is valid.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from apport_client.errors import ApportError, Unexpected
from apport_client.reading import read

HEADER = "Apport-Signature"
#: How far the time of a request may be from ours, in seconds.
TOLERANCE = 300


class BadSignature(ApportError):
    """The request is not from Apport, is not as it was sent, or is old. Answer 400."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. ``data`` depends on the type; amounts in it are minor units.

    An event can come more than once, and in any order: keep ``id``, and leave out what you know.
    """

    id: UUID
    type: str
    created_at: datetime
    api_version: str
    data: Mapping[str, Any]


def verify(
    body: bytes, header: str, secrets: str | Iterable[str], now: float | None = None
) -> None:
    """Return when ``body``, the bytes as they came, was signed with one of ``secrets``.

    ``header``: what ``Apport-Signature`` says. Give both secrets while a new one takes over.
    ``now``: Unix time in seconds, by default the clock's.

    :raises BadSignature: in every other case.
    :raises ValueError: without a secret, or with an empty one: anybody could sign with that.
    """
    known = [secrets] if isinstance(secrets, str) else list(secrets)
    if not known or not all(known):
        raise ValueError("A signature is checked with secrets, and none of them is empty.")
    at, signed = _parts(header)
    if abs((time.time() if now is None else now) - int(at)) > TOLERANCE:
        raise BadSignature("The request is too old, or from a clock that is wrong.")
    message = at.encode() + b"." + body
    fits = False
    for secret in known:
        right = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode()
        for one in signed:
            fits |= hmac.compare_digest(right, one.encode())
    if not fits:
        raise BadSignature("The signature fits none of the secrets.")


def receive(
    body: bytes, header: str, secrets: str | Iterable[str], now: float | None = None
) -> Event:
    """Return the event of a request, after :func:`verify`.

    :raises BadSignature: see there.
    :raises Unexpected: when it is signed and yet no event.
    """
    verify(body, header, secrets, now)
    try:
        said = json.loads(body)
    except ValueError:
        raise Unexpected("The body is no JSON.") from None
    return read(Event, said)


def _parts(header: str) -> tuple[str, list[str]]:
    """Return the time and the signatures of a header.

    :raises BadSignature: when it has no time.
    """
    parts = [part.strip().partition("=") for part in header.split(",")]
    at = next((value for name, _sign, value in parts if name == "t"), "")
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        raise BadSignature(f"There is no {HEADER} with a time.")
    return at, [value for name, _sign, value in parts if name == "v1"]
