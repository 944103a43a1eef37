"""Payouts made by hand, one by one, each with its reference and its proof. Rules BK15 to BK18."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Membership
from core import audit
from core.attachments import checked
from core.errors import DomainError
from core.nudge import nudge
from payouts.domain.calendar import bank_date
from payouts.models import (
    Batch,
    BatchStatus,
    Item,
    ItemStatus,
    ManualProof,
    Rail,
)
from payouts.queries.approvals import has_approved
from payouts.queries.waiting import waits
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

_REFERENCE_LENGTH = 80


class ManualRefused(DomainError):
    """A payout cannot be made by hand, or not as it was entered."""

    code = "manual_refused"


@transaction.atomic
def begin(*, batch_id: int, actor_id: int, now: datetime) -> Batch:
    """Let finance pay the payouts of an approved batch, one by one (BK15). Safe to repeat.

    Payees whose gates turned red since the submission are left out and released.

    :raises ManualRefused: for a batch of another rail.
    :raises NotApproved: when nobody's approval is of this content.
    :raises ContentChanged: when the stored payouts are not those that were approved.
    :raises NobodyLeft: when no payee can be paid any more; the batch stays approved.
    :raises PayoutsStopped: while the kill switch is on.
    :raises BooksDiffer: while a difference about the batch is open.
    :raises FourEyesRefused: for the person who approved the batch.
    :raises InvalidTransition: if it is not approved.
    """
    batch = _locked(batch_id)
    if batch.status == BatchStatus.EXECUTING:
        return batch
    _refuse_approver(batch, actor_id)
    refuse_while_stopped()
    refuse_while_differs(batch)
    batch.move_to(BatchStatus.EXECUTING, at=now)
    refuse_unapproved(batch)
    refuse_other_content(batch)
    leaving, stopped = open_gates(live_items(batch, ItemStatus.READY), batch.rail, now)
    refuse_nobody(leaving)
    skip(stopped, now=now)
    for item in leaving:
        item.move_to(ItemStatus.SENDING, at=now)
    Item.objects.bulk_update(leaving, ["status", "status_changed_at"], batch_size=500)
    batch.save(update_fields=["status", "status_changed_at"])
    data = {"items": len(leaving), "skipped": skipped_data(stopped)}
    audit.record(actor=actor_id, verb="batch.manual_begun", subject=batch, at=now, data=data)
    return batch


@transaction.atomic
def mark_paid(
    *,
    item_id: int,
    reference: str,
    paid_on: date,
    proof_name: str,
    proof: bytes,
    actor_id: int,
    now: datetime,
) -> Item:
    """Say that one payout was made, under which reference, with what shows it (BK16, BK17).

    Safe to repeat with the same reference: the first proof stands.

    :raises ManualRefused: for no reference, one that another payout has, or an odd day; while the
        batch is paused, the payout or its payee held, or the books differ about the payee.
    :raises AttachmentRefused: for a file that is no PDF, PNG or JPEG, or too large.
    :raises FourEyesRefused: for the approver of the batch, and for whoever acts for the payee.
    :raises PayoutsStopped: while the kill switch is on.
    :raises InvalidTransition: if the batch was not begun, or the payout was given up.
    """
    item, batch = _locked_item(item_id)
    known = " ".join(reference.split())
    if item.status in Item.PAID and item.rail_reference == known:
        return item
    _refuse_paused(batch)
    _refuse_waiting(item, now)
    _refuse_approver(batch, actor_id)
    _refuse_own(item, actor_id)
    refuse_while_stopped()
    _refuse_odd(item, known, paid_on, now)
    kept = checked(name=proof_name, body=proof)
    item.rail_reference = known
    mark_left([item], rail=batch.rail, now=now)
    sha256 = hashlib.sha256(kept.body).hexdigest()
    ManualProof.objects.create(
        item=item,
        name=kept.name,
        body=kept.body,
        sha256=sha256,
        paid_on=paid_on,
        added_at=now,
        added_by_id=actor_id,
    )
    data = {"item": item.reference, "reference": known, "proof_sha256": sha256}
    audit.record(actor=actor_id, verb="batch.item_paid_by_hand", subject=batch, at=now, data=data)
    _end_when_all_left(batch, now)
    nudge("payouts.tasks.issue_statements")
    return item


@transaction.atomic
def give_up(*, item_id: int, reason: str, actor_id: int, now: datetime) -> Item:
    """Say that one payout cannot be made: what is in it is due again (BK18). Safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises ManualRefused: while the batch is paused.
    :raises InvalidTransition: if it was paid, or the batch was not begun.
    """
    why = required_reason(reason)
    item, batch = _locked_item(item_id)
    if item.status == ItemStatus.RELEASED:
        return item
    _refuse_paused(batch)
    fail([item], reason=why, now=now)
    data = {"item": item.reference, "amount_minor": item.amount_minor}
    audit.record(
        actor=actor_id, verb="batch.item_given_up", subject=batch, at=now, reason=why, data=data
    )
    _end_when_all_left(batch, now)
    return item


def why_not_pay(batch: Batch, user_id: int) -> str:
    """Return why this person may not carry out ``batch`` by hand; empty when they may."""
    if has_approved(batch, user_id):
        return _("You approved this batch: another person pays it.")
    return ""


def _locked(batch_id: int) -> Batch:
    batch = locked_batch(batch_id)
    if batch.rail != Rail.MANUAL:
        raise ManualRefused(_("This batch is not paid by hand."))
    return batch


def _locked_item(item_id: int) -> tuple[Item, Batch]:
    batch = _locked(Item.objects.values_list("batch_id", flat=True).get(pk=item_id))
    return Item.objects.select_for_update().get(pk=item_id), batch


def _refuse_approver(batch: Batch, actor_id: int) -> None:
    why = why_not_pay(batch, actor_id)
    if why:
        raise FourEyesRefused(why)


def _refuse_paused(batch: Batch) -> None:
    if batch.status == BatchStatus.PAUSED:
        raise ManualRefused(_("The batch is paused: let it go on first."))


def _refuse_waiting(item: Item, now: datetime) -> None:
    if Item.objects.filter(waits(now), pk=item.pk).exists():
        raise ManualRefused(
            _("It waits: somebody holds it, or the books do not agree about this payee.")
        )


def _refuse_own(item: Item, actor_id: int) -> None:
    if Membership.objects.filter(affiliate=item.affiliate_id, user=actor_id).exists():
        raise FourEyesRefused(_("You act for this payee: another person pays them."))


def _refuse_odd(item: Item, reference: str, paid_on: date, now: datetime) -> None:
    if not reference or len(reference) > _REFERENCE_LENGTH:
        raise ManualRefused(_("Enter the reference of the payment, in at most 80 characters."))
    if not bank_date(item.status_changed_at) <= paid_on <= bank_date(now):
        raise ManualRefused(
            _("The day of the payment is between the begin of the batch and today.")
        )
    if Item.objects.filter(rail_reference=reference).exclude(pk=item.pk).exists():
        raise ManualRefused(_("Another payout has this reference: enter the one of this payment."))


def _end_when_all_left(batch: Batch, now: datetime) -> None:
    """End the batch when nothing in it waits any more. What was cancelled has ended."""
    if batch.status != BatchStatus.EXECUTING or live_items(batch):
        return
    if batch.items.filter(status__in=Item.LEFT).exists():
        end_batch(batch, now=now)
        return
    batch.move_to(BatchStatus.PAUSED, at=now)
    batch.save(update_fields=["status", "status_changed_at"])
    batch.move_to(BatchStatus.CANCELLED, at=now)
    batch.save(update_fields=["status", "status_changed_at"])
