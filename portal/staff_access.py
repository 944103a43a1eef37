"""Pages that programme managers and finance share."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from portal.access import STAFF, View, current_user, roles_of, signed_in_required


def staff_required(view: View) -> View:
    """Let in programme managers and finance, who may both see orders and their costs."""

    @signed_in_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not roles_of(current_user(request)) & STAFF:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
