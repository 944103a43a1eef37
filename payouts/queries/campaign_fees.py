"""Fees and bonuses of campaigns as proposals of adjustments, by deterministic keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from influencers.models import Participation, PartStatus
from payouts.models import AdjustmentProposal

Kind = Literal["fee", "bonus"]


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
    key = Concat(Value("campaign:"), Cast(OuterRef("pk"), CharField()), Value(f":{kind}"))
    rows = Participation.objects.filter(status=PartStatus.DONE, **{f"{kind}_minor__gt": 0})
    rows = rows.exclude(Exists(AdjustmentProposal.objects.filter(source_key=key)))
    return rows.select_related("campaign", "bonus_by").order_by("status_changed_at", "pk")
