"""What the decisions of people about fraud cases mean for commissions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fraud.models import Case, CaseStatus
from payouts.models import Block, BlockKind, Commission, ReversalReason
from payouts.services.commissions import reverse_locked


def apply_decisions(*, now: datetime, limit: int = 500) -> int:
    """Release what was dismissed and reverse what was confirmed; return how many. Repeatable."""
    waiting = (
        Block.objects.filter(
            kind=BlockKind.FRAUD_CASE,
            released_at__isnull=True,
            commission__credit__screening__case__status__in=[
                CaseStatus.CONFIRMED,
                CaseStatus.DISMISSED,
            ],
        )
        .order_by("pk")
        .values_list("commission", flat=True)[:limit]
    )
    return sum(_apply(commission_id, now) for commission_id in list(waiting))


@transaction.atomic
def _apply(commission_id: int, now: datetime) -> int:
    commission = Commission.objects.select_for_update().get(pk=commission_id)
    case = Case.objects.get(screening__credit=commission.credit_id)
    released = Block.objects.filter(
        commission=commission, kind=BlockKind.FRAUD_CASE, released_at__isnull=True
    ).update(released_at=now, released_by=case.decided_by)
    if released and case.status == CaseStatus.CONFIRMED and commission.is_pending:
        reverse_locked(commission, reason=ReversalReason.INVALID_TRAFFIC, now=now)
    return released
