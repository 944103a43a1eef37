"""What finance has to do, the days to come, and the month beside its budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, CharField, Count, F, Min, QuerySet, Sum, Value
from django.db.models.functions import Abs

from affiliates.models import PayeeChange, Programme
from core.money import BPS, Money, ratio
from payouts.domain.calendar import bank_date, is_working_day, next_payment_date
from payouts.models import (
    Batch,
    BatchStatus,
    Difference,
    DifferenceState,
    Item,
    ItemStatus,
    Meter,
    PayoutHold,
    Reconciliation,
)
from payouts.queries.waiting import stopping
from portal.date_range import DateRange
from portal.queries.staff_finance import payment_days
from portal.queries.staff_program import Figure, cost_of, returned_share

PAYMENT_DAYS = 3
#: Suggested days of work before a payment leaves, in working days of banks.
CUT_OFF_BEFORE = 3
APPROVE_BEFORE = 1
#: Payments that did not arrive, or of which nobody knows.
_TROUBLED = (ItemStatus.FAILED, ItemStatus.UNKNOWN, ItemStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for finance: how much of it, since when, and what it comes to."""

    count: int
    oldest: datetime | None = None
    amounts: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for finance. ``stops``: differences that stop payments until they are settled."""

    to_approve: Waiting
    troubled: Waiting
    cooling: Waiting
    holds: Waiting
    differences: Waiting
    stops: int

    @property
    def is_clear(self) -> bool:
        every = (self.to_approve, self.troubled, self.cooling, self.holds, self.differences)
        return not any(one.count for one in every)


@dataclass(frozen=True, slots=True)
class PaymentDay:
    """A day on which payments leave, and the days of work that it takes before."""

    cut_off: date
    approve: date
    pays: date

    def is_late(self, today: date) -> bool:
        """Tell whether its cut-off has passed."""
        return self.cut_off < today


@dataclass(frozen=True, slots=True)
class Month:
    """The commission of this month's orders so far, beside the budget and the month before.

    ``before`` is of the same number of days. ``share_bps``: of the budget; None without one.
    """

    period: DateRange
    cost: Money
    before: Money
    budget: Money | None
    taken: Money
    returned: Figure

    @property
    def share_bps(self) -> int | None:
        if self.budget is None or not self.budget.minor:
            return None
        return ratio(self.taken.minor * BPS, self.budget.minor)


def to_do(now: datetime) -> ToDo:
    """Return what waits for finance besides preparing batches, in one query."""
    differences = Difference.objects.filter(state=DifferenceState.OPEN)
    to_approve = Batch.objects.filter(status=BatchStatus.IN_REVIEW)
    troubled = Item.objects.filter(status__in=_TROUBLED)
    first, *others = (
        _counted("to_approve", to_approve, "submitted_at", "total_minor"),
        _counted("troubled", troubled, "batch__status_changed_at", "amount_minor"),
        _counted("cooling", PayeeChange.objects.filter(cools_until__gt=now), "at"),
        _counted("holds", PayoutHold.objects.at(now), "began_at"),
        _counted("differences", differences, "first_seen_at", "amount_minor"),
        _counted("stops", stopping(), "first_seen_at"),
    )
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for what, *counts in first.union(*others, all=True):
        found[what].append(tuple(counts))
    return ToDo(
        to_approve=_waiting(found["to_approve"]),
        troubled=_waiting(found["troubled"]),
        cooling=_waiting(found["cooling"]),
        holds=_waiting(found["holds"]),
        differences=_waiting(found["differences"]),
        stops=_waiting(found["stops"]).count,
    )


def _counted(what: str, rows: QuerySet[Any], moment: str, field: str = "") -> QuerySet[Any]:
    """Count rows of a kind; with ``field`` also what they come to, by currency."""
    named = rows.order_by().annotate(
        what=Value(what), unit=F("currency") if field else Value("", CharField())
    )
    total = Sum(Abs(field)) if field else Value(0, BigIntegerField())
    counted: QuerySet[Any] = named.values_list("what", "unit").annotate(
        n=Count("pk"), oldest=Min(moment), total=total
    )
    return counted


def _waiting(found: Sequence[tuple[Any, ...]]) -> Waiting:
    """Add up what there is of a kind in each currency."""
    return Waiting(
        sum(n for _currency, n, *_rest in found),
        min((oldest for _c, _n, oldest, _total in found if oldest), default=None),
        tuple(Money(total, currency) for currency, _n, _oldest, total in sorted(found) if currency),
    )


def calendar(now: datetime) -> list[PaymentDay]:
    """Return the next payment days with the days before on which to work for them, in one query.

    Payment days are those of the default group. What is approved until the end of the cut-off
    makes up the batch; the suggested days are working days of banks.
    """
    days, day = payment_days(now), bank_date(now)
    found: list[PaymentDay] = []
    while len(found) < PAYMENT_DAYS:
        pays = next_payment_date(days, day)
        found.append(
            PaymentDay(_working_days_before(pays, CUT_OFF_BEFORE),
                       _working_days_before(pays, APPROVE_BEFORE), pays)
        )  # fmt: skip
        day = pays + timedelta(days=1)
    return found


def _working_days_before(day: date, count: int) -> date:
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def month(now: datetime, currency: str) -> Month:
    """Return this month so far beside its budget and the same days before, in eight queries."""
    today = bank_date(now)
    first = today.replace(day=1)
    period = DateRange("month", first, today, is_open=True)
    last = (first - timedelta(days=1)).replace(day=1)
    length = min(today - first, first - timedelta(days=1) - last)
    earlier = DateRange("previous", last, last + length)
    cost, before = cost_of(period, earlier, currency)
    budget = Programme.get().month_budget_minor
    meters = Meter.objects.filter(affiliate=None, month=first, currency=currency)
    taken = meters.values_list("taken_minor", flat=True).first() or 0
    return Month(
        period,
        Money(cost, currency),
        Money(before, currency),
        None if budget is None else Money(budget, currency),
        Money(taken, currency),
        returned_share(period, earlier, currency),
    )


def last_reconciliation() -> Reconciliation | None:
    """Return the last comparison of ledger, payouts and bank."""
    return Reconciliation.objects.order_by("-at", "-pk").first()
