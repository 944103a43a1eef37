"""The places of the navigation, by their names."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _

from core.models import User
from portal.navigation import navigation
from portal.search.hits import Group, Hit

MOST_PLACES = 8


def found(user: User, words: str) -> Group:
    """Return the places of ``user`` whose name begins with ``words``, or has a word that does."""
    wanted = _plain(words)
    hits = [
        Hit(entry.label, entry.href, entry.icon, part.label or section.label)
        for section in navigation(user, "")
        for part in section.parts
        for entry in part.entries
        if f" {wanted}" in f" {_plain(str(entry.label))}"
    ]
    return Group("places", _("Pages"), hits[:MOST_PLACES])


def _plain(text: str) -> str:
    """Return a text without accents, in small letters: who types fast leaves them out."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
