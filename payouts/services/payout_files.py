"""The file of a batch: made once of what two people agreed on, then sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import User
from core.nudge import nudge
from payouts.gateways.payroll import PayrollRow, payroll_csv
from payouts.gateways.sepa import CreditTransfer, CreditTransferFile, Debtor, pain_001_001_09
from payouts.models import (
    Batch,
    BatchFile,
    BatchStatus,
    Commission,
    CommissionStatus,
    Item,
    ItemLine,
    ItemStatus,
    Rail,
)
from payouts.queries.approvals import is_approved, why_not_refuse_file
from payouts.queries.candidates import gates_of_items
from payouts.queries.why_not_paid import staff_sentence
from payouts.services import statements
from payouts.services.items import (
    FourEyesRefused,
    give_back,
    live_items,
    locked_batch,
    refuse_other_content,
    release,
    required_reason,
    sent_posting,
)
from payouts.services.ledger import post_all
from payouts.services.payout_stops import refuse_while_stopped

#: The heading under which payroll books commissions.
PAY_CODE = "COMMISSION"
#: Statements that a person waits for; the worker writes the others.
WRITTEN_AT_ONCE = 25


class NobodyLeft(DomainError):
    """Between approval and execution, a gate turned red for every payee."""

    code = "nobody_left"


class NoFileOfRail(DomainError):
    """A file was asked for of a batch that is paid without one."""

    code = "no_file_of_rail"


class NotApproved(DomainError):
    """A batch says that it is approved, and nobody's yes to its content is there."""

    code = "not_approved"


@transaction.atomic
def make_file(*, batch_id: int, actor_id: int, now: datetime) -> BatchFile:
    """Carry out an approved batch: make its file, once (P14 to P16).

    Every later call returns the same row and is kept in the audit trail as a download. Payees
    whose gates turned red since the submission are left out and released; the rest is paid.

    :raises NobodyLeft: when no payee can be paid any more; the batch stays approved.
    :raises NoFileOfRail: for a batch that is paid by Stripe or by hand.
    :raises NotApproved: when nobody's approval is of this content.
    :raises ContentChanged: when the stored payouts are not those that were approved.
    :raises FileRefused: when the file cannot be made; the batch stays approved.
    :raises PayoutsStopped: while the kill switch is on.
    :raises InvalidTransition: if the batch is not approved, or its file was called back.
    """
    batch = locked_batch(batch_id)
    actor = User.objects.get(pk=actor_id)
    made = BatchFile.objects.filter(batch=batch).first()
    if made is not None and batch.status != BatchStatus.CANCELLED:
        audit.record(
            actor=actor,
            verb="batch.file_downloaded",
            subject=batch,
            at=now,
            data={"sha256": made.sha256},
        )
        return made
    if batch.rail not in (Rail.SEPA, Rail.PAYROLL):
        raise NoFileOfRail(_("This batch is not paid by a file."))
    refuse_while_stopped()
    batch.move_to(BatchStatus.EXECUTING, at=now)
    _refuse_unapproved(batch)
    refuse_other_content(batch)
    items, skipped = _open_gates(live_items(batch), batch.rail, now)
    if not items:
        raise NobodyLeft(
            _("No payee of this batch can be paid any more: cancel it, and what is due waits.")
        )
    body = _sepa_file(batch, items, now) if batch.rail == Rail.SEPA else _payroll_file(batch, items)
    _skip(skipped, now)
    for item in items:
        item.move_to(ItemStatus.SENDING, at=now)
    Item.objects.bulk_update(items, ["status", "status_changed_at"], batch_size=500)
    batch.save(update_fields=["status", "status_changed_at"])
    made = _store(batch, body, actor, now)
    audit.record(
        actor=actor,
        verb="batch.file_made",
        subject=batch,
        at=now,
        data=_file_data(made, items, skipped),
    )
    return made


def mark_sent(*, batch_id: int, actor_id: int, now: datetime) -> Batch:
    """Say that the file left: payouts sent, commissions paid, statements written (P17, P18).

    The money moves in one transaction. Each statement then has its own, so that a slow or broken
    one holds nothing back; a repeated call, or the next tick, writes those that are missing.

    :raises NotApproved: when nobody's approval is of this content.
    :raises PayoutsStopped: while the kill switch is on.
    :raises InvalidTransition: if the batch has no file yet.
    """
    batch = _mark_sent(batch_id, actor_id, now)
    statements.issue_missing(now=now, batch_id=batch_id, limit=WRITTEN_AT_ONCE)
    nudge("payouts.tasks.issue_statements")
    return batch


@transaction.atomic
def _mark_sent(batch_id: int, actor_id: int, now: datetime) -> Batch:
    batch = locked_batch(batch_id)
    if batch.status in (BatchStatus.DONE, BatchStatus.DONE_WITH_EXCEPTIONS):
        return batch
    refuse_while_stopped()
    items = live_items(batch, ItemStatus.SENDING)
    all_left = len(items) == batch.item_count
    batch.move_to(BatchStatus.DONE if all_left else BatchStatus.DONE_WITH_EXCEPTIONS, at=now)
    _refuse_unapproved(batch)
    for item in items:
        item.move_to(ItemStatus.SENT, at=now)
    Item.objects.bulk_update(items, ["status", "status_changed_at"], batch_size=500)
    _pay_commissions(items, now)
    post_all([sent_posting(item, batch.rail, now) for item in items], now=now)
    batch.save(update_fields=["status", "status_changed_at"])
    audit.record(
        actor=User.objects.get(pk=actor_id),
        verb="batch.sent",
        subject=batch,
        at=now,
        data={"items": len(items), "total_minor": sum(item.amount_minor for item in items)},
    )
    return batch


