"""Carrying out a batch on a rail that answers: one payout after the other, each exactly once.

The protocol (rules ST7 to ST15 in ``docs/rules/stripe.md``): the key and the time of an attempt
are committed before the rail is asked; what it answered, the ledger and the commissions are
committed together; whoever dies in between leaves a lease behind, after which the next worker
asks again with the same key.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from core import audit
from core.money import BPS, Money
from payouts.gateways.rail import Answer, Found, Order, Verdict
from payouts.models import Batch, BatchStatus, Item, ItemStatus
from payouts.queries.waiting import waits
from payouts.services import pausing
from payouts.services.items import locked_batch, refuse_other_content
from payouts.services.leaving import (
    end_batch,
    fail,
    mark_left,
    open_gates,
    record_skipped,
    refuse_unapproved,
    skip,
    try_anew,
)
from payouts.services.payout_stops import refuse_while_stopped

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
#: An answer that says nothing is asked for again after this.
AGAIN_AFTER = timedelta(minutes=1)
#: The rail forgets keys after 24 hours, and would pay again. An hour is left for slow clocks.
KEY_LIVES = timedelta(hours=23)
#: More refusals than this, of everything answered since the batch began or went on, stop it.
MOST_REFUSED_BPS, FROM_ANSWERS = 500, 20
MOST_IN_A_ROW = 20
WAITING = (ItemStatus.QUEUED, ItemStatus.READY, ItemStatus.SENDING, ItemStatus.UNKNOWN)
ADOPTABLE = (ItemStatus.READY, ItemStatus.SENDING, ItemStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one worker has for the length of a lease: orders to send, and orders to look up."""

    orders: tuple[Order, ...]
    to_look_up: tuple[Order, ...]
    skipped: int = 0

    def __bool__(self) -> bool:
        return bool(self.orders or self.to_look_up or self.skipped)


@transaction.atomic
def begin(*, batch_id: int, actor_id: int | None = None, now: datetime) -> Batch:
    """Let an approved batch go. Nobody without ``actor_id``: its day has come.

    :raises PayoutsStopped: while the kill switch is on.
    :raises BooksDiffer: while a difference about it is open.
    :raises NotApproved: when nobody's approval is of this content.
    :raises ContentChanged: when the stored payouts are not those that were approved.
    :raises InvalidTransition: if it is not approved.
    """
    batch = locked_batch(batch_id)
    refuse_while_stopped()
    pausing.refuse_while_differs(batch)
    batch.move_to(BatchStatus.EXECUTING, at=now)
    refuse_unapproved(batch)
    refuse_other_content(batch)
    batch.save(update_fields=["status", "status_changed_at"])
    audit.record(actor=actor_id, verb="batch.begun", subject=batch, at=now)
    return batch


@transaction.atomic
def halt(*, batch_id: int, reason: str, now: datetime) -> Batch:
    """Pause a batch by itself. What is on its way is still written down; people let it go on.

    Safe to repeat: nothing happens to a batch that is not being carried out.
    """
    batch = locked_batch(batch_id)
    pausing.halt(batch, reason=reason, now=now)
    return batch


def still_to_leave(batch: Batch) -> Money:
    """Return what the payouts come to for which the rail was not asked yet."""
    rows = batch.items.filter(status=ItemStatus.READY)
    return Money(rows.aggregate(total=Sum("amount_minor"))["total"] or 0, batch.currency)


