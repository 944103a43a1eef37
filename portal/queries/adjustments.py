"""Adjustments as lists: what staff proposed, and what an affiliate got or gave back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from core.money import Money
from payouts.models import (
    Adjustment,
    AdjustmentProposal,
    BatchStatus,
    Item,
    ItemLine,
    ProposalStatus,
)
from portal.sale_display import masked


def proposals(*, search: str, state: str) -> QuerySet[AdjustmentProposal]:
    """Return proposed adjustments, newest first, without their files."""
    rows = AdjustmentProposal.objects.defer("evidence").select_related("affiliate", "author")
    if search:
        rows = rows.filter(
            Q(affiliate__name__icontains=search)
            | Q(text__icontains=search)
            | Q(import_name__icontains=search)
            | Q(commission__credit__order__number__iexact=search)
        )
    if state in ProposalStatus.values:
        rows = rows.filter(status=state)
    return rows.order_by("-created_at", "-pk")


def counts_by_state() -> dict[str, int]:
    """Return how many proposals are in each state."""
    rows = AdjustmentProposal.objects.values_list("status").annotate(number=Count("pk"))
    return dict(rows.order_by())


def proposal_with_parts(pk: int) -> AdjustmentProposal | None:
    """Return one proposal without its file, with everybody and everything that it names."""
    rows = AdjustmentProposal.objects.defer("evidence").select_related(
        "affiliate", "author", "decided_by", "commission__credit__order", "adjustment"
    )
    return rows.filter(pk=pk).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAdjustment:
    """An adjustment as its affiliate reads it. ``payout`` is None until it is in one."""

    adjustment: Adjustment
    amount: Money
    at: datetime
    sale: str
    sale_url: str
    payout: Item | None


def of_affiliate(affiliate_id: int) -> QuerySet[Adjustment]:
    """Return what was added or taken back for reasons of their own, newest first.

    What became of the lines of an order is in the history of its sale.
    """
    return (
        Adjustment.objects.filter(affiliate=affiliate_id, order_line__isnull=True)
        .exclude(amount_minor=0)
        .select_related("commission__credit__order")
        .order_by("-effective_at", "-pk")
    )


def shown(rows: Sequence[Adjustment]) -> list[OwnAdjustment]:
    """Return the lines of a page, in one query more."""
    lines = (
        ItemLine.objects.filter(adjustment__in=rows, released_at__isnull=True)
        .exclude(item__batch__status=BatchStatus.DRAFT)
        .select_related("item__batch")
    )
    payouts = {line.adjustment_id: line.item for line in lines}
    return [_shown(row, payouts.get(row.pk)) for row in rows]


def _shown(row: Adjustment, payout: Item | None) -> OwnAdjustment:
    credit = row.commission.credit if row.commission else None
    return OwnAdjustment(
        adjustment=row,
        amount=row.amount,
        at=row.effective_at,
        sale=masked(credit.order.number) if credit else "",
        sale_url=reverse("portal:sale-detail", args=[credit.pk]) if credit else "",
        payout=payout,
    )