def _refuse_unapproved(batch: Batch) -> None:
    if not is_approved(batch):
        raise NotApproved(_("Nobody approved what is in this batch. Nothing can leave."))


@transaction.atomic
def file_refused(*, batch_id: int, actor_id: int, reason: str, now: datetime) -> Batch:
    """Say that the bank or payroll refused the whole file: the batch ends, unpaid (P34).

    What was in it is due again. From then on the file can be neither downloaded nor marked as
    sent.

    :raises ReasonMissing: without a reason.
    :raises FourEyesRefused: for the person who approved the batch.
    :raises InvalidTransition: if the batch has no file yet, or is already sent.
    """
    why = required_reason(reason)
    batch = locked_batch(batch_id)
    if batch.status != BatchStatus.PAUSED:
        batch.move_to(BatchStatus.PAUSED, at=now)
    if not BatchFile.objects.filter(batch=batch).exists():
        raise NoFileOfRail(_("This batch is not paid by a file."))
    why_not = why_not_refuse_file(batch, actor_id)
    if why_not:
        raise FourEyesRefused(why_not)
    batch.save(update_fields=["status", "status_changed_at"])
    items = live_items(batch, ItemStatus.SENDING)
    for item in items:
        item.move_to(ItemStatus.FAILED, at=now)
    Item.objects.bulk_update(items, ["status", "status_changed_at"], batch_size=500)
    give_back(items, now=now)
    release(items, reason=why, now=now)
    batch.move_to(BatchStatus.CANCELLED, at=now)
    batch.note = why
    batch.save(update_fields=["status", "status_changed_at", "note"])
    audit.record(
        actor=User.objects.get(pk=actor_id),
        verb="batch.file_refused",
        subject=batch,
        at=now,
        reason=why,
        data={"items": len(items), "total_minor": sum(item.amount_minor for item in items)},
    )
    return batch


def _pay_commissions(items: Sequence[Item], now: datetime) -> None:
    lines = ItemLine.objects.filter(item__in=items, released_at__isnull=True)
    commissions = list(
        Commission.objects.filter(pk__in=lines.values("commission"))
        .order_by("pk")
        .select_for_update()
    )
    for commission in commissions:
        commission.move_to(CommissionStatus.PAID, at=now)
    Commission.objects.bulk_update(commissions, ["status", "status_changed_at"], batch_size=500)


def _open_gates(items: Sequence[Item], rail: str, now: datetime) -> tuple[list[Item], list[Item]]:
    """Return the payouts that may leave, and those that may not with the reason written."""
    leaving, stopped = [], []
    found = gates_of_items(items, rail, now)
    for item in items:
        gates = found[item.pk]
        if gates:
            item.move_to(ItemStatus.SKIPPED, at=now)
            item.reason = " ".join(staff_sentence(gate) for gate in gates)
            stopped.append(item)
        else:
            leaving.append(item)
    return leaving, stopped


def _skip(items: Sequence[Item], now: datetime) -> None:
    if items:
        give_back(items, now=now)
        release(items, reason="", now=now)


def _sepa_file(batch: Batch, items: Sequence[Item], now: datetime) -> bytes:
    debtor = batch.debtor
    if debtor is None:
        raise LookupError(f"{batch} has no account to pay from")
    transfers = tuple(
        CreditTransfer(
            end_to_end_id=item.reference,
            amount=item.amount,
            name=item.payee_name,
            iban=item.iban,
            bic=None,
            remittance=f"COMMISSIONS {item.reference}",
            country=item.country,
            town=item.town or None,
        )
        for item in items
    )
    return pain_001_001_09(
        CreditTransferFile(
            message_id=batch.reference,
            created_at=now,
            execution_date=batch.execution_date,
            debtor=Debtor(name=debtor.name, iban=debtor.iban, bic=debtor.bic or None),
            transfers=transfers,
        )
    )


def _payroll_file(batch: Batch, items: Sequence[Item]) -> bytes:
    sales = dict(
        ItemLine.objects.filter(item__in=items, commission__isnull=False)
        .values_list("item")
        .annotate(sales=Count("pk"))
    )
    rows = [
        PayrollRow(
            store=item.store,
            staff_number=item.staff_number,
            name=item.payee_name,
            pay_code=PAY_CODE,
            gross=item.amount,
            sales=sales.get(item.pk, 0),
            reference=item.reference,
        )
        for item in items
    ]
    return payroll_csv(f"{batch.execution_date:%Y-%m}", rows)


def _store(batch: Batch, body: bytes, actor: User, now: datetime) -> BatchFile:
    is_sepa = batch.rail == Rail.SEPA
    return BatchFile.objects.create(
        batch=batch,
        name=f"{batch.reference}.{'xml' if is_sepa else 'csv'}",
        content_type="application/xml" if is_sepa else "text/csv; charset=utf-8",
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
        created_at=now,
        created_by=actor,
    )


def _file_data(made: BatchFile, items: Sequence[Item], skipped: Sequence[Item]) -> dict[str, Any]:
    return {
        "sha256": made.sha256,
        "items": len(items),
        "total_minor": sum(item.amount_minor for item in items),
        "skipped": [
            {"affiliate_id": item.affiliate_id, "amount_minor": item.amount_minor,
             "reason": item.reason}
            for item in skipped
        ],
    }  # fmt: skip
