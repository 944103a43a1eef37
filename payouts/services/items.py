"""The payouts inside a batch: made of what is due, taken out, set aside, released."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from core import audit, locks
from core.errors import DomainError, InvalidTransition
from core.hashing import keyed_hash
from core.money import Money
from payouts.domain.content_hash import FrozenBatch, FrozenItem, FrozenLine, content_hash
from payouts.domain.gates import Destination
from payouts.models import (
    Batch,
    BatchStatus,
    Item,
    ItemLine,
    ItemStatus,
    Transfer,
)
from payouts.queries.candidates import Candidate, candidates, frozen_destination
from payouts.queries.why_not_paid import staff_sentence
from payouts.services.ledger import Leg, Posting, account_of, move, post_all

RESERVED = "reserved"
_COMPOSE_LOCK = 0x42415443


class ReasonMissing(DomainError):
    """An act that needs a reason came without one."""

    code = "reason_missing"


class NotADraft(InvalidTransition):
    """A payout was to be changed after its batch had been submitted."""

    code = "not_a_draft"


class FourEyesRefused(DomainError):
    """This person may not do this to this batch: another one must."""

    code = "four_eyes"


class ContentChanged(DomainError):
    """What is stored is not what was submitted and approved."""

    code = "content_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a recomputation did, or would do, to one payee's payout in a draft."""

    affiliate_id: int
    name: str
    before: Money | None
    after: Money | None
    why: str

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_gone(self) -> bool:
        return self.after is None


def wait_for_makers() -> None:
    """Let one make a batch at a time: the second waits here, and then sees what the first made."""
    locks.hold(_COMPOSE_LOCK)


def keep_batches_still() -> None:
    """Wait for whoever composes a batch, and let nobody else do it until commit."""
    wait_for_makers()
    opened = Batch.objects.select_for_update().filter(status__in=Batch.OPEN)
    list(opened.order_by("pk").values_list("pk", flat=True))


def locked_batch(batch_id: int) -> Batch:
    """Return the batch with its row locked until commit: every change of a batch begins here."""
    return Batch.objects.select_for_update(of=("self",)).select_related("debtor").get(pk=batch_id)


def live_items(batch: Batch, *statuses: str) -> list[Item]:
    """Return the payouts of ``batch`` in ``statuses`` (by default all live ones), by id."""
    wanted = statuses or Item.LIVE
    return list(
        batch.items.filter(status__in=wanted).select_related("affiliate__payee").order_by("pk")
    )


