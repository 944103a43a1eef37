"""The file of a batch: made once of what two people agreed on, then sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import User
from core.nudge import nudge
from payouts.gateways.payroll import PayrollRow, payroll_csv
from payouts.gateways.sepa import CreditTransfer, CreditTransferFile, Debtor, pain_001_001_09
from payouts.models import Batch, BatchFile, BatchStatus, Item, ItemLine, ItemStatus, Rail
from payouts.queries.approvals import why_not_refuse_file
from payouts.services import statements
from payouts.services.items import (
    FourEyesRefused,
    live_items,
    locked_batch,
    refuse_other_content,
    required_reason,
)
from payouts.services.leaving import (
    end_batch,
    fail,
    mark_left,
    open_gates,
    refuse_nobody,
    refuse_unapproved,
    skip,
    skipped_data,
)
from payouts.services.pausing import refuse_while_differs
from payouts.services.payout_stops import refuse_while_stopped
from shop.counting import number_of_orders

#: The heading under which payroll books commissions.
PAY_CODE = "COMMISSION"
#: Statements that a person waits for; the worker writes the others.
WRITTEN_AT_ONCE = 25


class NoFileOfRail(DomainError):
    """A file was asked for of a batch that is paid without one."""

    code = "no_file_of_rail"


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
    :raises BooksDiffer: while a difference about the batch is open.
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
    refuse_while_differs(batch)
    batch.move_to(BatchStatus.EXECUTING, at=now)
    refuse_unapproved(batch)
    refuse_other_content(batch)
    items, skipped = open_gates(live_items(batch), batch.rail, now)
    refuse_nobody(items)
    body = _sepa_file(batch, items, now) if batch.rail == Rail.SEPA else _payroll_file(batch, items)
    skip(skipped, now=now)
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
    if batch.status in Batch.DONE:
        return batch
    refuse_while_stopped()
    mark_left(live_items(batch, ItemStatus.SENDING), rail=batch.rail, now=now)
    left = end_batch(batch, now=now)
    refuse_unapproved(batch)
    audit.record(actor=actor_id, verb="batch.sent", subject=batch, at=now, data=left)
    return batch


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
    fail(items, reason=why, now=now)
    batch.move_to(BatchStatus.CANCELLED, at=now)
    batch.note = why
    batch.save(update_fields=["status", "status_changed_at", "note"])
    audit.record(
        actor=actor_id,
        verb="batch.file_refused",
        subject=batch,
        at=now,
        reason=why,
        data={"items": len(items), "total_minor": sum(item.amount_minor for item in items)},
    )
    return batch


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
        .annotate(sales=number_of_orders("commission__credit__order__"))
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
        "skipped": skipped_data(skipped),
    }
