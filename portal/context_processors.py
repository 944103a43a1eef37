"""What every page needs around its content."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from payouts.services.payout_stops import live_stop
from portal.navigation import CREATE_HREF, bottom_bar, makes_looks, navigation

THEMES = ("auto", "light", "dark")
FINANCE = "/finance/"
DENSITIES = ("comfortable", "compact")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Theme and density from their cookies, and the navigation, worked out only when drawn."""
    sections = SimpleLazyObject(lambda: navigation(request.user, request.path))
    return {
        "theme": chosen(request, "theme", THEMES),
        "density": chosen(request, "density", DENSITIES),
        "sections": sections,
        "bottom_bar": SimpleLazyObject(lambda: bottom_bar(tuple(sections))),
        "create_href": CREATE_HREF,
        "makes_looks": SimpleLazyObject(lambda: makes_looks(tuple(sections))),
        "payout_stop": SimpleLazyObject(live_stop),
        "is_finance": request.path.startswith(FINANCE),
    }


def chosen(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    """The value of cookie ``name`` if it is one of ``allowed``, else the first of them."""
    value = request.COOKIES.get(name, "")
    return value if value in allowed else allowed[0]
