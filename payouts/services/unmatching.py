"""Lines of the bank that were taken for the wrong payout, taken off it by two people.

Rules BK19 to BK24 in ``docs/rules/bank-files.md``.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Membership
from core import audit
from core.errors import DomainError
from core.money import Money
from payouts.gateways.camt import short
from payouts.models import BankEntry, EntryKind, EntryState, Item, ItemReturn, ItemStatus
from payouts.services import bank_mails
from payouts.services.item_returns import undo_return, why_not_undo
from payouts.services.items import FourEyesRefused, keep_batches_still, required_reason
from payouts.services.ledger import contrary, post_all
from payouts.services.settling import account_key, locked_items, return_reference


class NotUnmatched(DomainError):
    """The line stands at no payout, or what it did cannot be undone by taking it off."""

    code = "not_unmatched"


@transaction.atomic
def ask(*, entry_id: int, actor_id: int, reason: str, now: datetime) -> BankEntry:
    """Say that a line was taken for the wrong payout; nothing changes before another person agrees.

    Safe to repeat by the same person.

    :raises ReasonMissing: without a reason.
    :raises NotUnmatched: when it cannot be taken off, or somebody else asked before.
    """
    why = required_reason(reason)
    entry, _item = _locked(entry_id)
    if entry.unmatch_asked_by_id == actor_id:
        return entry
    if entry.unmatch_asked_by_id is not None:
        raise NotUnmatched(_("Somebody asked for it before: agree to it, or let it stand."))
    entry.unmatch_reason, entry.unmatch_asked_by_id = why, actor_id
    entry.unmatch_asked_at = now
    entry.save(update_fields=["unmatch_reason", "unmatch_asked_by", "unmatch_asked_at"])
    audit.record(actor=actor_id, verb="bank_entry.unmatch_asked", subject=entry, at=now, reason=why)
    return entry


@transaction.atomic
def let_stand(*, entry_id: int, actor_id: int, now: datetime) -> BankEntry:
    """Leave a line at its payout, although somebody asked to take it off. Safe to repeat."""
    entry = BankEntry.objects.select_for_update().get(pk=entry_id)
    if entry.unmatch_asked_at is None:
        return entry
    _forget(entry)
    entry.save(update_fields=["unmatch_reason", "unmatch_asked_by", "unmatch_asked_at"])
    audit.record(actor=actor_id, verb="bank_entry.unmatch_declined", subject=entry, at=now)
    return entry


@transaction.atomic
def agree(*, entry_id: int, actor_id: int, now: datetime) -> BankEntry:
    """Take a line off its payout again: the payout is what it was before, the line waits for one.

    After a booking the payout waits for its booking; after a return nothing is due again. The
    ledger keeps what it said and says the contrary now. A line that was taken off is matched by
    people alone from then on. Safe to repeat.

    :raises FourEyesRefused: for the person who asked, and for who acts for the payee.
    :raises NotUnmatched: when nobody asked, or something followed from it since.
    """
    keep_batches_still()
    known = BankEntry.objects.select_for_update().get(pk=entry_id)
    if known.state == EntryState.UNMATCHED and known.unmatched:
        return known
    entry, item = _locked(entry_id)
    if entry.unmatch_asked_by_id is None:
        raise NotUnmatched(_("Nobody asked to take this line off its payout."))
    _refuse_same_person(entry, item, actor_id)
    why, asked_by = entry.unmatch_reason, entry.unmatch_asked_by_id
    if entry.kind == EntryKind.BOOKED and item.status == ItemStatus.SETTLED:
        item.move_to(ItemStatus.SENT, at=now)
        item.save(update_fields=["status", "status_changed_at"])
    returned = _return_of(entry, item)
    if returned is not None:
        undo_return(returned, now=now)
        amount = Money(returned.amount_minor, returned.currency)
        bank_mails.arrived(item, amount, reference=returned.reference, now=now)
    _post_contrary(entry, now)
    _forget(entry)
    entry.state, entry.item, entry.unmatched = EntryState.UNMATCHED, None, entry.unmatched + 1
    entry.save()
    data = {"item": item.reference, "amount_minor": entry.amount_minor, "asked_by": asked_by}
    if returned is not None:
        data["return_undone"] = returned.reference
    audit.record(
        actor=actor_id, verb="bank_entry.unmatched", subject=entry, at=now, reason=why, data=data
    )
    return entry


def why_not_unmatch(entry: BankEntry) -> str:
    """Return why a line cannot be taken off its payout, as a sentence; empty when it can (BK20)."""
    if entry.state != EntryState.MATCHED or entry.item is None:
        return _("The line is matched with no payout.")
    if entry.kind != EntryKind.BOOKED:
        returned = _return_of(entry, entry.item)
        if returned is None:
            return ""
        if _is_told_again(entry, entry.item):
            return _("Another line says that it came back, too: take that line off first.")
        return why_not_undo(returned)
    if entry.item.returns.standing().exists():
        return _("Some of this payout came back since: its booking cannot be taken off any more.")
    return ""


def _is_told_again(entry: BankEntry, item: Item) -> bool:
    """Tell whether a line brought to the account what this one had made due before (BK23)."""
    others = item.bank_entries.filter(kind=EntryKind.RETURNED, state=EntryState.MATCHED)
    return any(_return_of(other, item) is None for other in others.exclude(pk=entry.pk))


def _return_of(entry: BankEntry, item: Item) -> ItemReturn | None:
    """Return what this line made due again; none for a booking, and for what came back before."""
    if entry.kind == EntryKind.BOOKED:
        return None
    rows = ItemReturn.objects.select_related("item")
    return rows.filter(item=item, reference=return_reference(entry)).first()


def _locked(entry_id: int) -> tuple[BankEntry, Item]:
    """Return a matched line and its payout, their rows locked: the line's first, as always.

    :raises NotUnmatched: when it cannot be taken off.
    """
    entry = BankEntry.objects.select_for_update().get(pk=entry_id)
    if entry.item_id is not None:
        [entry.item] = locked_items([entry.item_id])
    why = why_not_unmatch(entry)
    if why or entry.item is None:
        raise NotUnmatched(why)
    return entry, entry.item


def _refuse_same_person(entry: BankEntry, item: Item, actor_id: int) -> None:
    if entry.unmatch_asked_by_id == actor_id:
        raise FourEyesRefused(_("You asked for it: another person agrees."))
    if Membership.objects.filter(affiliate=item.affiliate_id, user=actor_id).exists():
        raise FourEyesRefused(_("You act for this payee: another person agrees."))


def _forget(entry: BankEntry) -> None:
    entry.unmatch_reason, entry.unmatch_asked_by, entry.unmatch_asked_at = "", None, None


def _post_contrary(entry: BankEntry, now: datetime) -> None:
    """What the line moved through the account goes back, today: what was posted stays."""
    under = f"camt:{short(entry.reference)}:off:{entry.unmatched + 1}"
    off = contrary(account_key(entry), under=under, kind="unmatched", effective_at=now)
    post_all([off], now=now)
