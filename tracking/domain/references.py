"""The visitor's reference: 128 random bits that say nothing, as text in ap_ref and as a UUID."""

from __future__ import annotations

import binascii
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

REFERENCE_BYTES = 16
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")


def new_reference() -> str:
    """Return a new reference: 22 characters of base64url."""
    return secrets.token_urlsafe(REFERENCE_BYTES)


def is_reference(text: str) -> bool:
    """Tell whether ``text`` could be a reference of ours, in its only spelling."""
    return _REFERENCE.fullmatch(text) is not None


def to_uuid(text: str) -> UUID | None:
    """Return the bits of a reference as the database keeps them, or None for anything else."""
    if not is_reference(text):
        return None
    try:
        return UUID(bytes=urlsafe_b64decode(text + "=="))
    except (binascii.Error, ValueError):
        return None


def to_text(visitor: UUID) -> str:
    """Return the reference as it travels."""
    return urlsafe_b64encode(visitor.bytes).rstrip(b"=").decode()
