"""Our signature under documents: others can check it with our public key, and not make it.

The private key is made of the setting SIGNING_KEY. Every public key that ever signed is kept, so
that what it signed can be checked after the setting changed (``bin/manage rotate_keys signing``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import SigningKey


class KeyRetired(DomainError):
    """The SIGNING_KEY of today is an earlier one, and what it signs is not ours any more."""

    code = "signing_key_retired"


@transaction.atomic
def sign(purpose: str, message: bytes, *, now: datetime) -> str:
    """Return the Ed25519 signature of ``message``, in hex; each ``purpose`` has its own key.

    :raises KeyRetired: when today's key is one that was retired: nobody could prove it by that.
    """
    _keep(purpose, now)
    return _key(purpose).sign(message).hex()


def why_not_sign(purpose: str) -> str:
    """Return a sentence about why today's key may not sign for ``purpose``; nothing when it may."""
    today = SigningKey.objects.filter(purpose=purpose, public_key=public_key(purpose))
    if not today.filter(retired_at__isnull=False).exists():
        return ""
    return _(
        "The signing key of the server is one that was retired: what it signs does not count."
        " Whoever runs the server has to set SIGNING_KEY to the newest key, or to a new one."
    )


def signer_of(purpose: str, message: bytes, signature: str, *, at: datetime) -> str:
    """Return the public key, in hex, that signed exactly this message; empty: none of ours did.

    ``at``: when it was signed, as far as we know. A key that was retired by then signed nothing.
    """
    for known in _known(purpose, at):
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(known))
            key.verify(bytes.fromhex(signature), message)
        except (InvalidSignature, ValueError):
            continue
        return known
    return ""


def public_key(purpose: str) -> str:
    """Return the key with which anybody can check what we sign today, in hex."""
    raw = _key(purpose).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return raw.hex()


def outdated(*, now: datetime) -> list[SigningKey]:
    """Return the keys that stand as if they signed, and are not of today's SIGNING_KEY.

    :raises KeyRetired: when today's is no newer one, but one that was retired.
    """
    rows = SigningKey.objects.filter(retired_at__isnull=True, first_used_at__lte=now)
    found = [row for row in rows.order_by("pk") if row.public_key != public_key(row.purpose)]
    for row in found:
        _refuse_retired(row.purpose)
    return found


@transaction.atomic
def retire_outdated(*, now: datetime) -> list[SigningKey]:
    """Keep today's keys in place of those of an earlier SIGNING_KEY. Safe to repeat.

    What the earlier ones signed until now stays ours; what somebody signs with them from now on
    does not become so.

    :raises KeyRetired: when today's is no newer one, but one that was retired.
    """
    rows = outdated(now=now)
    for row in rows:
        _keep(row.purpose, now)
        row.retired_at = now
        row.save(update_fields=["retired_at"])
        audit.record(
            actor=None,
            verb="signing_key.retired",
            subject=row,
            at=now,
            data={"purpose": row.purpose, "public_key": row.public_key},
        )
    return rows


def _refuse_retired(purpose: str) -> None:
    why = why_not_sign(purpose)
    if why:
        raise KeyRetired(why)


def _keep(purpose: str, now: datetime) -> None:
    _refuse_retired(purpose)
    row, is_new = SigningKey.objects.get_or_create(
        purpose=purpose, public_key=public_key(purpose), defaults={"first_used_at": now}
    )
    if is_new:
        audit.record(
            actor=None,
            verb="signing_key.used",
            subject=row,
            at=now,
            data={"purpose": purpose, "public_key": row.public_key},
        )


def _known(purpose: str, at: datetime) -> Iterator[str]:
    is_of_then = Q(retired_at__isnull=True) | Q(retired_at__gte=at)
    rows = SigningKey.objects.filter(is_of_then, purpose=purpose).order_by("-pk")
    yield from rows.values_list("public_key", flat=True)


def _key(purpose: str) -> Ed25519PrivateKey:
    derived = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=f"signature {purpose}".encode()
    )
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.SIGNING_KEY.encode()))
