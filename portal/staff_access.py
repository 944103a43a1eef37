"""Pages that programme managers and finance share."""

from __future__ import annotations

from portal.access import STAFF, View, one_of_required


def staff_required(view: View) -> View:
    """Let in programme managers and finance, who may both see orders and their costs."""
    return one_of_required(STAFF, view)
