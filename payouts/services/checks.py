"""Do transfers, commissions, batches and payouts tell one story? Each property on two paths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Sum, Value, When

from core import audit
from payouts.models import (
    Adjustment,
    Batch,
    BatchStatus,
    Commission,
    CommissionLine,
    CommissionStatus,
    Item,
    ItemLine,
    ItemStatus,
    LedgerCheck,
    Transfer,
)
from payouts.services.ledger import CLEARING, EXPENSE, account_of

Balances = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where two paths to the same figure disagree. Amounts in minor units."""

    check: str
    subject: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject} should be {self.expected}, is {self.found}"


def as_rows(differences: list[Difference]) -> list[dict[str, Any]]:
    """Return differences as plain dictionaries, for JSON."""
    return [asdict(difference) for difference in differences]


def run(*, actor_id: int | None = None, now: datetime) -> LedgerCheck:
    """Check everything and keep the result, so that whoever pays sees it."""
    return LedgerCheck.objects.create(at=now, by_id=actor_id, differences=as_rows(check()))


def check() -> list[Difference]:
    """Return every difference, on one snapshot of the database. Empty means that all agrees."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return [
            *_balances(),
            *_never_below_zero(),
            *_postings(),
            *_commission_sums(),
            *_payout_sums(),
            *_paid_commissions(),
            *_audit_chain(),
        ]


def _compare(check_name: str, expected: Balances, found: Balances) -> Iterator[Difference]:
    for key in sorted(expected.keys() | found.keys()):
        want, have = expected.get(key, 0), found.get(key, 0)
        if want != have:
            yield Difference(check=check_name, subject=" ".join(key), expected=str(want),
                             found=str(have))  # fmt: skip


def _balances() -> Iterator[Difference]:
    """Balances by the ledger against balances by the statuses of commissions and payouts."""
    yield from _compare("balance", _balances_by_status(), ledger_balances())


def _never_below_zero() -> Iterator[Difference]:
    """Only a payable account may be a debt."""
    for (code, currency), total in ledger_balances().items():
        if total < 0 and code.endswith((":pending", ":reserved")):
            yield Difference(check="debt", subject=f"{code} {currency}", expected="0 or more",
                             found=str(total))  # fmt: skip


def ledger_balances() -> Balances:
    """Return credit minus debit of every account that is not at zero, by code and currency."""
    found: Balances = defaultdict(int)
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = (
            Transfer.objects.values_list(f"{side}__code", "currency")
            .annotate(total=Sum("amount_minor"))
            .order_by()
        )
        for code, currency, total in rows:
            found[code, currency] += sign * total
    return {key: total for key, total in found.items() if total}


def _balances_by_status() -> Balances:
    expected: Balances = defaultdict(int)

    def add(column: str, affiliate_id: int, currency: str, minor: int) -> None:
        expected[account_of(affiliate_id, column), currency] += minor

    not_reversed = Commission.objects.exclude(status=CommissionStatus.REVERSED)
    for affiliate, currency, status, amount, approved in not_reversed.values_list(
        "affiliate", "currency", "status"
    ).annotate(earned=Sum("amount_minor"), approved=Sum("approved_minor")):
        pending = status == CommissionStatus.PENDING
        add("pending" if pending else "payable", affiliate, currency,
            amount if pending else approved)  # fmt: skip
    changes = Adjustment.objects.exclude(commission__status=CommissionStatus.REVERSED)
    for affiliate, currency, payable, still_pending, total in (
        changes.annotate(
            still_pending=Case(
                When(commission__status=CommissionStatus.PENDING, then=Value(1)), default=Value(0)
            )
        )
        .values_list("affiliate", "currency", "is_payable", "still_pending")
        .annotate(total=Sum("amount_minor"))
    ):
        if payable:
            add("payable", affiliate, currency, total)
        elif still_pending:
            add("pending", affiliate, currency, total)
    earned = sum_by_currency(expected)
    for affiliate, currency, status, rail, total in (
        Item.objects.filter(status__in=[*Item.LIVE, *Item.PAID], batch__submitted_at__isnull=False)
        .exclude(batch__status=BatchStatus.DRAFT)
        .values_list("affiliate", "currency", "status", "batch__rail")
        .annotate(total=Sum("amount_minor"))
    ):
        add("payable", affiliate, currency, -total)
        if status in Item.PAID:
            expected[CLEARING[rail], currency] += total
        else:
            add("reserved", affiliate, currency, total)
    for currency, total in earned.items():
        expected[EXPENSE, currency] = -total
    return {key: total for key, total in expected.items() if total}


def sum_by_currency(balances: Balances) -> dict[str, int]:
    """Return the sum of all balances, per currency."""
    totals: dict[str, int] = defaultdict(int)
    for (_code, currency), total in balances.items():
        totals[currency] += total
    return totals


def _postings() -> Iterator[Difference]:
    """Every fact has exactly its transfer, and no transfer is without its fact."""
    facts: dict[str, int] = {}
    commissions = Commission.objects.values_list("pk", "amount_minor", "approved_minor")
    for pk, amount, approved in commissions.iterator(chunk_size=10_000):
        if amount:
            facts[f"commission:{pk}:accrued"] = amount
        if approved:
            facts[f"commission:{pk}:approved"] = approved
    adjustments = Adjustment.objects.exclude(amount_minor=0).values_list("pk", "amount_minor")
    for pk, amount in adjustments.iterator(chunk_size=10_000):
        facts[f"adjustment:{pk}"] = abs(amount)
    for pk, amount, status in Item.objects.exclude(batch__status=BatchStatus.DRAFT).values_list(
        "pk", "amount_minor", "status"
    ):
        if status in Item.PAID:
            facts[f"item:{pk}:sent"] = amount
    optional = ("reserve", "release", "reversed")
    posted = Transfer.objects.values_list("source_key").annotate(total=Sum("amount_minor"))
    for key, total in posted.iterator(chunk_size=10_000):
        expected = facts.pop(key, None)
        if expected is None and not any(f":{word}" in key for word in optional):
            yield Difference(check="transfer without fact", subject=key, expected="none",
                             found=str(total))  # fmt: skip
        elif expected is not None and expected != total:
            yield Difference(check="transfer amount", subject=key, expected=str(expected),
                             found=str(total))  # fmt: skip
    for key, amount in facts.items():
        yield Difference(check="fact without transfer", subject=key, expected=str(amount),
                         found="none")  # fmt: skip


def _commission_sums() -> Iterator[Difference]:
    """A commission is the sum of its lines; nothing below zero is left of it."""
    lines = dict(CommissionLine.objects.values_list("commission").annotate(Sum("amount_minor")))
    adjusted = dict(
        Adjustment.objects.filter(is_payable=False)
        .values_list("commission")
        .annotate(Sum("amount_minor"))
    )
    rows = Commission.objects.values_list("pk", "amount_minor", "approved_minor")
    for pk, amount, approved in rows.iterator(chunk_size=10_000):
        if lines.get(pk, 0) != amount:
            yield Difference(check="commission lines", subject=f"commission {pk}",
                             expected=str(amount), found=str(lines.get(pk, 0)))  # fmt: skip
        left = amount + adjusted.get(pk, 0)
        if left < 0 or (approved is not None and approved != left):
            yield Difference(check="commission left", subject=f"commission {pk}",
                             expected=str(approved), found=str(left))  # fmt: skip


def _payout_sums() -> Iterator[Difference]:
    """A payout is the sum of its lines, a submitted batch of its payouts."""
    items = Item.objects.exclude(status=ItemStatus.RELEASED)
    for pk, amount, total in items.annotate(total=Sum("lines__amount_minor")).values_list(
        "pk", "amount_minor", "total"
    ):
        if amount != total:
            yield Difference(check="payout lines", subject=f"payout {pk}", expected=str(amount),
                             found=str(total))  # fmt: skip
    for batch in Batch.objects.exclude(status__in=[BatchStatus.DRAFT, BatchStatus.CANCELLED]):
        # A payout that was taken out of the draft has no lines and is not part of the total.
        inside = batch.items.filter(pk__in=ItemLine.objects.values("item"))
        total = inside.aggregate(total=Sum("amount_minor"))["total"] or 0
        if batch.total_minor != total:
            yield Difference(check="batch total", subject=batch.reference,
                             expected=str(batch.total_minor), found=str(total))  # fmt: skip


def _paid_commissions() -> Iterator[Difference]:
    """A commission is paid if, and only if, it is on a payout that left; and on one only."""
    left = ItemLine.objects.filter(item__status__in=Item.PAID, released_at__isnull=True)
    on_paid = set(left.filter(commission__isnull=False).values_list("commission", flat=True))
    paid = set(Commission.objects.filter(status=CommissionStatus.PAID).values_list("pk", flat=True))
    for pk in sorted(on_paid ^ paid):
        said, is_on = ("paid" if pk in paid else "not paid"), ("a" if pk in on_paid else "no")
        yield Difference(check="paid commission", subject=f"commission {pk}", expected=said,
                         found=f"on {is_on} payout that left")  # fmt: skip


def _audit_chain() -> Iterator[Difference]:
    for entry in audit.broken_entries():
        yield Difference(check="audit chain", subject=f"entry {entry.pk}", expected="intact",
                         found="changed or missing predecessor")  # fmt: skip