def required_reason(reason: str) -> str:
    """Return ``reason`` without outer blanks.

    :raises ReasonMissing: when nothing is left.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why: the reason is kept with the batch."))
    return reason.strip()


@transaction.atomic
def exclude_item(*, item_id: int, actor_id: int, reason: str, now: datetime) -> Item:
    """Take one payout out of a draft. What is due stays due, and waits for another batch.

    :raises ReasonMissing: without a reason.
    :raises NotADraft: once the batch is submitted.
    """
    why = required_reason(reason)
    item, batch = _locked_item(item_id)
    if item.status == ItemStatus.RELEASED:
        return item
    item.lines.all().delete()
    item.move_to(ItemStatus.RELEASED, at=now)
    item.reason = why
    item.save(update_fields=["status", "status_changed_at", "reason"])
    retotal(batch)
    _record("batch.item_excluded", batch, item, actor_id, now, why)
    return item


@transaction.atomic
def include_item(*, item_id: int, actor_id: int, now: datetime) -> tuple[Change, ...]:
    """Let an excluded payee into the draft again, with what is due now; return what changed.

    :raises NotADraft: once the batch is submitted.
    """
    item, batch = _locked_item(item_id)
    if item.status != ItemStatus.RELEASED:
        return ()
    _record("batch.item_included", batch, item, actor_id, now, "")
    item.delete()
    return rebuild(batch, now=now)


def _locked_item(item_id: int) -> tuple[Item, Batch]:
    batch_id = Item.objects.values_list("batch_id", flat=True).get(pk=item_id)
    batch = locked_batch(batch_id)
    if batch.status != BatchStatus.DRAFT:
        raise NotADraft(_("The batch is submitted: send it back to change it."))
    return Item.objects.select_for_update().get(pk=item_id), batch


def _record(verb: str, batch: Batch, item: Item, actor_id: int, now: datetime, reason: str) -> None:
    audit.record(
        actor=actor_id,
        verb=verb,
        subject=batch,
        at=now,
        reason=reason,
        data={"affiliate_id": item.affiliate_id, "amount_minor": item.amount_minor},
    )


def differences(batch: Batch, *, now: datetime) -> tuple[Change, ...]:
    """Return what :func:`rebuild` would change in the draft now, and change nothing."""
    return tuple(change for change, _item, _candidate in _compare(batch, now, lock=False))


def rebuild(batch: Batch, *, now: datetime) -> tuple[Change, ...]:
    """Bring a locked draft to what is due now; return what changed. Excluded payees stay out."""
    changes, lines = [], []
    for change, item, candidate in list(_compare(batch, now, lock=True)):
        if item is not None:
            item.lines.all().delete()
        if candidate is not None:
            lines += _write(batch, candidate, item, now)
        elif item is not None:
            item.delete()
        changes.append(change)
    ItemLine.objects.bulk_create(lines, batch_size=1_000)
    retotal(batch)
    return tuple(changes)


def retotal(batch: Batch) -> None:
    """Store how many payouts the batch has and what they come to."""
    live = batch.items.filter(status__in=Item.LIVE)
    batch.item_count = live.count()
    batch.total_minor = live.aggregate(total=Sum("amount_minor"))["total"] or 0
    batch.save(update_fields=["item_count", "total_minor"])


def _compare(
    batch: Batch, now: datetime, *, lock: bool
) -> Iterable[tuple[Change, Item | None, Candidate | None]]:
    stored = {item.affiliate_id: item for item in live_items(batch)}
    excluded = set(
        batch.items.filter(status=ItemStatus.RELEASED).values_list("affiliate_id", flat=True)
    )
    due = {
        candidate.affiliate.pk: candidate
        for candidate in candidates(
            rail=batch.rail,
            currency=batch.currency,
            cutoff_at=batch.cutoff_at,
            at=now,
            batch=batch,
            lock=lock,
        )
    }
    frozen = {item.affiliate_id: item for item in _frozen_items(list(stored.values()))}
    for affiliate_id in sorted(stored.keys() | (due.keys() - excluded)):
        item, candidate = stored.get(affiliate_id), due.get(affiliate_id)
        if candidate is not None and candidate.is_payable:
            if item is None or _content(frozen[affiliate_id]) != _due_content(candidate):
                yield _change(item, candidate), item, candidate
        elif item is not None:
            yield _gone(item, candidate), item, None


def _content(frozen: FrozenItem) -> tuple[int, Destination, list[FrozenLine]]:
    return frozen.amount_minor, frozen.destination, sorted(frozen.lines)


def _due_content(candidate: Candidate) -> tuple[int, Destination | None, list[FrozenLine]]:
    return candidate.amount.minor, candidate.destination, sorted(candidate.lines)


def _change(item: Item | None, candidate: Candidate) -> Change:
    if item is None:
        why = _("Can be paid now.")
    elif item.amount != candidate.amount:
        why = _("The amount changed.")
    elif frozen_destination(item) != candidate.destination:
        why = _("The payment details changed.")
    else:
        why = _("The commissions behind the amount changed.")
    return Change(
        affiliate_id=candidate.affiliate.pk,
        name=candidate.affiliate.name,
        before=item.amount if item else None,
        after=candidate.amount,
        why=why,
    )


def _gone(item: Item, candidate: Candidate | None) -> Change:
    gates = candidate.gates if candidate else ()
    why = " ".join(staff_sentence(gate) for gate in gates) or _("Nothing is due any more.")
    return Change(
        affiliate_id=item.affiliate_id,
        name=item.affiliate.name,
        before=item.amount,
        after=None,
        why=why,
    )


def _write(batch: Batch, candidate: Candidate, item: Item | None, now: datetime) -> list[ItemLine]:
    """Store the payout of ``candidate``, new or over ``item``; return its lines, not yet stored."""
    to = candidate.destination or Destination(name=candidate.affiliate.name)
    item = item or Item(batch=batch, affiliate=candidate.affiliate, status_changed_at=now)
    item.amount_minor, item.currency = candidate.amount.minor, candidate.amount.currency
    item.vat_minor = candidate.vat.minor
    item.payee_name, item.iban, item.iban_last4 = to.name, to.iban, to.iban[-4:]
    item.country, item.town = to.country, to.town
    item.store, item.staff_number = to.store, to.staff_number
    item.stripe_account = to.stripe_account
    item.save()
    return [
        ItemLine(
            item=item,
            commission_id=line.commission_id or None,
            adjustment_id=line.adjustment_id or None,
            amount_minor=line.amount_minor,
        )
        for line in candidate.lines
    ]


def hash_of(batch: Batch) -> str:
    """Return the content hash of the live payouts of ``batch``, as they are stored now."""
    debtor = keyed_hash("iban", batch.debtor.iban) if batch.debtor else ""
    return content_hash(
        FrozenBatch(
            reference=batch.reference,
            rail=batch.rail,
            currency=batch.currency,
            execution_date=batch.execution_date,
            debtor=debtor,
            items=tuple(_frozen_items(live_items(batch))),
        )
    )


def refuse_other_content(batch: Batch) -> None:
    """Do nothing when the stored payouts are those that the batch was submitted with.

    :raises ContentChanged: when a row was changed behind the back of the services.
    """
    if hash_of(batch) != batch.content_hash:
        raise ContentChanged(
            _("The payouts are not those that were submitted. Send the batch back or cancel it.")
        )


def _frozen_items(items: Sequence[Item]) -> list[FrozenItem]:
    lines: dict[int, list[FrozenLine]] = {item.pk: [] for item in items}
    rows = ItemLine.objects.filter(item__in=lines, released_at__isnull=True)
    for item_id, commission, adjustment, minor in rows.values_list(
        "item_id", "commission_id", "adjustment_id", "amount_minor"
    ):
        lines[item_id].append(FrozenLine(commission or 0, adjustment or 0, minor))
    return [
        FrozenItem(
            item_id=item.pk,
            affiliate_id=item.affiliate_id,
            amount_minor=item.amount_minor,
            vat_minor=item.vat_minor,
            destination=frozen_destination(item),
            lines=tuple(lines[item.pk]),
        )
        for item in items
    ]


def reserve(items: Sequence[Item], *, now: datetime) -> None:
    """Set the money of ``items`` aside: from payable to reserved."""
    times = _times_reserved(items)
    post_all(
        [
            _moved(item, f"reserve:{times[item.pk] + 1}", RESERVED, "payable", "reserved", now)
            for item in items
        ],
        now=now,
    )


def give_back(items: Sequence[Item], *, now: datetime) -> None:
    """Undo the last reservation of ``items``: from reserved to payable."""
    times = _times_reserved(items)
    post_all(
        [
            _moved(item, f"release:{times[item.pk]}", "released", "reserved", "payable", now)
            for item in items
        ],
        now=now,
    )


def release(items: Sequence[Item], *, reason: str, now: datetime) -> None:
    """End ``items`` without payment: their lines are free for another batch."""
    for item in items:
        item.move_to(ItemStatus.RELEASED, at=now)
        item.reason = reason or item.reason
    Item.objects.bulk_update(items, ["status", "status_changed_at", "reason"], batch_size=500)
    lines = ItemLine.objects.filter(item__in=items, released_at__isnull=True)
    lines.update(released_at=now)


def _moved(item: Item, key: str, kind: str, debit: str, credit: str, now: datetime) -> Posting:
    leg = Leg(
        debit=account_of(item.affiliate_id, debit),
        credit=account_of(item.affiliate_id, credit),
        amount=item.net,
    )
    return move(f"item:{item.pk}:{key}", kind, leg, now)


def _times_reserved(items: Sequence[Item]) -> Counter[int]:
    """Return how often each payout was submitted so far, as the ledger knows it."""
    keys = Transfer.objects.filter(
        kind=RESERVED, debit__affiliate__in={item.affiliate_id for item in items}
    ).values_list("source_key", flat=True)
    return Counter(int(key.split(":")[1]) for key in keys)
