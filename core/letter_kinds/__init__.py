"""Every kind of letter there is. A letter without a kind of this catalogue is not sent."""

from __future__ import annotations

from core.letter_kinds import creators, everybody, partners, staff, teams
from core.letter_kinds.kind import LOCK_WORDS, Audience, Category, Kind, Lock, Mail

KINDS: dict[str, Kind] = {
    one.key: one for group in (partners, creators, staff, teams, everybody) for one in group.KINDS
}

__all__ = ["KINDS", "LOCK_WORDS", "Audience", "Category", "Kind", "Lock", "Mail", "kind_of"]


def kind_of(key: str) -> Kind:
    """Return a kind by its key. An unknown key is a bug and rises as ``KeyError``."""
    return KINDS[key]
