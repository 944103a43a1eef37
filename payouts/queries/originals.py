"""Where a sale was paid of which something is taken back or added later."""

from __future__ import annotations

from collections.abc import Collection

from payouts.models import BatchStatus, Item, ItemLine, ItemStatus


def paid_with(commission_ids: Collection[int]) -> dict[int, Item]:
    """Return the payout that holds each of the commissions, by its id; none where none does.

    Drafts and what was taken out of a batch do not count.
    """
    lines = (
        ItemLine.objects.filter(commission__in=commission_ids, released_at__isnull=True)
        .exclude(item__batch__status=BatchStatus.DRAFT)
        .exclude(item__status=ItemStatus.RELEASED)
        .select_related("item")
    )
    return {line.commission_id: line.item for line in lines if line.commission_id is not None}
