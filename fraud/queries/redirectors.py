"""The redirectors that affiliates told us of."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count, Q

from fraud.models import Redirector


class Redirectors(NamedTuple):
    """How many were declared, without those that we looked at in vain, and how many verified."""

    declared: int = 0
    verified: int = 0


def redirectors_of(affiliate_ids: Collection[int]) -> dict[int, Redirectors]:
    """Return the redirectors of those affiliates that have any. One query."""
    rows = (
        Redirector.objects.filter(affiliate__in=affiliate_ids, removed_at__isnull=True)
        .values_list("affiliate")
        .annotate(
            declared=Count("pk", filter=Q(failure="") | Q(verified_at__isnull=False)),
            verified=Count("verified_at"),
        )
        .order_by()
    )
    return {affiliate_id: Redirectors(*numbers) for affiliate_id, *numbers in rows}
