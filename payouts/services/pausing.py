"""A batch that stops on its way, and goes on (P42, CL26)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from payouts.models import Batch, BatchStatus
from payouts.queries.approvals import why_not_approve
from payouts.queries.waiting import stopping
from payouts.services.items import FourEyesRefused, locked_batch, required_reason
from payouts.services.payout_stops import refuse_while_stopped


class StillInFlight(DomainError):
    """A payment may have left: nobody can say yet that it did not."""

    code = "still_in_flight"


class BooksDiffer(DomainError):
    """The books do not agree about a batch: nothing of it leaves until that is settled."""

    code = "books_differ"


def refuse_while_differs(batch: Batch) -> None:
    """Do nothing while the books agree about ``batch``: all that sends it calls this (CL26).

    :raises BooksDiffer: while a difference about it is open.
    """
    if stopping().filter(batch=batch.pk).exists():
        raise BooksDiffer(
            _("The books do not agree about this batch: settle it under Reconciliation first.")
        )


def halt(batch: Batch, *, reason: str, now: datetime, data: dict[str, Any] | None = None) -> None:
    """Pause a locked batch by itself. Nothing happens to one that is not being carried out."""
    if batch.status != BatchStatus.EXECUTING:
        return
    batch.move_to(BatchStatus.PAUSED, at=now)
    batch.note = reason
    batch.save(update_fields=["status", "status_changed_at", "note"])
    audit.record(actor=None, verb="batch.paused", subject=batch, at=now, reason=reason, data=data)


@transaction.atomic
def pause(*, batch_id: int, actor_id: int, reason: str, now: datetime) -> Batch:
    """Let nothing more of an executing batch leave, for a reason. Anybody of finance may.

    Safe to repeat: a paused batch stays paused.

    :raises ReasonMissing: without a reason.
    :raises InvalidTransition: if it is not executing.
    """
    why = required_reason(reason)
    batch = locked_batch(batch_id)
    if batch.status == BatchStatus.PAUSED:
        return batch
    batch.move_to(BatchStatus.PAUSED, at=now)
    batch.note = why
    batch.save(update_fields=["status", "status_changed_at", "note"])
    audit.record(actor=actor_id, verb="batch.paused", subject=batch, at=now, reason=why)
    return batch


@transaction.atomic
def resume(*, batch_id: int, actor_id: int, reason: str, now: datetime) -> Batch:
    """Let a paused batch go on, for a reason: only somebody who may approve it.

    :raises ReasonMissing: without a reason.
    :raises FourEyesRefused: for whoever may not approve the batch.
    :raises PayoutsStopped: while the kill switch is on.
    :raises BooksDiffer: while a difference about it is open.
    :raises InvalidTransition: if it is not paused.
    """
    why = required_reason(reason)
    batch = locked_batch(batch_id)
    batch.move_to(BatchStatus.EXECUTING, at=now)
    why_not = why_not_approve(batch, actor_id)
    if why_not:
        raise FourEyesRefused(why_not)
    refuse_while_stopped()
    refuse_while_differs(batch)
    let_go_on(batch, actor_id=actor_id, reason=why)
    return batch


def let_go_on(batch: Batch, *, actor_id: int | None, reason: str) -> None:
    """Store that a locked batch, moved on already, goes on; who said so is kept."""
    batch.note = ""
    batch.save(update_fields=["status", "status_changed_at", "note"])
    audit.record(
        actor=actor_id,
        verb="batch.resumed",
        subject=batch,
        at=batch.status_changed_at,
        reason=reason,
    )
