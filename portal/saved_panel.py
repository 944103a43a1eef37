"""Saved views beside a list: those that the reader may open, and the page as one more of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from core import saved_views
from core.models import SavedView
from portal.access import current_user
from portal.columns import HIDE, left_out, to_keep
from portal.report_area import Area

#: The pages that can be kept, by the key of views, with the names of their addresses.
OF_PARTNERS = {"report": "my-report", "sales": "sale-list", "links": "link-list"}
OF_STAFF = {"report": "report", "affiliates": "affiliate-list", "orders": "order-list"}
#: Those about what links, codes and looks bring: not for who may not see the work (E1).
_OF_WORK = frozenset({"links"})
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
    if area.scope.is_staff:
        return OF_STAFF
    if area.scope.sees_work:
        return OF_PARTNERS
    return {page: name for page, name in OF_PARTNERS.items() if page not in _OF_WORK}


def lasting(query: QueryDict) -> str:
    """Return what of an address is worth keeping."""
    kept = query.copy()
    for name in PASSING:
        kept.pop(name, None)
    return kept.urlencode()


def with_columns(request: HttpRequest, table: str) -> QueryDict:
    """Return the address of a page with the columns of its table that are left out now."""
    query = request.GET.copy()
    query[HIDE] = to_keep(left_out(request, table))
    return query


def panel(request: HttpRequest, area: Area, page: str, *, table: str = "") -> dict[str, Any]:
    """Return what ``components/saved_views.html`` shows beside the page ``page``. One query.

    ``table``: whose columns people choose there; a view keeps those that are shown.
    """
    person, here = current_user(request), lasting(request.GET)
    now = lasting(with_columns(request, table)) if table else here
    found = saved_views.seen_by(person.pk, area.scope.key, page)
    views = [
        ShownView(
            view=one,
            href=f"{request.path}?{one.query}",
            edit_url=area.url("view-detail", one.pk),
            is_own=one.owner_id == person.pk,
            is_open=bool(one.query) and one.query in (here, now),
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
