"""A landing without consent, sealed into the page's address until somebody agrees, or never.

The capsule says which link, in which hour, by which class of navigation, for a look's link in which
of a few places it was tapped, and nothing else: every visitor who came the same way in that hour
holds the same one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from core.errors import DomainError
from tracking.domain.navigation import NOT_A_VISIT, Navigation
from tracking.domain.surfaces import PLACES

CAPSULE_LASTS = timedelta(hours=24)
MAC_BYTES = 16
LONGEST_CAPSULE = 96
_HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(
    r"(?P<said>(?P<code>[A-Za-z0-9_-]{1,40})\.(?P<hour>[1-9][0-9]{0,7})\.(?P<navigation>[a-z]{1,12})"
    r"(?:\.(?P<place>[a-z]{1,12}))?)"
    r"\.(?P<mac>[A-Za-z0-9_-]{22})"
)


class Malformed(DomainError):
    """What came is no capsule."""

    code = "capsule_malformed"


class Forged(DomainError):
    """We did not seal it, or not with the key of today."""

    code = "capsule_forged"


class Expired(DomainError):
    """Its landing is too long ago, or still to come."""

    code = "capsule_expired"


class Capsule(NamedTuple):
    """``hour`` is when the hour of the landing began; ``place`` where a look was tapped."""

    code: str
    hour: datetime
    navigation: Navigation
    place: str = ""  # One of ``surfaces.PLACES``; empty for what is no look's link.


def key_from(secret: str) -> bytes:
    """Return the key of capsules, made of the secret that signs everything else."""
    return hmac.new(secret.encode(), b"tracking.capsule", hashlib.sha256).digest()


def seal(code: str, hour: datetime, navigation: str, key: bytes, place: str = "") -> str:
    """Return the capsule of a landing through the link ``code`` in the hour that holds ``hour``.

    ``place``: of a look's link, one of ``surfaces.PLACES``. Signed with HMAC-SHA256 under ``key``,
    shortened to 16 bytes; safe in a query string.
    """
    said = f"{code}.{(hour - _EPOCH) // _HOUR}.{navigation}"
    if place:
        said = f"{said}.{place}"
    return f"{said}.{_mac(said, key)}"


def open_(text: str, key: bytes, now: datetime) -> Capsule:
    """Return what a capsule says.

    :raises Malformed: when it does not look like one.
    :raises Forged: when it is not signed with ``key``.
    :raises Expired: when its hour began 24 hours ago or earlier, or has not begun.
    """
    found = _SHAPE.fullmatch(text) if len(text) <= LONGEST_CAPSULE else None
    if found is None:
        raise Malformed("This is not a landing of ours.")
    if not hmac.compare_digest(_mac(found["said"], key), found["mac"]):
        raise Forged("This landing was not signed by us.")
    visits = {name.value for name in Navigation} - {name.value for name in NOT_A_VISIT}
    place = found["place"] or ""
    if found["navigation"] not in visits or (place and place not in PLACES):
        raise Malformed("Nobody landed that way.")
    hour = _EPOCH + int(found["hour"]) * _HOUR
    if not hour <= now < hour + CAPSULE_LASTS:
        raise Expired("This landing is too long ago.")
    return Capsule(found["code"], hour, Navigation(found["navigation"]), place)


def _mac(said: str, key: bytes) -> str:
    digest = hmac.new(key, b"ap_c:" + said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:MAC_BYTES]).rstrip(b"=").decode()
