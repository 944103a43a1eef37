"""The keys of assignment and of the ghost log: nobody outside can tell an arm or a visitor."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from core.hashing import keyed_hash


def assignment_key() -> bytes:
    """Return the key that draws the arms."""
    return _derived(settings.HASH_KEY)


def unit_of(reference: str) -> str:
    """Return what the ghost log keeps of a visitor's reference: a keyed hash."""
    return keyed_hash("experiment unit", reference)


@lru_cache(maxsize=4)
def _derived(_hash_key: str) -> bytes:
    return bytes.fromhex(keyed_hash("experiment assignment", ""))
