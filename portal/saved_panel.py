"""Saved views beside a list: those that the reader may open, and the page as one more of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from core import saved_views
from core.models import SavedView
from portal.access import current_user
from portal.report_area import Area

#: The pages that can be kept, by the key of views, with the names of their addresses.
OF_PARTNERS = {"report": "my-report", "sales": "sale-list"}
OF_STAFF = {"report": "report", "affiliates": "affiliate-list"}
#: What is no filter: where a reader was, and what is asked of the page once.
PASSING = ("page", "cursor", "form", "format", "removed", "amounts")


@dataclass(frozen=True, slots=True)
class ShownView:
    """A saved view as a reader finds it."""

    view: SavedView
    href: str
    edit_url: str
    is_own: bool
    is_open: bool


def pages_of(area: Area) -> dict[str, str]:
    """Return the pages of an area that can be kept."""
    return OF_STAFF if area.scope.is_staff else OF_PARTNERS


def lasting(query: QueryDict) -> str:
    """Return what of an address is worth keeping."""
    kept = query.copy()
    for name in PASSING:
        kept.pop(name, None)
    return kept.urlencode()


def panel(request: HttpRequest, area: Area, page: str) -> dict[str, Any]:
    """Return what ``components/saved_views.html`` shows beside the page ``page``. One query."""
    person, now = current_user(request), lasting(request.GET)
    found = saved_views.seen_by(person.pk, area.scope.key, page)
    views = [
        ShownView(
            view=one,
            href=f"{request.path}?{one.query}",
            edit_url=area.url("view-detail", one.pk),
            is_own=one.owner_id == person.pk,
            is_open=bool(now) and one.query == now,
        )
        for one in found
    ]
    removed = request.GET.get("removed", "")
    return {
        "saved": {
            "views": views,
            "page": page,
            "query": now,
            "save_url": area.url("view-save"),
            "removed_url": area.url("view-restore", int(removed))
            if removed.isascii() and removed.isdecimal() and len(removed) < 19
            else "",
            "name": next((one.view.name for one in views if one.is_open and one.is_own), ""),
            "of_staff": area.scope.is_staff,
        }
    }
