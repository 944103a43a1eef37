"""The one door to the ledger: every move of money posts its transfers here, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core import locks
from core.errors import IdempotencyConflict
from core.money import Money
from payouts.domain.months import month_end
from payouts.models import Account, ClosedMonth, Transfer

EXPENSE = "expense:commission"
#: Debit, credit, minor units, currency.
Content = tuple[int, int, int, str]
CLEARING = {
    "sepa": "clearing:sepa",
    "payroll": "clearing:payroll",
    "stripe": "clearing:stripe",
    "manual": "clearing:manual",
}
BANK = "cash:bank"
WRITTEN_OFF = "writeoff:clawback"
_MONTHS_LOCK = 0x4D4F4E54


def account_of(affiliate_id: int, column: str) -> str:
    """Return the code of an affiliate's account; ``column`` is pending, payable, reserved
    or invoiced.
    """
    return f"affiliate:{affiliate_id}:{column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One transfer: debit the first account, credit the second. The amount is above zero."""

    debit: str
    credit: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One fact, under its key, with one leg or more."""

    source_key: str
    kind: str
    legs: tuple[Leg, ...]
    effective_at: datetime


def move(source_key: str, kind: str, leg: Leg, effective_at: datetime) -> Posting:
    """Return a posting of one leg. A negative amount moves its absolute value the other way."""
    if leg.amount.minor < 0:
        leg = Leg(debit=leg.credit, credit=leg.debit, amount=-leg.amount)
    return Posting(source_key=source_key, kind=kind, legs=(leg,), effective_at=effective_at)


def contrary(source_key: str, *, under: str, kind: str, effective_at: datetime) -> Posting:
    """Return what undoes everything that was posted under ``source_key``, leg by leg.

    Nothing was posted: a posting without legs, which posts nothing.
    """
    rows = Transfer.objects.filter(source_key=source_key).select_related("debit", "credit")
    legs = tuple(
        Leg(
            debit=row.credit.code,
            credit=row.debit.code,
            amount=Money(row.amount_minor, row.currency),
        )
        for row in rows.order_by("leg")
    )
    return Posting(source_key=under, kind=kind, legs=legs, effective_at=effective_at)


def post(
    *, source_key: str, kind: str, legs: Sequence[Leg], effective_at: datetime, now: datetime
) -> None:
    """Post one fact. Safe to repeat: the same key with the same content is posted once.

    :raises IdempotencyConflict: if the key was posted with other accounts or amounts.
    """
    posting = Posting(source_key=source_key, kind=kind, legs=tuple(legs), effective_at=effective_at)
    post_all([posting], now=now)


@transaction.atomic
def post_all(postings: Sequence[Posting], *, now: datetime) -> None:
    """Post many facts in a handful of queries. Legs of nothing are left out.

    What took effect before the end of the last closed month takes effect now (rule CL5).

    :raises IdempotencyConflict: if a key was posted with other accounts or amounts.
    """
    wanted = [
        (posting, number, leg)
        for posting in postings
        for number, leg in enumerate(posting.legs, start=1)
        if leg.amount
    ]
    accounts = _accounts({(code, leg.amount.currency) for _posting, _number, leg in wanted
                          for code in (leg.debit, leg.credit)})  # fmt: skip
    opens_at = _first_open_moment()
    transfers = [
        Transfer(
            debit_id=accounts[leg.debit, leg.amount.currency],
            credit_id=accounts[leg.credit, leg.amount.currency],
            amount_minor=leg.amount.minor,
            currency=leg.amount.currency,
            kind=posting.kind,
            source_key=posting.source_key,
            leg=number,
            effective_at=(
                max(now, opens_at)
                if opens_at and posting.effective_at < opens_at
                else posting.effective_at
            ),
            recorded_at=now,
        )
        for posting, number, leg in wanted
    ]
    Transfer.objects.bulk_create(transfers, ignore_conflicts=True, batch_size=1_000)
    _refuse_other_content(postings, transfers)


def keep_postings_out() -> None:
    """Wait for every posting under way, and hold back new ones until commit (rule CL4)."""
    locks.hold(_MONTHS_LOCK)


def _first_open_moment() -> datetime | None:
    """Return the end of the last closed month; none when no month was ever closed.

    No month is closed from here until commit.
    """
    locks.share(_MONTHS_LOCK)
    last = ClosedMonth.objects.order_by("-month").values_list("month", flat=True).first()
    return month_end(last) if last else None


def _refuse_other_content(postings: Sequence[Posting], transfers: Sequence[Transfer]) -> None:
    """The database kept whoever was first: make sure that it says the same, leg by leg.

    :raises IdempotencyConflict: if it does not.
    """
    wanted: dict[str, dict[int, Content]] = {posting.source_key: {} for posting in postings}
    for transfer in transfers:
        wanted[transfer.source_key][transfer.leg] = _content(transfer)
    stored: dict[str, dict[int, Content]] = {key: {} for key in wanted}
    for transfer in Transfer.objects.filter(source_key__in=wanted):
        stored[transfer.source_key][transfer.leg] = _content(transfer)
    for key, legs in wanted.items():
        if stored[key] != legs:
            raise IdempotencyConflict(f"{key} was already posted with other content.")


def _content(transfer: Transfer) -> Content:
    return (transfer.debit_id, transfer.credit_id, transfer.amount_minor, transfer.currency)


def _accounts(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the ids of accounts by code and currency, opening those that are new."""
    found = _known(wanted)
    missing = wanted - found.keys()
    if missing:
        Account.objects.bulk_create(
            (
                Account(code=code, currency=currency, affiliate_id=_affiliate_in(code))
                for code, currency in sorted(missing)
            ),
            ignore_conflicts=True,
        )
        found |= _known(missing)
    return found


def _known(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    codes = {code for code, _currency in wanted}
    rows = Account.objects.filter(code__in=codes).values_list("code", "currency", "pk")
    return {(code, currency): pk for code, currency, pk in rows if (code, currency) in wanted}


def _affiliate_in(code: str) -> int | None:
    parts = code.split(":")
    return int(parts[1]) if parts[0] == "affiliate" else None
