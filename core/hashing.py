"""Keyed hashes: compare people and bank accounts without keeping them readable."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings


def keyed_hash(purpose: str, value: str) -> str:
    """Return the hex HMAC-SHA256 of ``value`` under our key, separate per ``purpose``."""
    message = f"{purpose}\0{value}".encode()
    return hmac.new(settings.HASH_KEY.encode(), message, hashlib.sha256).hexdigest()


def email_digest(email: str) -> str:
    """Return what a shop sends instead of an e-mail address: SHA-256 of it, trimmed, lower case."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def email_key(digest: str) -> str:
    """Return the stored form of an ``email_digest``: a keyed hash, useless elsewhere."""
    return keyed_hash("email", digest)
