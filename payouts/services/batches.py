"""A payout batch from draft to done: every verb, with two people between money and the door.

The rules are numbered P1 to P20 and P35 to P42 in ``docs/rules/payouts.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import User
from payouts.domain.calendar import bank_date
from payouts.domain.currency import CURRENCY
from payouts.models import Batch, BatchStatus, DebtorAccount, Item, ItemStatus, Rail
from payouts.queries.candidates import Candidate, candidates
from payouts.services.approving import approve
from payouts.services.items import (
    Change,
    FourEyesRefused,
    NotADraft,
    differences,
    exclude_item,
    give_back,
    hash_of,
    include_item,
    live_items,
    locked_batch,
    rebuild,
    release,
    required_reason,
    reserve,
    retotal,
    wait_for_makers,
)
from payouts.services.pausing import StillInFlight, pause, resume
from payouts.services.payout_files import file_refused, make_file, mark_sent

__all__ = [
    "FourEyesRefused",
    "StillInFlight",
    "approve",
    "cancel",
    "exclude_item",
    "file_refused",
    "include_item",
    "make_file",
    "mark_sent",
    "pause",
    "prepare",
    "recompute",
    "resume",
    "send_back",
    "submit",
]


class BatchRefused(DomainError):
    """A batch cannot be prepared as asked for."""

    code = "batch_refused"


class BatchAlreadyOpen(BatchRefused):
    """There is a batch of this rail and currency that nobody has approved yet."""

    code = "batch_already_open"


class NothingToPay(BatchRefused):
    """Nobody can be paid."""

    code = "nothing_to_pay"


class DraftIsStale(DomainError):
    """Something changed since the draft was computed."""

    code = "draft_is_stale"


@transaction.atomic
def prepare(
    *,
    rail: str,
    currency: str,
    cutoff_at: datetime,
    execution_date: date,
    actor_id: int,
    now: datetime,
) -> Batch:
    """Make a draft with everybody who is due something and whom no gate stops (P1 to P5).

    :raises BatchAlreadyOpen: while another batch of this rail and currency is open.
    :raises NothingToPay: when no payee can be paid.
    :raises BatchRefused: for a currency, date or paying account that cannot work.
    """
    wait_for_makers()
    debtor = _debtor(rail, currency)
    _refuse_odd_dates(cutoff_at, execution_date, now)
    _refuse_second_open(rail, currency)
    actor = User.objects.get(pk=actor_id)
    batch = Batch.objects.create(
        reference=_next_reference(now),
        rail=rail,
        currency=currency,
        cutoff_at=cutoff_at,
        execution_date=execution_date,
        debtor=debtor,
        status_changed_at=now,
        created_at=now,
        created_by=actor,
    )
    rebuild(batch, now=now)
    if not batch.item_count:
        raise NothingToPay(_("Nobody can be paid by this batch: see what stops each payee below."))
    audit.record(actor=actor, verb="batch.prepared", subject=batch, at=now, data=_totals(batch))
    return batch


@transaction.atomic
def recompute(*, batch_id: int, actor_id: int, now: datetime) -> tuple[Change, ...]:
    """Bring a draft to what is due now and return what changed. Excluded payees stay out (P6).

    :raises NotADraft: once the batch is submitted.
    """
    batch = locked_batch(batch_id)
    if batch.status != BatchStatus.DRAFT:
        raise NotADraft(_("The batch is submitted: send it back to change it."))
    changes = rebuild(batch, now=now)
    if changes:
        data = {**_totals(batch), "changes": [_change_data(change) for change in changes]}
        audit.record(actor=actor_id, verb="batch.recomputed", subject=batch, at=now, data=data)
    return changes


@transaction.atomic
def submit(*, batch_id: int, actor_id: int, now: datetime) -> Batch:
    """Freeze a draft for review: content hash, money set aside in the ledger (P7).

    Safe to repeat by the same person.

    :raises DraftIsStale: when a payout in it is not what is due now.
    :raises NothingToPay: when every payout was excluded.
    :raises InvalidTransition: if it is not a draft.
    """
    batch = locked_batch(batch_id)
    if batch.status == BatchStatus.IN_REVIEW and batch.submitted_by_id == actor_id:
        return batch
    batch.move_to(BatchStatus.IN_REVIEW, at=now)
    if any(not change.is_new for change in differences(batch, now=now)):
        raise DraftIsStale(_("What is due changed since the draft was made: recompute it first."))
    items = live_items(batch)
    if not items:
        raise NothingToPay(_("Every payout was excluded: there is nothing to submit."))
    retotal(batch)
    reserve(items, now=now)
    batch.submitted_by, batch.submitted_at = User.objects.get(pk=actor_id), now
    batch.content_hash = hash_of(batch)
    batch.save()
    data = {
        **_totals(batch),
        "content_hash": batch.content_hash,
        "left_out": _left_out(batch, now),
    }
    audit.record(actor=actor_id, verb="batch.submitted", subject=batch, at=now, data=data)
    return batch


@transaction.atomic
def send_back(*, batch_id: int, actor_id: int, reason: str, now: datetime) -> Batch:
    """Turn a batch in review into a draft again: money and approvals are given back (P8).

    :raises ReasonMissing: without a reason.
    :raises InvalidTransition: if it is not in review.
    """
    why = required_reason(reason)
    batch = locked_batch(batch_id)
    batch.move_to(BatchStatus.DRAFT, at=now)
    give_back(live_items(batch), now=now)
    batch.approvals.filter(dropped_at__isnull=True).update(dropped_at=now)
    data = {**_totals(batch), "content_hash": batch.content_hash}
    batch.content_hash, batch.submitted_by, batch.submitted_at = "", None, None
    batch.note = why
    batch.save()
    audit.record(
        actor=actor_id, verb="batch.sent_back", subject=batch, at=now, reason=why, data=data
    )
    return batch


@transaction.atomic
def cancel(*, batch_id: int, actor_id: int, reason: str, now: datetime) -> Batch:
    """End a draft, approved or paused batch. What has not left is due again (P13).

    :raises ReasonMissing: without a reason.
    :raises InvalidTransition: while it is in review (send it back first) or once it is sent.
    :raises StillInFlight: while a payment may be on its way.
    """
    why = required_reason(reason)
    batch = locked_batch(batch_id)
    was_draft = batch.status == BatchStatus.DRAFT
    batch.move_to(BatchStatus.CANCELLED, at=now)
    if live_items(batch, ItemStatus.SENDING, ItemStatus.UNKNOWN):
        raise StillInFlight(
            _(
                "Payments of this batch may be on their way. Let them become known first; a file"
                " that was refused is cancelled by saying so."
            )
        )
    items = live_items(batch, ItemStatus.QUEUED, ItemStatus.READY)
    if not was_draft:
        give_back(items, now=now)
    release(items, reason=why, now=now)
    batch.note = why
    batch.save(update_fields=["status", "status_changed_at", "note"])
    audit.record(actor=actor_id, verb="batch.cancelled", subject=batch, at=now, reason=why)
    return batch


def _debtor(rail: str, currency: str) -> DebtorAccount | None:
    if rail not in Rail.values:
        raise BatchRefused(_("Choose how the batch is paid: by bank or with the salary."))
    if currency != CURRENCY:
        raise BatchRefused(
            _("Banks and payroll are paid in euros: there is no file for %(currency)s.")
            % {"currency": currency}
        )
    if rail != Rail.SEPA:
        return None
    debtor = DebtorAccount.objects.filter(currency=currency, is_active=True).first()
    if debtor is None:
        raise BatchRefused(_("Enter the bank account that payouts leave from first."))
    return debtor


def _refuse_odd_dates(cutoff_at: datetime, execution_date: date, now: datetime) -> None:
    if cutoff_at > now:
        raise BatchRefused(_("The cutoff is in the future: choose now or an earlier moment."))
    if execution_date < bank_date(now):
        raise BatchRefused(_("The payment date is in the past: choose today or a later day."))


def _refuse_second_open(rail: str, currency: str) -> None:
    opened = Batch.objects.filter(rail=rail, currency=currency, status__in=Batch.OPEN).first()
    if opened is not None:
        raise BatchAlreadyOpen(
            _("Batch %(reference)s is still open: finish or cancel it first.")
            % {"reference": opened.reference}
        )


def _next_reference(now: datetime) -> str:
    prefix = f"APB-{bank_date(now):%Y-%m}-"
    last = Batch.objects.filter(reference__startswith=prefix).order_by("-reference").first()
    number = int(last.reference.removeprefix(prefix)) + 1 if last else 1
    return f"{prefix}{number:04d}"


def _totals(batch: Batch) -> dict[str, Any]:
    return {"total_minor": batch.total_minor, "items": batch.item_count}


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "affiliate_id": change.affiliate_id,
        "before_minor": change.before.minor if change.before else None,
        "after_minor": change.after.minor if change.after else None,
    }


def _left_out(batch: Batch, now: datetime) -> list[dict[str, Any]]:
    """Return who is due something or owes, but is not in the batch, for the audit trail."""
    inside: Sequence[int] = list(
        batch.items.filter(status__in=Item.LIVE).values_list("affiliate_id", flat=True)
    )
    everybody: list[Candidate] = candidates(
        rail=batch.rail,
        currency=batch.currency,
        cutoff_at=batch.cutoff_at,
        at=now,
        batch=batch,
    )
    return [
        {
            "affiliate_id": each.affiliate.pk,
            "due_minor": each.due.minor,
            "gates": [str(gate.code) for gate in each.gates],
        }
        for each in everybody
        if each.affiliate.pk not in inside
    ]
