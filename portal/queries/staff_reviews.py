"""What is held for another reason than a case, and deliveries that failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse

from fraud.models import Screening
from payouts.models import Block, BlockKind, Commission
from shop.models import InboundEvent, InboundStatus

HELD = 50


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A commission that waits for a missing fact, or is held by hand."""

    commission: Commission
    blocks: list[Block]
    since: datetime

    @property
    def href(self) -> str:
        """Where it is released."""
        return reverse("portal:order-detail", args=[self.commission.credit.order_id])


@dataclass(frozen=True, slots=True)
class Checked:
    """When a sale was checked last, and how many were in thirty days."""

    at: datetime | None
    sales: int


def checked(now: datetime) -> Checked:
    """Return how much the signals have looked at lately. One query."""
    rows = Screening.objects.filter(screened_at__gt=now - timedelta(days=30))
    return Checked(**rows.aggregate(at=Max("screened_at"), sales=Count("pk")))


def _held() -> QuerySet[Commission]:
    others = Block.objects.filter(released_at__isnull=True).exclude(kind=BlockKind.FRAUD_CASE)
    return Commission.objects.filter(pk__in=others.values("commission"))


def held() -> list[HeldRow]:
    """Return commissions held for another reason than a case, the longest held first."""
    live = Q(blocks__released_at__isnull=True) & ~Q(blocks__kind=BlockKind.FRAUD_CASE)
    rows = (
        _held()
        .annotate(since=Min("blocks__created_at", filter=live))
        .select_related("affiliate", "credit__order")
        .prefetch_related("blocks")
        .order_by("since", "pk")[:HELD]
    )
    return [
        HeldRow(
            commission,
            [
                block
                for block in commission.blocks.all()
                if block.released_at is None and block.kind != BlockKind.FRAUD_CASE
            ],
            commission.since,
        )
        for commission in rows
    ]


def held_count() -> int:
    """Return how many commissions are held for another reason than a case."""
    return _held().count()


def failed_events() -> QuerySet[InboundEvent]:
    """Return deliveries of the shop that could not be worked on, without their bodies."""
    return (
        InboundEvent.objects.filter(status=InboundStatus.FAILED)
        .select_related("shop")
        .defer("body")
    )


def event_counts() -> dict[str, int]:
    """Return how many deliveries stand in each state."""
    return dict(InboundEvent.objects.values_list("status").annotate(Count("pk")).order_by())
