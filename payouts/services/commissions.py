"""What becomes of a commission: approved when its hold is over, or reversed for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from core import audit
from core.money import Money
from payouts.models import Adjustment, Commission
from payouts.services.accruals import accrue_pending
from payouts.services.blocks import refuse_own
from payouts.services.ledger import EXPENSE, Leg, Posting, account_of, move, post_all

__all__ = ["accrue_pending", "approve_due", "outstanding", "release_early", "reverse"]


def approve_due(*, now: datetime, limit: int = 500) -> int:
    """Approve what is due and not blocked; return how many. Safe to repeat and to race."""
    with transaction.atomic():
        claimed = (
            Commission.objects.due(now)
            .order_by("hold_until", "pk")
            .select_for_update(of=("self",), skip_locked=True)[:limit]
        )
        pks = [commission.pk for commission in claimed]
        # Look again under the locks: a block or a return may have come in between.
        _approve(list(Commission.objects.due(now).filter(pk__in=pks)), now)
        return len(pks)


def _approve(commissions: Sequence[Commission], now: datetime) -> None:
    payable = outstanding(commissions)
    postings: list[Posting] = []
    for commission in commissions:
        amount = payable[commission.pk]
        commission.approve(at=now, payable=amount)
        leg = Leg(debit=account_of(commission.affiliate_id, "pending"),
                  credit=account_of(commission.affiliate_id, "payable"), amount=amount)  # fmt: skip
        postings.append(move(f"commission:{commission.pk}:approved", "approved", leg, now))
    Commission.objects.bulk_update(
        commissions, ["status", "status_changed_at", "approved_minor"], batch_size=500
    )
    post_all(postings, now=now)


def outstanding(commissions: Sequence[Commission]) -> dict[int, Money]:
    """Return what each pending commission comes to now: its amount and what changed it since."""
    changes = dict(
        Adjustment.objects.filter(commission__in=commissions, is_payable=False)
        .values_list("commission")
        .annotate(total=Sum("amount_minor"))
    )
    return {
        commission.pk: commission.amount + Money(changes.get(commission.pk, 0), commission.currency)
        for commission in commissions
    }


@transaction.atomic
def reverse(
    *, commission_id: int, reason: str, actor_id: int, note: str, now: datetime
) -> Commission:
    """Say that a pending commission does not stand. Nothing of it is left in the ledger.

    :raises OwnCommission: if the person acts for its affiliate.
    :raises InvalidTransition: if it is not pending. From approval on, an adjustment takes back.
    """
    commission = Commission.objects.select_for_update().get(pk=commission_id)
    refuse_own(commission, actor_id)
    reverse_locked(commission, reason=reason, now=now)
    audit.record(
        actor=actor_id,
        verb="commission.reversed",
        subject=commission,
        at=now,
        reason=note,
        data={"reason": reason},
    )
    return commission


def reverse_locked(commission: Commission, *, reason: str, now: datetime) -> None:
    """Reverse a commission whose row the caller has locked.

    :raises InvalidTransition: if it is not pending.
    """
    left = outstanding([commission])[commission.pk]
    commission.reverse(at=now, reason=reason)
    commission.save(update_fields=["status", "status_changed_at", "reversal_reason"])
    leg = Leg(debit=account_of(commission.affiliate_id, "pending"), credit=EXPENSE, amount=left)
    post_all([move(f"commission:{commission.pk}:reversed", "reversed", leg, now)], now=now)


@transaction.atomic
def release_early(*, commission_id: int, actor_id: int, reason: str, now: datetime) -> Commission:
    """End the hold period of one commission now, for a reason that is kept.

    :raises OwnCommission: if the person acts for its affiliate.
    :raises InvalidTransition: if it is not pending.
    """
    commission = Commission.objects.select_for_update().get(pk=commission_id)
    refuse_own(commission, actor_id)
    before = commission.hold_until
    commission.release_early(at=now)
    commission.save(update_fields=["hold_until"])
    audit.record(
        actor=actor_id,
        verb="commission.released_early",
        subject=commission,
        at=now,
        reason=reason,
        data={"hold_until": [before.isoformat(), commission.hold_until.isoformat()]},
    )
    return commission
