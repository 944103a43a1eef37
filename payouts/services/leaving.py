"""How payouts leave, by whatever rail: who may, who does not any more, and what is then written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from payouts.models import (
    Batch,
    BatchStatus,
    Commission,
    CommissionStatus,
    Item,
    ItemLine,
    ItemStatus,
    Rail,
)
from payouts.queries.approvals import is_approved
from payouts.queries.candidates import gates_of_items
from payouts.queries.why_not_paid import staff_sentence
from payouts.services.items import give_back, release
from payouts.services.ledger import CLEARING, Leg, Posting, account_of, post_all


class NobodyLeft(DomainError):
    """Between approval and execution, a gate turned red for every payee."""

    code = "nobody_left"


class NotApproved(DomainError):
    """A batch says that it is approved, and nobody's yes to its content is there."""

    code = "not_approved"


def refuse_unapproved(batch: Batch) -> None:
    """Do nothing when enough people said yes to exactly this content.

    :raises NotApproved: when they did not.
    """
    if not is_approved(batch):
        raise NotApproved(_("Nobody approved what is in this batch. Nothing can leave."))


def open_gates(items: Sequence[Item], rail: str, now: datetime) -> tuple[list[Item], list[Item]]:
    """Ask every gate again: return the payouts that may leave, and those that :func:`skip` ends.

    The latter have their reason written, and nothing is stored yet.
    """
    leaving, stopped = [], []
    found = gates_of_items(items, rail, now) if items else {}
    for item in items:
        gates = found[item.pk]
        if gates:
            item.move_to(ItemStatus.SKIPPED, at=now)
            item.reason = " ".join(staff_sentence(gate) for gate in gates)
            stopped.append(item)
        else:
            leaving.append(item)
    return leaving, stopped


def refuse_nobody(leaving: Sequence[Item]) -> None:
    """Do nothing when somebody can be paid.

    :raises NobodyLeft: when no gate is open for anybody.
    """
    if not leaving:
        raise NobodyLeft(
            _("No payee of this batch can be paid any more: cancel it, and what is due waits.")
        )


def skip(items: Sequence[Item], *, now: datetime) -> None:
    """End payouts whose gates turned red: their money is payable again."""
    if items:
        give_back(items, now=now)
        release(items, reason="", now=now)


def skipped_data(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Return what the audit trail keeps of payouts that were skipped."""
    return [
        {
            "affiliate_id": item.affiliate_id,
            "amount_minor": item.amount_minor,
            "reason": item.reason,
        }
        for item in items
    ]


def fail(items: Sequence[Item], *, reason: str, now: datetime) -> None:
    """End payouts, locked, that the rail refused or people gave up: what is in them is due again.

    :raises InvalidTransition: if one of them left already.
    """
    for item in items:
        item.move_to(ItemStatus.FAILED, at=now)
        item.lease_until = None
    Item.objects.bulk_update(items, ["status", "status_changed_at", "lease_until"], batch_size=500)
    give_back(items, now=now)
    release(items, reason=reason, now=now)


def try_anew(item: Item, status: ItemStatus, *, now: datetime) -> None:
    """Give a locked payout a new attempt: a new key, a new 24 hours.

    Only for what certainly was not paid under the old key.
    """
    item.move_to(status, at=now)
    item.attempt += 1
    item.idempotency_key, item.first_sent_at, item.lease_until = "", None, None
    item.save()


def mark_left(items: Sequence[Item], *, rail: str, now: datetime) -> None:
    """Say that ``items``, locked, left by ``rail``: payouts sent, commissions paid, money moved.

    The caller's transaction holds all of it, and whatever else is known of them.
    """
    for item in items:
        item.move_to(ItemStatus.SENT, at=now)
    fields = ["status", "status_changed_at", "rail_reference", "lease_until"]
    Item.objects.bulk_update(items, fields, batch_size=500)
    lines = ItemLine.objects.filter(item__in=items, released_at__isnull=True)
    commissions = list(
        Commission.objects.filter(pk__in=lines.values("commission"))
        .order_by("pk")
        .select_for_update()
    )
    for commission in commissions:
        commission.move_to(CommissionStatus.PAID, at=now)
    Commission.objects.bulk_update(commissions, ["status", "status_changed_at"], batch_size=500)
    post_all([sent_posting(item, rail, now) for item in items], now=now)


def sent_posting(item: Item, rail: str, now: datetime) -> Posting:
    """Return the fact that the money of ``item`` left, to the clearing account of its rail.

    What was due comes from reserved; VAT on top is a prepayment of the invoice until that is
    written (rule IV23).
    """
    clearing = CLEARING[Rail(rail)]
    return Posting(
        source_key=f"item:{item.pk}:sent",
        kind="sent",
        legs=(
            Leg(debit=account_of(item.affiliate_id, "reserved"), credit=clearing, amount=item.net),
            Leg(debit=account_of(item.affiliate_id, "invoiced"), credit=clearing, amount=item.vat),
        ),
        effective_at=now,
    )


def end_batch(batch: Batch, *, now: datetime) -> dict[str, int]:
    """End a locked batch of which nothing waits any more; return how much of it left.

    It is done, or done with exceptions when something in it did not leave.

    :raises InvalidTransition: if it is not being carried out.
    """
    left = batch.items.filter(status__in=Item.LEFT)
    count, total = left.count(), left.aggregate(total=Sum("amount_minor"))["total"] or 0
    all_left = count == batch.item_count
    batch.move_to(BatchStatus.DONE if all_left else BatchStatus.DONE_WITH_EXCEPTIONS, at=now)
    batch.save(update_fields=["status", "status_changed_at"])
    return {"items": count, "total_minor": total}


def record_skipped(batch: Batch, items: Sequence[Item], *, now: datetime) -> None:
    """Keep in the audit trail who was skipped while the batch was carried out."""
    if items:
        audit.record(
            actor=None,
            verb="batch.items_skipped",
            subject=batch,
            at=now,
            data={"skipped": skipped_data(items)},
        )
