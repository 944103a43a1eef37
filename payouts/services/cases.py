"""What fraud cases mean for commissions: held while a case waits, then released or reversed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from fraud.models import CaseCredit, Ruling
from payouts.models import Block, BlockKind, Commission, CommissionStatus, ReversalReason
from payouts.services.commissions import reverse_locked


def apply_decisions(*, now: datetime, limit: int = 500) -> int:
    """Hold what a case holds; release what was cleared, reverse what was refused. Repeatable.

    Returns how many commissions changed.
    """
    waiting = CaseCredit.objects.filter(
        credit=OuterRef("commission__credit"), ruling=Ruling.WAITING
    )
    decided = (
        Block.objects.filter(~Exists(waiting), kind=BlockKind.FRAUD_CASE, released_at__isnull=True)
        .filter(commission__credit__case_credits__isnull=False)
        .order_by("pk")
        .values_list("commission", flat=True)
        .distinct()[:limit]
    )
    done = sum(_apply(commission_id, now) for commission_id in list(decided))
    return done + _hold(now, limit)


@transaction.atomic
def _apply(commission_id: int, now: datetime) -> int:
    commission = Commission.objects.select_for_update().get(pk=commission_id)
    rulings = list(
        CaseCredit.objects.filter(credit=commission.credit_id).order_by("-ruled_at", "-pk")
    )
    if any(one.ruling == Ruling.WAITING for one in rulings):
        return 0
    released = Block.objects.filter(
        commission=commission, kind=BlockKind.FRAUD_CASE, released_at__isnull=True
    ).update(released_at=now, released_by=rulings[0].ruled_by)
    is_refused = any(one.ruling == Ruling.REFUSED for one in rulings)
    if released and is_refused and commission.is_pending:
        reverse_locked(commission, reason=ReversalReason.INVALID_TRAFFIC, now=now)
    return released


@transaction.atomic
def _hold(now: datetime, limit: int) -> int:
    """Block pending commissions whose credit joined a case after they accrued.

    One that is refused already is blocked too, so that the next turn reverses it.
    """
    held = CaseCredit.objects.filter(
        credit=OuterRef("credit"), ruling__in=[Ruling.WAITING, Ruling.REFUSED]
    )
    blocked = Block.objects.filter(
        commission=OuterRef("pk"), kind=BlockKind.FRAUD_CASE, released_at__isnull=True
    )
    commissions = list(
        Commission.objects.filter(Exists(held), ~Exists(blocked), status=CommissionStatus.PENDING)
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    rows = Block.objects.bulk_create(
        [
            Block(
                commission=commission,
                kind=BlockKind.FRAUD_CASE,
                created_at=now,
                reason="A review case holds it.",
            )
            for commission in commissions
        ],
        ignore_conflicts=True,
    )
    return len(rows)
