"""Which payout a line of a bank file is about, and why it cannot be taken for it. Rule BK8."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from payouts.models import (
    BankEntry,
    Batch,
    BatchStatus,
    EntryKind,
    EntryState,
    Item,
    ItemStatus,
    Rail,
)

PAYOUT = re.compile(r"AP\d{10}")
BATCH = re.compile(r"APB-\d{4}-\d{2}-\d{4,}")
#: The rails whose money passes our bank account, payment by payment.
ON_THE_ACCOUNT = (Rail.SEPA, Rail.MANUAL)


@dataclass(frozen=True, slots=True)
class Known:
    """What the bank said before of some payouts: the lines that booked and gave back each."""

    booked: dict[int, list[BankEntry]]
    given_back: dict[int, list[BankEntry]]

    def add(self, entry: BankEntry, item: Item) -> None:
        """Know ``entry`` too, from now on."""
        if entry.kind == EntryKind.BOOKED:
            self.booked.setdefault(item.pk, []).append(entry)
        elif entry.kind == EntryKind.RETURNED:
            self.given_back.setdefault(item.pk, []).append(entry)

    def is_told_twice(self, entry: BankEntry, item: Item) -> bool:
        """Tell whether a file of another kind told of the same booking under another reference."""
        before = self.booked if entry.kind == EntryKind.BOOKED else self.given_back
        return any(
            one.file.kind != entry.file.kind
            and (one.booked_on, one.amount_minor) == (entry.booked_on, entry.amount_minor)
            for one in before.get(item.pk, ())
        )


def known_of(items: Collection[Item]) -> Known:
    """Return what is known of ``items``, in one query."""
    known = Known({}, {})
    matched = BankEntry.objects.filter(item__in=items, state=EntryState.MATCHED)
    for entry in matched.select_related("file", "item").order_by("pk"):
        if entry.item is not None:
            known.add(entry, entry.item)
    return known


def payouts_named(references: Iterable[str]) -> list[int]:
    """Return the ids in the end-to-end ids that are of the form of ours."""
    return sorted({int(one[2:]) for one in references if PAYOUT.fullmatch(one)})


def why_not(entry: BankEntry, item: Item, known: Known, *, by_hand: bool = False) -> str:
    """Return why ``entry`` cannot be taken for ``item``, as a sentence; empty when it can.

    ``item`` comes with its batch. A person may take part of the money for a return.
    """
    if item.batch.rail not in ON_THE_ACCOUNT:
        return _("Payouts of this rail do not leave from the bank account.")
    if entry.currency != item.currency:
        return _("The payout is in %(currency)s.") % {"currency": item.currency}
    if item.status not in Item.LEFT:
        return _not_left(entry, item)
    if entry.kind == EntryKind.BOOKED:
        return _why_not_booked(entry, item, known)
    if entry.kind == EntryKind.REJECTED:
        return _why_not_refused(entry, item)
    back = known.given_back.get(item.pk, [])
    left = item.amount_minor - sum(one.amount_minor for one in back)
    if not left:
        return _("It came back before, on %(day)s.") % {"day": date_format(back[-1].booked_on)}
    if entry.amount_minor > left or (entry.amount_minor < left and not by_hand):
        return _other_amount()
    return ""


def _why_not_refused(entry: BankEntry, item: Item) -> str:
    if item.status == ItemStatus.SETTLED:
        return _("The bank booked this payout before: its return on a statement counts.")
    return "" if entry.amount_minor == item.amount_minor else _other_amount()


def _not_left(entry: BankEntry, item: Item) -> str:
    if item.status in Item.LIVE and item.batch.status == BatchStatus.EXECUTING:
        if entry.kind == EntryKind.REJECTED:
            return _(
                "The file of %(batch)s is not marked as sent: say there that it was refused,"
                " or mark it as sent and look at this file again."
            ) % {"batch": item.batch}
        return _("Mark %(batch)s as sent first, then look at this file again.") % {
            "batch": item.batch
        }
    return _(
        "This payout was never sent, or was called back: if the bank paid it, it may be paid"
        " twice. Ask the bank for the money back."
    )


def _why_not_booked(entry: BankEntry, item: Item, known: Known) -> str:
    before = known.booked.get(item.pk)
    if before:
        return _("The bank booked this payout before, on %(day)s: it may be paid twice.") % {
            "day": date_format(before[0].booked_on)
        }
    return "" if -entry.amount_minor == item.amount_minor else _other_amount()


def _other_amount() -> str:
    return _("The amount is not that of the payout.")


def why_unmatched(entry: BankEntry) -> str:
    """Return why an unmatched line waits for a person, in the active language."""
    if entry.unmatched:
        return _("It was taken off a payout again: say which one it is about.")
    if BATCH.fullmatch(entry.end_to_end_id):
        return _why_whole(entry)
    if not PAYOUT.fullmatch(entry.end_to_end_id):
        return _("It names no payout, but has the amount of one.")
    item = (
        Item.objects.select_related("batch")
        .filter(pk__in=payouts_named([entry.end_to_end_id]))
        .first()
    )
    if item is None:
        return _("There is no payout of this reference.")
    return why_not(entry, item, known_of([item])) or _("It can be matched now: look at it again.")


def _why_whole(entry: BankEntry) -> str:
    batch = Batch.objects.filter(reference=entry.end_to_end_id).first()
    if batch is None:
        return _("There is no batch of this reference.")
    if entry.kind != EntryKind.REJECTED:
        return _("The amount is not that of the payouts of the batch that left.")
    if batch.status in (BatchStatus.EXECUTING, BatchStatus.APPROVED):
        return _("The bank refused the whole file: say so on the page of the batch.")
    if batch.status == BatchStatus.CANCELLED:
        return _("The bank refused the whole file, and the batch is cancelled: set it aside.")
    return _("The bank refused the whole file after it was marked as sent: a second person"
             " returns all of it.")  # fmt: skip
