"""What the page of reconciliation shows: three sides of a month, and what differs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from core.money import Money
from payouts.domain.months import month_end, month_start, next_month
from payouts.models import (
    BankEntry,
    BankFile,
    BankFileKind,
    Difference,
    DifferenceState,
    EntryKind,
    EntryState,
    Item,
    ItemStatus,
    Reconciliation,
    Transfer,
)
from payouts.queries.as_of import balances_as_of, owed_changes
from payouts.services.ledger import CLEARING
from payouts.services.matching import TRANSFERS, may_be_paid_by
from portal.queries.staff_ledger import kind_label

RUNS = 30
SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Section:
    """One side of a month in one currency: from its opening to its closing balance."""

    currency: str
    opening: Money | None
    changes: list[tuple[str, Money]]
    closing: Money | None


@dataclass(frozen=True, slots=True)
class StripeMonth:
    """The transfers of a month by Stripe and by the ledger."""

    currency: str
    count: int
    made: Money
    posted: Money
    reversed: Money
    came_back: Money

    @property
    def agrees(self) -> bool:
        return (self.made, self.reversed) == (self.posted, self.came_back)


def ledger_sections(month: date) -> list[Section]:
    """Return what is owed to affiliates at both ends of a month, and what changed it."""
    since, before = month_start(month), month_end(month)
    opening, closing = _owed(balances_as_of(before=since)), _owed(balances_as_of(before=before))
    changes = owed_changes(since=since, before=before)
    found = sorted(opening.keys() | closing.keys() | {currency for _kind, currency in changes})
    return [
        Section(
            currency,
            Money(opening.get(currency, 0), currency),
            [
                (kind_label(kind), Money(minor, currency))
                for (kind, of), minor in changes.items()
                if of == currency
            ],
            Money(closing.get(currency, 0), currency),
        )
        for currency in found
    ]


def _owed(balances: dict[tuple[str, str], int]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for (code, currency), minor in balances.items():
        if code.startswith("affiliate:"):
            totals[currency] += minor
    return totals


def bank_sections(month: date) -> list[Section]:
    """Return the bank account by its statements of a month; nothing without lines or statements."""
    first, last = month, next_month(month)
    entries = BankEntry.objects.filter(booked_on__gte=first, booked_on__lt=last).exclude(
        kind=EntryKind.REJECTED
    )
    moved: dict[str, list[tuple[str, Money]]] = defaultdict(list)
    for currency, kind, minor in (
        entries.values_list("currency", "kind").annotate(Sum("amount_minor")).order_by("kind")
    ):
        moved[currency].append((str(EntryKind(kind).label), Money(minor, currency)))
    statements: dict[str, list[BankFile]] = defaultdict(list)
    for file in BankFile.objects.filter(
        kind=BankFileKind.STATEMENT, day__gte=first, day__lt=last
    ).defer("body").order_by("day", "pk"):  # fmt: skip
        statements[file.currency].append(file)
    return [
        Section(
            currency,
            _balance(statements[currency][:1], "opening_minor"),
            moved[currency],
            _balance(statements[currency][-1:], "closing_minor"),
        )
        for currency in sorted(moved.keys() | statements.keys())
    ]


def _balance(files: list[BankFile], field: str) -> Money | None:
    minor = getattr(files[0], field) if files else None
    return None if minor is None else Money(minor, files[0].currency)


def stripe_months(run: Reconciliation | None, month: date) -> list[StripeMonth]:
    """Return the transfers of a month as the last comparison read them, beside the ledger."""
    if run is None:
        return []
    posted, came_back = _by_ledger(month)
    return [
        StripeMonth(
            currency,
            count,
            Money(made, currency),
            Money(posted.get(currency, 0), currency),
            Money(back, currency),
            Money(came_back.get(currency, 0), currency),
        )
        for of, currency, count, made, back in run.compared.get("stripe_months", [])
        if of == f"{month:%Y-%m}"
    ]


def _by_ledger(month: date) -> tuple[dict[str, int], dict[str, int]]:
    rows = Transfer.objects.filter(
        effective_at__gte=month_start(month), effective_at__lt=month_end(month)
    )
    code = CLEARING["stripe"]
    posted, came_back = (
        dict(side.values_list("currency").annotate(Sum("amount_minor")).order_by())
        for side in (
            rows.filter(credit__code=code, kind="sent"),
            rows.filter(debit__code=code, kind="came_back"),
        )
    )
    return posted, came_back


def differences(state: str) -> QuerySet[Difference]:
    """Return the differences in a state, or all of them, the oldest open one first."""
    rows = Difference.objects.select_related(
        "owner", "closed_by", "item__batch", "item__affiliate", "batch", "affiliate"
    )
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("first_seen_at", "pk") if state == "open" else rows.order_by("-pk")


def open_count() -> int:
    """Return how many differences wait for somebody."""
    return Difference.objects.filter(state=DifferenceState.OPEN).count()


def runs() -> list[Reconciliation]:
    """Return the last comparisons, newest first."""
    return list(Reconciliation.objects.select_related("by").order_by("-at", "-pk")[:RUNS])


def suggestions(difference: Difference) -> tuple[list[Item], list[BankEntry]]:
    """Return what may be the other half: payments of the same amount, or lines of the bank."""
    if difference.kind == "booked_unknown":
        booked = BankEntry.objects.filter(state=EntryState.MATCHED, kind=EntryKind.BOOKED)
        items = Item.objects.filter(
            status=ItemStatus.SENT,
            amount_minor=abs(difference.amount_minor),
            currency=difference.currency,
        ).exclude(pk__in=booked.values("item"))
        return list(items.select_related("batch", "affiliate").order_by("pk")[:SUGGESTED]), []
    if difference.kind == "not_booked":
        entries = BankEntry.objects.filter(
            state=EntryState.UNMATCHED,
            amount_minor=difference.amount_minor,
            currency=difference.currency,
        )
        return [], list(entries.select_related("file").defer("file__body")[:SUGGESTED])
    if difference.kind in TRANSFERS:
        return may_be_paid_by(difference), []
    return [], []
