"""Who may see what the goods cost the retailer, and that every look is kept.

Whatever shows a unit cost, an actual margin or a number that follows from one asks here first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from core import audit
from core.models import User
from portal.access import current_user

PERMISSION = "payouts.view_actual_margin"


def may_see_costs(user: User) -> bool:
    """Tell whether ``user`` has the permission; superusers have every permission."""
    return user.has_perm(PERMISSION)


def look_at_costs(request: HttpRequest, subject: Model, *, now: datetime, **about: Any) -> bool:
    """Tell whether the viewer may see costs of ``subject``, and if so keep that they looked.

    Each request that shows them is one entry, ``about`` being kept with it.
    """
    viewer = current_user(request)
    if not may_see_costs(viewer):
        return False
    looked: set[Model] = request.__dict__.setdefault("_looked_at_costs", set())
    if subject not in looked:
        looked.add(subject)
        audit.record(
            actor=viewer,
            verb=f"{subject._meta.model_name}.costs_viewed",
            subject=subject,
            at=now,
            data=about,
        )
    return True


def must_see_costs(request: HttpRequest, subject: Model, *, now: datetime, **about: Any) -> None:
    """As :func:`look_at_costs`, for what nobody else may open.

    :raises PermissionDenied: without the permission.
    """
    if not look_at_costs(request, subject, now=now, **about):
        raise PermissionDenied
