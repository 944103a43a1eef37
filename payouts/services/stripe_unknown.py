"""A payout of which nobody knows whether it left: two people decide, after one more look (ST18)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import AuditEntry
from payouts.gateways import stripe as gateway
from payouts.gateways.rail import PayoutRail
from payouts.models import BatchStatus, Item, ItemStatus, Rail
from payouts.services import executing, stripe_runs
from payouts.services.items import FourEyesRefused, required_reason
from payouts.services.leaving import fail, try_anew
from payouts.services.stripe_accounts import told_when_silent


class Decision(StrEnum):
    AGAIN = "again"
    RELEASE = "release"


class NotUnknown(DomainError):
    """It is known by now what became of the payout, or the batch is over."""

    code = "not_unknown"


def decide(
    *,
    item_id: int,
    decision: Decision,
    actor_id: int,
    reason: str,
    now: datetime,
    rail: PayoutRail | None = None,
) -> Item:
    """Say what becomes of an unknown payout; it happens once a second person says the same.

    ``AGAIN``: it is sent by a new attempt, with a new key. ``RELEASE``: it is given up, and the
    money is due again. Before either, Stripe is asked once more: what it lists is adopted.

    :raises ReasonMissing: without a reason.
    :raises FourEyesRefused: for the person who asked for it.
    :raises NotUnknown: when it is known by now, or its batch is over and nothing can leave.
    :raises StripeSilent: when Stripe cannot be asked, or is not set up; nothing changes.
    """
    why = required_reason(reason)
    item = Item.objects.select_related("batch", "affiliate").get(pk=item_id)
    _refuse_known(item, decision)
    order = executing.order_of(item, item.batch)
    with told_when_silent():
        is_made = stripe_runs.look_up(
            order, batch_id=item.batch_id, rail=rail or gateway.connect(), now=now
        )
    if is_made:
        executing.finish(batch_id=item.batch_id, now=now)
        return Item.objects.get(pk=item_id)
    item = _decide(item_id, decision, actor_id, why, now)
    if item.status == ItemStatus.RELEASED:
        executing.finish(batch_id=item.batch_id, now=now)
    return item


def asked_by(item: Item) -> AuditEntry | None:
    """Return what a first person asked for the current attempt of an unknown payout, if any."""
    entries = AuditEntry.objects.filter(
        subject_type=item._meta.label_lower,
        subject_id=str(item.pk),
        verb__in=[f"item.{decision}_asked" for decision in Decision],
        data__attempt=item.attempt,
    )
    return entries.select_related("actor").order_by("-pk").first()


@transaction.atomic
def _decide(item_id: int, decision: Decision, actor_id: int, reason: str, now: datetime) -> Item:
    rows = Item.objects.select_for_update(of=("self",)).select_related("batch")
    item = rows.get(pk=item_id)
    _refuse_known(item, decision)
    asked = asked_by(item)
    if asked is None or asked.verb != f"item.{decision}_asked":
        _record(f"item.{decision}_asked", item, actor_id, reason, now)
        return item
    if asked.actor_id == actor_id:
        raise FourEyesRefused(_("You asked for it: another person confirms."))
    _record(f"item.{decision}_confirmed", item, actor_id, reason, now)
    if decision == Decision.AGAIN:
        try_anew(item, ItemStatus.SENDING, now=now)
    else:
        fail([item], reason=reason, now=now)
    return item


def _refuse_known(item: Item, decision: Decision) -> None:
    if item.status != ItemStatus.UNKNOWN or item.batch.rail != Rail.STRIPE:
        raise NotUnknown(_("It is known by now what became of this payout."))
    may_go_on = (BatchStatus.EXECUTING, BatchStatus.PAUSED)
    if decision == Decision.AGAIN and item.batch.status not in may_go_on:
        raise NotUnknown(_("The batch is over: give the payout up, and the next batch takes it."))


def _record(verb: str, item: Item, actor_id: int, reason: str, now: datetime) -> None:
    audit.record(
        actor=actor_id,
        verb=verb,
        subject=item,
        at=now,
        reason=reason,
        data={"attempt": item.attempt, "amount_minor": item.amount_minor},
    )
