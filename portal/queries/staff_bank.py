"""What the pages about files of the bank, and about payouts made by hand, show."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Abs

from core.money import Money
from payouts.models import (
    BankEntry,
    BankFile,
    Batch,
    EntryKind,
    EntryState,
    Item,
    ItemStatus,
    Rail,
)
from payouts.queries.bank_matching import ON_THE_ACCOUNT, why_unmatched
from portal.bank_language import entry_status
from portal.display import StatusText

MOST_SUGGESTED = 10


def files() -> QuerySet[BankFile]:
    """Return the files, newest first, without their content; with how many lines stand where."""
    counts = {state.value: Count("entries", filter=Q(entries__state=state)) for state in EntryState}
    rows = BankFile.objects.defer("body").select_related("received_by")
    return rows.annotate(lines=Count("entries"), **counts).order_by("-received_at", "-pk")


def waiting() -> int:
    """Return how many lines of all files wait for a person."""
    return BankEntry.objects.filter(state=EntryState.UNMATCHED).count()


def state_chips(file: BankFile) -> list[tuple[str, str, int]]:
    """Return how many lines of a file stand in each state; states of none are left out."""
    counts = dict(file.entries.values_list("state").annotate(Count("pk")).order_by())
    return [
        (state.value, str(entry_status(state).label), counts[state])
        for state in EntryState
        if counts.get(state)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a file, as a page shows it."""

    entry: BankEntry
    amount: Money
    status: StatusText
    why: str


def line_of(entry: BankEntry) -> Line:
    """Return a line with its amount, its state, and why it waits."""
    waits = entry.state == EntryState.UNMATCHED
    return Line(
        entry=entry,
        amount=Money(entry.amount_minor, entry.currency or "EUR"),
        status=entry_status(entry.state),
        why=why_unmatched(entry) if waits else "",
    )


def lines(file: BankFile, state: str) -> QuerySet[BankEntry]:
    """Return the lines of a file: those that wait first, then the largest."""
    rows = file.entries.select_related("item__batch", "item__affiliate")
    if state:
        rows = rows.filter(state=state)
    # The codes of the states are in this order: unmatched, matched, ignored.
    return rows.annotate(size=Abs("amount_minor")).order_by("-state", "-size", "pk")


def suggested(entry: BankEntry) -> list[Item]:
    """Return payouts of the amount and currency of a line that it may be about."""
    states = (
        [ItemStatus.SENT]
        if entry.amount_minor < 0 and entry.kind != EntryKind.REJECTED
        else list(Item.PAID)
    )
    rows = Item.objects.filter(
        batch__rail__in=ON_THE_ACCOUNT,
        status__in=states,
        amount_minor=abs(entry.amount_minor),
        currency=entry.currency,
    )
    return list(rows.select_related("affiliate", "batch").order_by("-pk")[:MOST_SUGGESTED])


def manual_items(batch: Batch) -> list[Item]:
    """Return the payouts of a batch made by hand, those that wait first."""
    rows = batch.items.select_related("affiliate", "proof__added_by").defer("proof__body")
    order = [ItemStatus.SENDING, ItemStatus.READY]
    return sorted(rows, key=lambda one: (one.status not in order, -one.amount_minor, one.pk))


def manual_batches() -> QuerySet[Batch]:
    """Return the batches that are paid by hand."""
    return Batch.objects.filter(rail=Rail.MANUAL)