@transaction.atomic
def claim(*, batch_id: int, limit: int, now: datetime, lease: timedelta = LEASE) -> Claimed:
    """Take up to ``limit`` payouts; keys, times and leases are committed with this call.

    Every gate is asked again: whoever turned red is skipped, and the money is payable again.
    What is held, or whose payee the books do not agree about, stays where it is (CL26, P63).
    Nothing is claimed of a batch that is not being carried out.

    :raises PayoutsStopped: while the kill switch is on.
    """
    batch = locked_batch(batch_id)
    if batch.status != BatchStatus.EXECUTING:
        return Claimed((), ())
    refuse_while_stopped()
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    items = list(
        batch.items.filter(
            (Q(status=ItemStatus.READY) & ~waits(now)) | Q(free, status=ItemStatus.SENDING)
        )
        .select_related("affiliate__payee", "affiliate__stripe_account")
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    taken = _without_red(items, batch, now)
    for item in taken:
        item.move_to(ItemStatus.SENDING, at=now)
        item.lease_until = now + lease
        if not item.idempotency_key:
            item.idempotency_key, item.first_sent_at = key_of(item), now
    fields = ["status", "status_changed_at", "lease_until", "idempotency_key", "first_sent_at"]
    Item.objects.bulk_update(taken, fields, batch_size=500)
    old = {item.pk for item in taken if _is_old(item, now)}
    return Claimed(
        orders=tuple(order_of(item, batch) for item in taken if item.pk not in old),
        to_look_up=tuple(order_of(item, batch) for item in taken if item.pk in old),
        skipped=len(items) - len(taken),
    )


def key_of(item: Item) -> str:
    """Return the idempotency key of the current attempt."""
    return f"item-{item.pk}-{item.attempt}"


def order_of(item: Item, batch: Batch) -> Order:
    """Return what the rail is asked for."""
    return Order(
        item_id=item.pk,
        group=batch.reference,
        payee=str(item.affiliate.public_id),
        destination=item.stripe_account,
        amount=item.amount,
        attempt=item.attempt,
        key=item.idempotency_key,
    )


def _is_old(item: Item, now: datetime) -> bool:
    return item.first_sent_at is not None and now - item.first_sent_at >= KEY_LIVES


def _without_red(items: Sequence[Item], batch: Batch, now: datetime) -> list[Item]:
    """Skip the payouts that no one asked for yet and whose gates are red; return the others."""
    ready = [item for item in items if item.status == ItemStatus.READY]
    _leaving, red = open_gates(ready, batch.rail, now)
    skip(red, now=now)
    record_skipped(batch, red, now=now)
    skipped = {item.pk for item in red}
    return [item for item in items if item.pk not in skipped]


@transaction.atomic
def record(*, order: Order, answer: Answer, now: datetime) -> None:
    """Write what the rail answered, with the ledger and the commissions, in one transaction.

    Safe to repeat, also after another worker wrote it. An answer to an attempt that is over says
    nothing, but that money left always counts.
    """
    item = _locked(order.item_id)
    if answer.verdict == Verdict.SENT:
        write_sent(item, answer.reference, now)
    elif item.status == ItemStatus.SENDING and item.attempt == order.attempt:
        _write_unsent(item, answer, now)


def write_sent(item: Item, reference: str, now: datetime) -> None:
    """Say that a locked payout left under the rail's ``reference``; whoever was first wrote it.

    :raises RuntimeError: if it had left under another reference: that money is out twice.
    """
    if item.rail_reference:
        if item.rail_reference != reference:
            raise RuntimeError(f"{item} left as {item.rail_reference} and as {reference}")
        return
    if item.status == ItemStatus.READY:  # Our tables are older than the payment: adopted.
        item.move_to(ItemStatus.SENDING, at=now)
        item.idempotency_key, item.first_sent_at = key_of(item), now
        item.save(update_fields=["status", "status_changed_at", "idempotency_key", "first_sent_at"])
    item.rail_reference, item.lease_until = reference, None
    mark_left([item], rail=item.batch.rail, now=now)


def _write_unsent(item: Item, answer: Answer, now: datetime) -> None:
    said = f"{answer.code}: {answer.message}"
    if answer.verdict == Verdict.REFUSED:
        fail([item], reason=said, now=now)
    elif answer.verdict in (Verdict.UNFUNDED, Verdict.SHUT):
        # Certainly not paid, and the rail may keep that answer under this key.
        try_anew(item, ItemStatus.READY, now=now)
    else:
        item.lease_until = now + AGAIN_AFTER
        item.save(update_fields=["lease_until"])
        log.warning("%s: the outcome is unknown (%s); asked again with its key.", item, said)


@transaction.atomic
def adopt(*, found: Found, batch_id: int, now: datetime) -> bool:
    """Write down a payment that the rail made and our tables do not know; False if it is not ours.

    It is ours if number, destination and amount are those of a payout of the batch that may have
    left; one that was given up is for people.
    """
    item = _rows().filter(pk=found.item_id, batch=batch_id).first()
    if item is None or not is_of(found, item):
        return False
    if item.rail_reference != found.reference and item.status not in ADOPTABLE:
        return False
    write_sent(item, found.reference, now)
    log.warning("%s: found as %s at the rail and adopted.", item, found.reference)
    return True


def is_of(found: Found, item: Item) -> bool:
    """Tell whether a payment that the rail made is that of a payout."""
    return (found.item_id, found.destination, found.amount) == (
        item.pk,
        item.stripe_account,
        item.amount,
    )


@transaction.atomic
def set_unknown(*, order: Order, reason: str, now: datetime) -> None:
    """Leave a payout to people: it was asked for, and the rail knows nothing of it."""
    item = _locked(order.item_id)
    if item.status == ItemStatus.SENDING and item.attempt == order.attempt:
        item.move_to(ItemStatus.UNKNOWN, at=now)
        item.lease_until, item.reason = None, reason
        item.save(update_fields=["status", "status_changed_at", "lease_until", "reason"])


def why_pause(batch: Batch) -> str:
    """Return why too many payouts were refused since the batch began or went on; or nothing."""
    answered = batch.items.filter(
        Q(status__in=Item.LEFT) | Q(status=ItemStatus.RELEASED),
        ~Q(idempotency_key=""),
        status_changed_at__gte=batch.status_changed_at,
    )
    refused = answered.filter(status=ItemStatus.RELEASED).count()
    if not refused:
        return ""
    total = answered.count()
    last = answered.order_by("-status_changed_at", "-pk").values_list("status", flat=True)
    in_a_row = list(last[:MOST_IN_A_ROW])
    if len(in_a_row) == MOST_IN_A_ROW and set(in_a_row) == {ItemStatus.RELEASED}:
        return _("%(count)s payouts in a row were refused.") % {"count": MOST_IN_A_ROW}
    if total >= FROM_ANSWERS and refused * BPS > MOST_REFUSED_BPS * total:
        return _("%(refused)s of %(total)s payouts were refused.") % {
            "refused": refused,
            "total": total,
        }
    return ""


@transaction.atomic
def finish(*, batch_id: int, now: datetime) -> Batch:
    """End a batch of which nothing waits any more. Safe to repeat; otherwise nothing happens."""
    batch = locked_batch(batch_id)
    is_over = not batch.items.filter(status__in=WAITING).exists()
    if batch.status != BatchStatus.EXECUTING or not is_over:
        return batch
    audit.record(
        actor=None, verb="batch.sent", subject=batch, at=now, data=end_batch(batch, now=now)
    )
    return batch


def _locked(item_id: int) -> Item:
    return _rows().get(pk=item_id)


def _rows() -> QuerySet[Item]:
    return Item.objects.select_for_update(of=("self",)).select_related("batch")
