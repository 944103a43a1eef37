"""Keyed hashes: compare people and bank accounts without keeping them readable."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

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


def phone_key(digest: str) -> str:
    """Return the stored form of a phone number's digest: SHA-256 of it as +33612345678."""
    return keyed_hash("phone", digest)


def address_digest(*parts: str) -> str:
    """Return what a shop sends instead of an address: street and number, postcode, country.

    SHA-256 of the parts in small letters without accents, one blank for everything else that is
    neither a letter nor a digit; of nothing: nothing.
    """
    plain = unicodedata.normalize("NFKD", " ".join(parts).lower())
    words = re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return hashlib.sha256(" ".join(words).encode()).hexdigest() if words else ""


def address_key(digest: str) -> str:
    """Return the stored form of an ``address_digest``: a keyed hash, useless elsewhere."""
    return keyed_hash("address", digest)
