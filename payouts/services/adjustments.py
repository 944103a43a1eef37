"""Later pluses and minuses beside a commission, each with its transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from payouts.models import Adjustment, Commission
from payouts.services.ledger import EXPENSE, Leg, Posting, account_of, move, post_all


def book(
    adjustments: Sequence[Adjustment], commissions: Mapping[int, Commission], *, now: datetime
) -> None:
    """Store adjustments of commissions that the caller has locked, and post their transfers.

    What changes a pending commission moves its pending account; what comes later moves the
    payable account, which may go below zero: a debt that the next payout nets.
    """
    stored = Adjustment.objects.bulk_create(adjustments, batch_size=1_000)
    post_all([_posting(row, commissions[row.commission_id]) for row in stored], now=now)


def _posting(row: Adjustment, commission: Commission) -> Posting:
    account = account_of(commission.affiliate_id, "payable" if row.is_payable else "pending")
    leg = Leg(debit=EXPENSE, credit=account, amount=row.amount)
    return move(f"adjustment:{row.pk}", f"adjustment.{row.reason}", leg, row.effective_at)
