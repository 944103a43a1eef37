"""Screenshots given as proof for a campaign: let go of once they were kept long enough (CA24)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from affiliates.models import Programme
from core import audit
from influencers.models import Delivery, PartStatus

#: Parts of which nothing is looked at any more.
OVER = (PartStatus.DONE, PartStatus.CANCELLED)
LIMIT = 500


@transaction.atomic
def let_go(*, now: datetime, limit: int = LIMIT) -> int:
    """Take the screenshots off what was delivered for parts that ended ``proof_keep_days`` ago.

    The address and the decision stay, and the trail of each says that the screenshot went. Its
    file goes as that of every photo that nothing uses (LK8). Return how many; at most ``limit`` at
    a time. Safe to repeat and to race.
    """
    found = list(
        over(now)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)[:limit]
    )
    for delivery in found:
        picture_id, delivery.proof = delivery.proof_id, None
        delivery.save(update_fields=["proof"])
        audit.record(
            actor=None, verb="delivery.proof_deleted", subject=delivery, at=now,
            data={"picture": picture_id},
        )  # fmt: skip
    return len(found)


def let_all_go(*, now: datetime) -> int:
    """Take every screenshot off that is due; return how many."""
    gone = done = let_go(now=now)
    while done == LIMIT:
        gone += (done := let_go(now=now))
    return gone


def over(now: datetime) -> QuerySet[Delivery]:
    """Return what was delivered with a screenshot for parts that ended long enough ago."""
    until = now - timedelta(days=Programme.get().proof_keep_days)
    return Delivery.objects.filter(
        proof__isnull=False,
        participation__status__in=OVER,
        participation__status_changed_at__lte=until,
    )
