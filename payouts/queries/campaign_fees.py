"""Fees and bonuses of campaigns as proposals of adjustments, by deterministic keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from django.db.models import Exists, OuterRef, QuerySet, Sum, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from influencers.models import Participation, PartStatus
from payouts.models import AdjustmentProposal, Item, ItemLine, ItemStatus, ProposalStatus

Kind = Literal["fee", "bonus"]
KINDS: tuple[Kind, ...] = ("fee", "bonus")
#: Whoever said no said that nothing is owed.
_REFUSED = (ProposalStatus.DECLINED, ProposalStatus.WITHDRAWN)
#: What the year counts as paid already.
_COUNTED = (*Item.LEFT, ItemStatus.SENDING, ItemStatus.UNKNOWN)


def key_of(participation_id: int, kind: Kind) -> str:
    """Return the key under which it is proposed: once for ever."""
    return f"campaign:{participation_id}:{kind}"


def proposals_of(participation_ids: Collection[int], kind: Kind) -> dict[int, AdjustmentProposal]:
    """Return what was proposed for each part, by its id. One query."""
    keys = {key_of(pk, kind): pk for pk in participation_ids}
    rows = AdjustmentProposal.objects.filter(source_key__in=keys).defer("evidence")
    return {keys[row.source_key]: row for row in rows.select_related("decided_by")}


def unproposed(kind: Kind) -> QuerySet[Participation]:
    """Return the parts of which a fee or bonus is due and not proposed yet, the oldest first."""
    rows = _due(kind).exclude(Exists(AdjustmentProposal.objects.filter(source_key=_key(kind))))
    return rows.select_related("campaign", "bonus_by").order_by("status_changed_at", "pk")


def unpaid_minor(affiliate_id: int) -> int:
    """Return the fees and bonuses that campaigns owe a creator, minor units excluding VAT.

    Everything of them is approved, nobody declined them, and no payout of them has left: the
    year does not count them as paid yet. Two queries.
    """
    total = 0
    for kind in KINDS:
        proposed = AdjustmentProposal.objects.filter(source_key=_key(kind))
        left = ItemLine.objects.filter(
            adjustment__proposal__source_key=_key(kind), released_at__isnull=True,
            item__status__in=_COUNTED,
        )  # fmt: skip
        rows = _due(kind).filter(affiliate=affiliate_id).exclude(Exists(left))
        rows = rows.exclude(Exists(proposed.filter(status__in=_REFUSED)))
        total += rows.aggregate(total=Sum(f"{kind}_minor", default=0))["total"]
    return total


def _due(kind: Kind) -> QuerySet[Participation]:
    return Participation.objects.filter(status=PartStatus.DONE, **{f"{kind}_minor__gt": 0})


def _key(kind: Kind) -> Concat:
    """Return ``key_of`` of the part around a subquery, as SQL says it."""
    return Concat(Value("campaign:"), Cast(OuterRef("pk"), CharField()), Value(f":{kind}"))
