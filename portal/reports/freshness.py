"""How far what a report counts has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shop.models import InboundEvent, SyncRun
from tracking.queries import watermark


@dataclass(frozen=True, slots=True)
class Freshness:
    """Every click until ``clicks`` is counted; a shop last told of orders at ``orders``."""

    clicks: datetime
    orders: datetime | None


def freshness(now: datetime) -> Freshness:
    """Return how far clicks and orders have come, in three queries."""
    told = InboundEvent.objects.order_by("-pk").values_list("received_at", flat=True).first()
    asked = (
        SyncRun.objects.filter(finished_at__isnull=False)
        .order_by("-pk")
        .values_list("finished_at", flat=True)
        .first()
    )
    return Freshness(watermark(now), max(filter(None, (told, asked)), default=None))
