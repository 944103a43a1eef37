"""The months of the books: which are closed, which can be, and what each holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min, QuerySet

from core.money import Money
from payouts.domain.months import month_end, month_of, month_start, next_month
from payouts.models import ClosedMonth, Transfer
from payouts.queries.as_of import Balances, balances_as_of, by_column, movements_between
from payouts.services.closing import stored_balances
from portal.queries.staff_ledger import kind_label


@dataclass(frozen=True, slots=True)
class Month:
    """One month, closed or not."""

    month: date
    closed: ClosedMonth | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One account, or all of affiliates of one sort together, at both ends of a month."""

    name: str
    opening: Money
    closing: Money


def months(now: datetime) -> list[Month]:
    """Return every month with something in the ledger, newest first, the current one included."""
    first = Transfer.objects.aggregate(first=Min("effective_at"))["first"]
    closed = {row.month: row for row in _closed()}
    current = month_of(now)
    month = min([month_of(first) if first else current, *closed])
    found = []
    while month <= current:
        found.append(Month(month, closed.get(month), is_over=month < current))
        month = next_month(month)
    return found[::-1]


def closed_month(month: date) -> ClosedMonth | None:
    """Return a closed month without its report; None for one that is open."""
    return next(iter(_closed().filter(month=month)), None)


def _closed() -> QuerySet[ClosedMonth]:
    return ClosedMonth.objects.select_related("closed_by").defer("report")


def balance_rows(month: date, closed: ClosedMonth | None) -> list[BalanceRow]:
    """Return the balances of a month: as they were when it was closed, or as they are now."""
    opening = by_column(balances_as_of(before=month_start(month)))
    closing: Balances = by_column(
        stored_balances(closed) if closed else balances_as_of(before=month_end(month))
    )
    return [
        BalanceRow(
            code,
            Money(opening.get((code, currency), 0), currency),
            Money(closing.get((code, currency), 0), currency),
        )
        for code, currency in sorted(opening.keys() | closing.keys())
    ]


def movement_rows(month: date) -> list[tuple[str, int, Money]]:
    """Return the kinds of transfers of a month, how many there were, and their sum."""
    found = movements_between(since=month_start(month), before=month_end(month))
    return [
        (kind_label(kind), count, Money(minor, currency))
        for (kind, currency), (count, minor) in found.items()
    ]
