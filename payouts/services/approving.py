"""The yes to a batch: by as many people as its amount needs, each to exactly its content.

The rules are P9 to P12 and P35 to P39 of ``docs/rules/payouts.md``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import audit
from core.errors import DomainError, InvalidTransition
from core.models import User
from payouts.domain.approval_rules import exceeds_daily_limit
from payouts.models import Approval, Batch, BatchStatus, Item, ItemStatus
from payouts.queries.approval_rules import approved_today, daily_limit, lacking
from payouts.queries.approvals import why_not_approve
from payouts.queries.review import flagged_items
from payouts.services.items import (
    ContentChanged,
    FourEyesRefused,
    live_items,
    locked_batch,
    refuse_other_content,
)


class ApprovalRefused(DomainError):
    """This yes does not count. The attempt is kept in the audit trail."""

    code = "approval_refused"


class LimitExceeded(ApprovalRefused):
    """The person would approve more in a day than they may."""

    code = "limit_exceeded"


class ReviewExpired(ApprovalRefused):
    """The batch waited too long: what is due has moved on."""

    code = "review_expired"


class NotLookedAt(ApprovalRefused):
    """A payment that deserves a look was not ticked."""

    code = "not_looked_at"


def approve(
    *,
    batch_id: int,
    actor_id: int,
    content_hash: str,
    now: datetime,
    looked_at: Collection[int] | None = None,
    comment: str = "",
) -> Batch:
    """Say yes to exactly what ``content_hash`` stands for (P9 to P12, P35 to P39).

    The batch is approved once as many people said so as its amount needs; until then the yes is
    kept and the batch stays in review. ``looked_at`` are the payments that the person ticked, by
    id; every flagged one must be among them. ``None``: no page showed them. Safe to repeat by the
    same person. Refusals are kept in the audit trail.

    :raises FourEyesRefused: for whoever made, edited or submitted the batch, changed the bank
        details of a payee in it, or is paid by it.
    :raises ContentChanged: when the page showed, or the tables hold, other content.
    :raises LimitExceeded, ReviewExpired, NotLookedAt: see the classes.
    :raises InvalidTransition: if it is not in review.
    """
    try:
        return _approve(batch_id, actor_id, content_hash, looked_at, comment.strip(), now)
    except (FourEyesRefused, ContentChanged, ApprovalRefused) as refusal:
        batch = Batch.objects.get(pk=batch_id)
        audit.record(
            actor=actor_id,
            verb="batch.approval_refused",
            subject=batch,
            at=now,
            reason=str(refusal),
        )
        raise


@transaction.atomic
def _approve(
    batch_id: int,
    actor_id: int,
    shown_hash: str,
    looked_at: Collection[int] | None,
    comment: str,
    now: datetime,
) -> Batch:
    batch = locked_batch(batch_id)
    asked = batch.status in (BatchStatus.IN_REVIEW, BatchStatus.APPROVED)
    if asked and _has_approved(batch, actor_id, shown_hash):
        return batch
    if batch.status != BatchStatus.IN_REVIEW:
        raise InvalidTransition(f"A {batch.status} batch cannot become approved.")
    _refuse_person(batch, actor_id, now)
    if shown_hash != batch.content_hash:
        raise ContentChanged(_("The batch changed since you opened the page: read it again."))
    refuse_other_content(batch)
    _refuse_unseen(batch, looked_at, now)
    Approval.objects.create(batch=batch, user_id=actor_id, content_hash=shown_hash, at=now)
    short = lacking(batch, now)
    data = {
        "total_minor": batch.total_minor,
        "items": batch.item_count,
        "content_hash": shown_hash,
    }
    if short:
        data["people_missing"] = short.people
        audit.record(
            actor=actor_id,
            verb="batch.approval_given",
            subject=batch,
            at=now,
            reason=comment,
            data=data,
        )
        return batch
    items = live_items(batch)
    for item in items:
        item.move_to(ItemStatus.READY, at=now)
    Item.objects.bulk_update(items, ["status", "status_changed_at"], batch_size=500)
    batch.move_to(BatchStatus.APPROVED, at=now)
    batch.save(update_fields=["status", "status_changed_at"])
    audit.record(
        actor=actor_id, verb="batch.approved", subject=batch, at=now, reason=comment, data=data
    )
    return batch


def _has_approved(batch: Batch, actor_id: int, shown_hash: str) -> bool:
    return batch.approvals.filter(
        user=actor_id, content_hash=shown_hash, dropped_at__isnull=True
    ).exists()


def _refuse_person(batch: Batch, actor_id: int, now: datetime) -> None:
    why_not = why_not_approve(batch, actor_id)
    if why_not:
        raise FourEyesRefused(why_not)
    waited = timedelta(hours=settings.PAYOUT_REVIEW_HOURS)
    if batch.submitted_at is not None and now - batch.submitted_at > waited:
        raise ReviewExpired(
            ngettext(
                "The batch was submitted more than %(hours)s hour ago: send it back.",
                "The batch was submitted more than %(hours)s hours ago: send it back.",
                settings.PAYOUT_REVIEW_HOURS,
            )
            % {"hours": settings.PAYOUT_REVIEW_HOURS}
        )
    # Two batches approved by one person at once would both see the limit unspent.
    User.objects.select_for_update(no_key=True).get(pk=actor_id)
    limit = daily_limit(actor_id, batch.currency, now)
    approved = approved_today(actor_id, batch.currency, now)
    if exceeds_daily_limit(limit, approved, batch.total_minor):
        raise LimitExceeded(
            _("This is more than you may approve in one day: another person approves it.")
        )


def _refuse_unseen(batch: Batch, looked_at: Collection[int] | None, now: datetime) -> None:
    if looked_at is None:
        return
    unseen = len(flagged_items(batch, now) - set(looked_at))
    if unseen:
        raise NotLookedAt(
            ngettext(
                "Tick the payment to look at that you did not tick.",
                "Tick the %(count)s payments to look at that you did not tick.",
                unseen,
            )
            % {"count": unseen}
        )
