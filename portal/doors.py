"""Whether what a control leads to is open to a person's role, so that it can say why it is not."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from affiliates.domain.abilities import Ability
from core.models import User
from portal.access import affiliate_of, may, view_of
from portal.team_language import ONLY_READ, why_not


@lru_cache(maxsize=1024)
def asked_at(path: str) -> tuple[Ability, Ability] | None:
    """Return what the page at a path asks to see it and to act on it; None for no partner's."""
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    found: tuple[Ability, Ability] | None = getattr(view, "abilities", None)
    return found


def why_closed(request: HttpRequest | None, address: str, *, acts: bool = False) -> str:
    """Return why an address is closed to who asks, or with ``acts``: to a form; empty if not."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or may(user, Ability.MANAGE_TEAM):
        return ""
    path = urlsplit(address).path
    asked = asked_at(path) if path.startswith("/") else None
    return why_lacking(user, asked[int(acts)]) if asked else ""


def why_lacking(user: User | AnonymousUser, ability: Ability) -> str:
    """Return why ``user`` may not do something that takes an ability; empty if they may.

    Nobody is told so who is in no team, such as an applicant: pages ask them something else.
    """
    if not isinstance(user, User) or may(user, ability) or affiliate_of(user) is None:
        return ""
    return str(ONLY_READ) if view_of(user) else why_not(ability)
