"""Payouts and ledger against what the bank has told us (rule CL11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, Sum

from core.domain.paris import PARIS
from payouts.domain.bank_days import bank_days_before
from payouts.domain.calendar import bank_date
from payouts.models import (
    BankEntry,
    BankFile,
    BankFileKind,
    EntryKind,
    EntryState,
    Item,
    ItemReturn,
    ItemStatus,
    Rail,
)
from payouts.services.checks.balances import Balances, ledger_balances
from payouts.services.differences import Found
from payouts.services.ledger import BANK, CLEARING

KINDS = (
    "not_booked", "booked_unknown", "booked_amount", "clearing_balance", "bank_balance",
    "statement_sum", "statement_gap",
)  # fmt: skip
#: For how many whole days banks may work before a payment has to be on the account.
PATIENCE = 5
#: Rails whose payments are on the statements of our bank.
BY_BANK = (Rail.SEPA, Rail.MANUAL)
_ON_ACCOUNT = (EntryKind.BOOKED, EntryKind.RETURNED)
_TELLS_BOOKINGS = (BankFileKind.STATEMENT, BankFileKind.NOTICE)


def is_told() -> bool:
    """Tell whether the bank has ever told us what it booked."""
    return BankFile.objects.filter(kind__in=_TELLS_BOOKINGS).exists()


def differences(now: datetime) -> Iterator[Found]:
    """Yield where the bank contradicts payouts and ledger, or is late."""
    yield from _entries()
    yield from _balances()
    if is_told():
        yield from _not_booked(bank_days_before(bank_date(now) - timedelta(days=1), PATIENCE))
        yield from _statements()


def _entries() -> Iterator[Found]:
    """What is on the account belongs to a payout, in its amount."""
    unknown = BankEntry.objects.filter(state=EntryState.UNMATCHED).exclude(kind=EntryKind.OTHER)
    for entry in unknown.order_by("pk"):
        yield Found(
            key=f"bank-entry:{entry.pk}",
            kind="booked_unknown",
            amount_minor=entry.amount_minor,
            currency=entry.currency,
            data=_said(entry),
        )
    wrong = (
        BankEntry.objects.filter(state=EntryState.MATCHED, kind=EntryKind.BOOKED)
        .exclude(amount_minor=-F("item__amount_minor"), currency=F("item__currency"))
        .select_related("item")
    )
    for entry in wrong.order_by("pk"):
        paid = entry.item.amount_minor if entry.item else 0
        yield Found(
            key=f"bank-entry:{entry.pk}",
            kind="booked_amount",
            amount_minor=-entry.amount_minor - paid,
            currency=entry.currency,
            item_id=entry.item_id,
            data=_said(entry),
        )


def _said(entry: BankEntry) -> dict[str, str | int]:
    return {
        "entry": entry.pk,
        "reference": entry.reference,
        "end_to_end_id": entry.end_to_end_id,
        "booked_on": entry.booked_on.isoformat(),
        "text": entry.text,
    }


def _not_booked(before: date) -> Iterator[Found]:
    """What was sent arrives on the account within days."""
    booked = BankEntry.objects.filter(item=OuterRef("pk"), kind=EntryKind.BOOKED)
    late = Item.objects.filter(
        ~Exists(booked),
        status=ItemStatus.SENT,
        batch__rail__in=BY_BANK,
        batch__execution_date__lte=before,
        status_changed_at__lt=_end_of(before),
    ).select_related("batch")
    for item in late.order_by("pk"):
        yield Found(
            key=f"not-booked:{item.pk}",
            kind="not_booked",
            amount_minor=-item.amount_minor,
            currency=item.currency,
            item_id=item.pk,
            data={"execution_date": item.batch.execution_date.isoformat()},
        )


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=PARIS)


def _balances() -> Iterator[Found]:
    """What left and is not on the account is in clearing; what is on it left the bank's account."""
    ledger, told = ledger_balances(), _told()
    codes = {BANK, *(CLEARING[rail] for rail in BY_BANK)}
    for code, currency in sorted({key for key in ledger if key[0] in codes} | told.keys()):
        has, should = ledger.get((code, currency), 0), told.get((code, currency), 0)
        if has != should:
            kind = "bank_balance" if code == BANK else "clearing_balance"
            yield Found(
                key=f"{kind}:{code}:{currency}",
                kind=kind,
                amount_minor=should - has,
                currency=currency,
                data={"account": code, "ledger": has, "told": should},
            )


def _told() -> Balances:
    """Clearing and bank balances by payouts, by what came back of them, and by the bank's files."""
    found: Balances = defaultdict(int)
    left = Item.objects.filter(status__in=Item.LEFT, batch__rail__in=BY_BANK).values_list(
        "batch__rail", "currency"
    )
    for rail, currency, minor in left.annotate(Sum("amount_minor")).order_by():
        found[CLEARING[rail], currency] += minor
    back = ItemReturn.objects.standing().filter(item__batch__rail__in=BY_BANK)
    for rail, currency, minor in (
        back.values_list("item__batch__rail", "currency").annotate(Sum("amount_minor")).order_by()
    ):
        found[CLEARING[rail], currency] -= minor
    entries = BankEntry.objects.filter(state=EntryState.MATCHED, kind__in=_ON_ACCOUNT)
    for rail, currency, minor in (
        entries.values_list("item__batch__rail", "currency")
        .annotate(Sum("amount_minor"))
        .order_by()
    ):
        found[CLEARING[rail], currency] += minor
        found[BANK, currency] -= minor
    return {key: minor for key, minor in found.items() if minor}


def _statements() -> Iterator[Found]:
    """A statement is the sum of its lines, and begins where the one before it ended.

    One that was read twice, in other bytes, counts once.
    """
    before: dict[str, BankFile] = {}
    read = set()
    statements = BankFile.objects.filter(
        kind=BankFileKind.STATEMENT,
        day__isnull=False,
        opening_minor__isnull=False,
        closing_minor__isnull=False,
    ).defer("body")
    for file in statements.order_by("day", "pk"):
        same = (file.currency, file.day, file.opening_minor, file.closing_minor)
        if same in read:
            continue
        read.add(same)
        last = before.get(file.currency)
        opening, closing = file.opening_minor or 0, file.closing_minor or 0
        off = closing - opening - _moved(file, last)
        if off:
            yield _of_statement(file, "statement_sum", off)
        if last is not None and last.closing_minor != opening:
            yield _of_statement(file, "statement_gap", opening - (last.closing_minor or 0))
        before[file.currency] = file


def _moved(file: BankFile, last: BankFile | None) -> int:
    """The lines of a statement; those that a notice told before are stored with the notice."""
    told = Q(file__kind=BankFileKind.NOTICE, booked_on__lte=file.day)
    told &= Q(booked_on__gt=last.day) if last is not None else Q(booked_on=file.day)
    entries = BankEntry.objects.filter(Q(file=file) | told, currency=file.currency)
    moved = entries.exclude(kind=EntryKind.REJECTED).aggregate(minor=Sum("amount_minor"))
    return moved["minor"] or 0


def _of_statement(file: BankFile, kind: str, minor: int) -> Found:
    return Found(
        key=f"{kind}:{file.pk}",
        kind=kind,
        amount_minor=minor,
        currency=file.currency,
        data={
            "file": file.pk,
            "message_id": file.message_id,
            "day": file.day.isoformat() if file.day else "",
        },
    )
