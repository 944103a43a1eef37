"""Payments left out of a batch in review, in one act that makes its next version (P59)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidTransition
from payouts.models import Batch, BatchStatus, Item, ItemStatus
from payouts.services.batches import DraftIsStale, send_back, submit
from payouts.services.items import (
    ContentChanged,
    exclude_item,
    live_items,
    locked_batch,
    refuse_other_content,
    required_reason,
)

#: Names told in the note of the batch; every payment has its own entry in the audit trail.
_MOST_TOLD = 5


class NothingLeftOut(DomainError):
    """No payment of the batch was chosen, or all of them were."""

    code = "nothing_left_out"


@transaction.atomic
def leave_out(
    *,
    batch_id: int,
    reasons: Mapping[int, str],
    content_hash: str,
    actor_id: int,
    now: datetime,
) -> Batch:
    """Send a batch back, leave payments out, and submit what stays: all of it, or nothing (P59).

    ``reasons`` holds why, by the id of each payment to be left out. What stays is exactly what
    it was, frozen under a hash of its own; every approval is dropped. The person has edited the
    batch by it, so that another one approves it. Safe to repeat by the same person.

    :raises ReasonMissing: for a payment without a reason.
    :raises NothingLeftOut: when no payment of the batch is named, or none would stay.
    :raises ContentChanged: when the page showed, or the tables hold, other content.
    :raises DraftIsStale: when what stays is not what is due now: it is sent back and recomputed.
    :raises InvalidTransition: if it is not in review.
    """
    why = {pk: required_reason(reason) for pk, reason in reasons.items()}
    batch = locked_batch(batch_id)
    if batch.status != BatchStatus.IN_REVIEW:
        raise InvalidTransition(f"Nothing is left out of a {batch.status} batch like this.")
    if why and batch.submitted_by_id == actor_id and _are_out(batch, why):
        return batch
    if content_hash != batch.content_hash:
        raise ContentChanged(_("The batch changed since you opened the page: read it again."))
    refuse_other_content(batch)
    chosen = _chosen(batch, why)
    send_back(batch_id=batch_id, actor_id=actor_id, reason=_told(batch, chosen, why), now=now)
    for item in chosen:
        exclude_item(item_id=item.pk, actor_id=actor_id, reason=why[item.pk], now=now)
    try:
        return submit(batch_id=batch_id, actor_id=actor_id, now=now)
    except DraftIsStale as stale:
        raise DraftIsStale(
            _("What is due changed since it was submitted: send it back and compute it again.")
        ) from stale


def _are_out(batch: Batch, why: Mapping[int, str]) -> bool:
    out = batch.items.filter(pk__in=why, status=ItemStatus.RELEASED)
    return out.count() == len(why)


def _chosen(batch: Batch, why: Mapping[int, str]) -> list[Item]:
    """Return the payments to leave out.

    :raises NothingLeftOut: when they are not of this batch, none, or all of it.
    """
    inside = live_items(batch)
    chosen = [item for item in inside if item.pk in why]
    if not chosen or len(chosen) < len(why):
        raise NothingLeftOut(_("Say why beside each payment of this batch to be left out."))
    if len(chosen) == len(inside):
        raise NothingLeftOut(_("Nothing would stay in it: send the batch back instead."))
    return chosen


def _told(batch: Batch, chosen: list[Item], why: Mapping[int, str]) -> str:
    told = [f"{item.affiliate.name}: {why[item.pk]}" for item in chosen[:_MOST_TOLD]]
    if len(chosen) > _MOST_TOLD:
        told.append("…")
    named = {"count": len(chosen), "of": batch.item_count, "why": "; ".join(told)}
    return _("%(count)s of %(of)s payments left out. %(why)s") % named
