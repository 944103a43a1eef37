"""What every page needs around its content."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from affiliates.domain.abilities import Ability
from affiliates.models import Membership
from core import request_ids
from core.models import User
from payouts.services.payout_stops import live_stop
from portal.access import may, memberships_of, page_account, view_of
from portal.doors import why_lacking
from portal.navigation import CREATE_HREF, bottom_bar, makes_looks, navigation

THEMES = ("auto", "light", "dark")
FINANCE = "/finance/"
DENSITIES = ("comfortable", "compact")
SHORTCUTS = ("on", "off")


def shell(request: HttpRequest) -> dict[str, Any]:
    """What was chosen, from its cookies, and the navigation, worked out only when drawn."""
    sections = SimpleLazyObject(lambda: navigation(request.user, request.path))
    return {
        "theme": chosen(request, "theme", THEMES),
        "density": chosen(request, "density", DENSITIES),
        "shortcuts": chosen(request, "shortcuts", SHORTCUTS),
        "sections": sections,
        "bottom_bar": SimpleLazyObject(lambda: bottom_bar(tuple(sections))),
        "create_href": CREATE_HREF,
        "makes_looks": SimpleLazyObject(lambda: makes_looks(tuple(sections))),
        "payout_stop": SimpleLazyObject(live_stop),
        "is_finance": request.path.startswith(FINANCE),
        "request_id": request_ids.current(),
        **_acting(request),
    }


def _acting(request: HttpRequest) -> dict[str, Any]:
    """For whom the request acts, and what that keeps its person from doing here."""
    user = getattr(request, "user", AnonymousUser())
    match = request.resolver_match
    asked = getattr(match.func, "abilities", None) if match else None
    return {
        "account_view": view_of(user),
        "page_account": SimpleLazyObject(lambda: page_account(request)),
        "teams": SimpleLazyObject(lambda: _teams(user)),
        "may_work": SimpleLazyObject(lambda: may(user, Ability.WORK)),
        "read_only_why": SimpleLazyObject(lambda: why_lacking(user, asked[1]))
        if asked and view_of(user) is None
        else "",
    }


def _teams(user: User | AnonymousUser) -> list[Membership]:
    """The accounts between which a person can switch; none when there is only one."""
    if not isinstance(user, User) or view_of(user) is not None:
        return []
    found = memberships_of(user)
    return found if len(found) > 1 else []


def chosen(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    """The value of cookie ``name`` if it is one of ``allowed``, else the first of them."""
    value = request.COOKIES.get(name, "")
    return value if value in allowed else allowed[0]
