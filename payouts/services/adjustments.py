"""Later pluses and minuses, beside a commission or on their own, each with its transfer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from payouts.models import Adjustment, AdjustmentReason, Commission
from payouts.services.ledger import EXPENSE, WRITTEN_OFF, Leg, Posting, account_of, move, post_all


def lock(commission_ids: Iterable[int]) -> dict[int, Commission]:
    """Lock commissions for what is to be booked beside them, leaving those that others hold.

    In the order of their ids, which are the keys of what is returned.
    """
    rows = Commission.objects.filter(pk__in=list(commission_ids)).order_by("pk")
    return {one.pk: one for one in rows.select_for_update(skip_locked=True)}


def book(
    adjustments: Sequence[Adjustment], commissions: Mapping[int, Commission], *, now: datetime
) -> list[Adjustment]:
    """Store adjustments, and post their transfers; return what is stored.

    ``commissions`` holds, by id and locked by the caller, those that the adjustments are about.
    What changes a pending commission moves its pending account; what comes later, or is about no
    commission, moves the payable account, which may go below zero: a debt that the next payout
    nets.
    """
    stored = Adjustment.objects.bulk_create(adjustments, batch_size=1_000)
    post_all([_posting(row, commissions) for row in stored], now=now)
    return stored


def _posting(row: Adjustment, commissions: Mapping[int, Commission]) -> Posting:
    affiliate_id = row.affiliate_id
    if row.commission_id is not None:
        affiliate_id = commissions[row.commission_id].affiliate_id
    account = account_of(affiliate_id, "payable" if row.is_payable else "pending")
    house = WRITTEN_OFF if row.reason == AdjustmentReason.WRITE_OFF else EXPENSE
    leg = Leg(debit=house, credit=account, amount=row.amount)
    return move(f"adjustment:{row.pk}", f"adjustment.{row.reason}", leg, row.effective_at)
