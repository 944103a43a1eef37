"""What endpoints are told of looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import F, QuerySet

from affiliates.services.telling import Source
from affiliates.services.telling import tell_pending as tell_of
from influencers.models import LookAct, LookEvent

_ACTS: dict[str, tuple[LookAct, ...]] = {
    "look.approved": (LookAct.APPROVED,),
    "look.changes_requested": (LookAct.CHANGES,),
    "look.refused": (LookAct.REFUSED,),
    "look.published": (LookAct.PUBLISHED,),
    "look.withdrawn": (LookAct.WITHDRAWN, LookAct.REMOVED),
}


def _of(acts: tuple[LookAct, ...]) -> Callable[[], QuerySet[LookEvent]]:
    return lambda: (
        LookEvent.objects.filter(act__in=acts)
        .select_related("look")
        .annotate(owner_id=F("look__affiliate_id"))
    )


SOURCES = tuple(
    Source(
        type=name,
        rows=_of(acts),
        at="at",
        affiliate="owner_id",
        data=lambda row: {"look": str(row.look.public_id), "slug": row.look.slug},
    )
    for name, acts in _ACTS.items()
)


def tell_pending(*, now: datetime, limit: int) -> int:
    """Tell what is not told yet; return how many facts. Safe to repeat and to race."""
    return tell_of(SOURCES, now=now, limit=limit)
