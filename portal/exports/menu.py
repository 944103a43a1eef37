"""What ``components/export_menu.html`` offers beside a list."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from portal.report_area import Area
from portal.saved_panel import lasting


def export_menu(
    area: Area,
    page: str,
    query: QueryDict,
    *,
    is_long: bool,
    url: str = "",
    parameter: str = "form",
    costs: str = "",
) -> dict[str, Any]:
    """Return the ways to have the list ``page`` as a file, narrowed as in ``query``.

    ``url``: where a file is sent at once, unless it ``is_long``; without one, the list itself.
    ``costs``: the parameter that adds columns with real costs, for who may see them.
    """
    kept = lasting(query)
    return {
        "url": f"{url}?{kept}",
        "parameter": parameter,
        "new_url": area.url("export-new"),
        "list_url": area.url("export-list"),
        "page": page,
        "query": kept,
        "is_long": is_long,
        "costs": costs if area.scope.sees_costs else "",
    }
