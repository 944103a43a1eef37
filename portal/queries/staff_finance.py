"""What the programme owes today, when it falls due, and what finance has to do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncDate

from affiliates.models import Affiliate, AffiliateKind, Payee, Terms
from core.money import Money
from payouts.domain.calendar import bank_date, next_payment_date
from payouts.models import (
    Account,
    Adjustment,
    Batch,
    BatchStatus,
    Block,
    BlockKind,
    Commission,
    CommissionStatus,
    Item,
    Transfer,
)
from payouts.queries.balances import liabilities
from portal.formats import PARIS

RECENT_DETAILS = timedelta(days=30)
MONTHS = 6


@dataclass(frozen=True, slots=True)
class Liability:
    """What is owed in one currency, column by column. ``debts`` is below zero or nothing."""

    currency: str
    pending: Money
    payable: Money
    reserved: Money
    in_flight: Money
    debts: Money
    debtors: int

    @property
    def total(self) -> Money:
        """Everything owed to others; what they owe back is not taken off."""
        return self.pending + self.payable + self.reserved + self.in_flight


@dataclass(frozen=True, slots=True)
class Work:
    """What waits for finance, in numbers."""

    without_details: int
    changed_details: int
    costs_missing: int
    oldest_cost_missing: datetime | None

    @property
    def is_clear(self) -> bool:
        return not (self.without_details or self.changed_details or self.costs_missing)


def currencies() -> list[str]:
    """Return the currencies of the ledger."""
    found = Account.objects.values_list("currency", flat=True).distinct().order_by("currency")
    return list(found)


def liability(currency: str) -> Liability:
    """Return what is owed in ``currency`` now, in four queries."""
    columns: dict[str, int] = defaultdict(int)
    debtors = 0
    for balances in liabilities(currency).values():
        columns["pending"] += balances["pending"]
        columns["reserved"] += balances["reserved"]
        columns["payable"] += max(0, balances["payable"])
        columns["debts"] += min(0, balances["payable"])
        debtors += balances["payable"] < 0
    leaving = Item.objects.filter(
        currency=currency, status__in=Item.LIVE, batch__status=BatchStatus.EXECUTING
    ).aggregate(total=Sum("amount_minor"))
    in_flight = leaving["total"] or 0
    return Liability(
        currency=currency,
        pending=Money(columns["pending"], currency),
        payable=Money(columns["payable"], currency),
        reserved=Money(columns["reserved"] - in_flight, currency),
        in_flight=Money(in_flight, currency),
        debts=Money(columns["debts"], currency),
        debtors=debtors,
    )


def due_by_month(owed: Liability, now: datetime) -> list[tuple[date, int]]:
    """Return minor units by month of expected payment, in three queries.

    What is payable counts for the next payment day; what is pending for the first payment day
    after its hold ends. Days come from the terms of the default group.
    """
    days = payment_days(now)
    months: dict[date, int] = defaultdict(int)
    today = bank_date(now)
    soonest = next_payment_date(days, today).replace(day=1)
    months[soonest] += owed.payable.minor + owed.reserved.minor
    for day, minor in _pending_by_day(owed.currency).items():
        expected = next_payment_date(days, max(day, today))
        months[expected.replace(day=1)] += minor
    return sorted(months.items())[:MONTHS]


def _pending_by_day(currency: str) -> dict[date, int]:
    by_day: dict[date, int] = defaultdict(int)
    pending = Commission.objects.filter(status=CommissionStatus.PENDING, currency=currency)
    changes = Adjustment.objects.filter(
        commission__status=CommissionStatus.PENDING, currency=currency, is_payable=False
    )
    for day, minor in (
        pending.annotate(day=TruncDate("hold_until", tzinfo=PARIS))
        .values_list("day")
        .annotate(Sum("amount_minor"))
        .order_by()
    ):
        by_day[day] += minor
    for day, minor in (
        changes.annotate(day=TruncDate("commission__hold_until", tzinfo=PARIS))
        .values_list("day")
        .annotate(Sum("amount_minor"))
        .order_by()
    ):
        by_day[day] += minor
    return by_day


def payment_days(now: datetime) -> list[int]:
    """Return the days of the month on which the default group is paid, in order."""
    live = Terms.objects.at(now).filter(group__is_default=True)
    return sorted(live.values_list("payment_days", flat=True).first() or [1])


def open_batches() -> list[Batch]:
    """Return the batches that are not done yet, the next to be paid first."""
    waiting = [
        BatchStatus.DRAFT, BatchStatus.IN_REVIEW, BatchStatus.APPROVED, BatchStatus.EXECUTING,
        BatchStatus.PAUSED,
    ]  # fmt: skip
    rows = Batch.objects.filter(status__in=waiting).select_related("created_by")
    return list(rows.order_by("execution_date", "pk")[:20])


def work(now: datetime) -> Work:
    """Return what waits for finance besides batches, in three queries."""
    earned = Commission.objects.filter(affiliate=OuterRef("pk"), status=CommissionStatus.APPROVED)
    added = Adjustment.objects.filter(
        affiliate=OuterRef("pk"), commission__isnull=True, amount_minor__gt=0
    )
    unpaid = Affiliate.objects.filter(Exists(earned) | Exists(added), payee__isnull=True).exclude(
        kind=AffiliateKind.EMPLOYEE
    )
    missing = Block.objects.filter(kind=BlockKind.COST_MISSING, released_at__isnull=True).aggregate(
        count=Count("pk"), oldest=Min("created_at")
    )
    return Work(
        without_details=unpaid.count(),
        changed_details=changed_payees(now).count(),
        costs_missing=missing["count"],
        oldest_cost_missing=missing["oldest"],
    )


def changed_payees(now: datetime) -> QuerySet[Payee]:
    """Return the bank details that changed lately, of affiliates who did not just join."""
    lately = now - RECENT_DETAILS
    return Payee.objects.filter(changed_at__gt=lately, affiliate__joined_at__lt=lately)


def last_posting() -> datetime | None:
    """Return when the ledger last took a transfer."""
    return Transfer.objects.order_by("-pk").values_list("recorded_at", flat=True).first()
