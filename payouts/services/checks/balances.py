"""Every balance on three paths: by transfers, by the states of rows, by what no payout took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Sum, Value, When

from payouts.models import (
    Adjustment,
    AdjustmentReason,
    BankEntry,
    BatchStatus,
    Commission,
    CommissionStatus,
    EntryKind,
    EntryState,
    Invoice,
    InvoiceKind,
    Item,
    ItemLine,
    ItemReturn,
    Transfer,
)
from payouts.services.checks.difference import Difference
from payouts.services.invoice_postings import RECOVERABLE, REVERSE_CHARGE
from payouts.services.ledger import BANK, CLEARING, EXPENSE, WRITTEN_OFF, account_of
from payouts.services.targets import BESIDE

#: Credit minus debit in minor units, by the account's code and currency.
Balances = dict[tuple[str, str], int]


def differences() -> Iterator[Difference]:
    """Yield every balance that is not the same on all paths, or that may not be a debt."""
    by_transfers = ledger_balances()
    yield from _compare("balance", _balances_by_status(), by_transfers)
    payable = {key: total for key, total in by_transfers.items() if key[0].endswith(":payable")}
    yield from _compare("due by lines", _payable_by_lines(), payable)
    for (code, currency), total in by_transfers.items():
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


def sum_by_currency(balances: Balances) -> dict[str, int]:
    """Return the sum of all balances, per currency."""
    totals: dict[str, int] = defaultdict(int)
    for (_code, currency), total in balances.items():
        totals[currency] += total
    return totals


def _compare(check_name: str, expected: Balances, found: Balances) -> Iterator[Difference]:
    for key in sorted(expected.keys() | found.keys()):
        want, have = expected.get(key, 0), found.get(key, 0)
        if want != have:
            yield Difference(check=check_name, subject=" ".join(key), expected=str(want),
                             found=str(have))  # fmt: skip


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
    # What people decided stands, also beside a commission that does not, as its goods do.
    by_facts = Q(proposal__isnull=True) & ~Q(source_key__endswith=BESIDE)
    changes = Adjustment.objects.exclude(by_facts, commission__status=CommissionStatus.REVERSED)
    # A payment that came back was earned once, and a debt that is written off never was.
    changes = changes.exclude(
        reason__in=[AdjustmentReason.PAYMENT_BACK, AdjustmentReason.WRITE_OFF]
    )
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
    for affiliate, currency, total in _written_off():
        add("payable", affiliate, currency, total)
        expected[WRITTEN_OFF, currency] -= total
    _add_payouts(expected)
    for code, currency, total in _by_invoices():
        expected[code, currency] += total
    for rail, currency, total in _on_the_account():
        expected[CLEARING[rail], currency] += total
        expected[BANK, currency] -= total
    for currency, total in earned.items():
        expected[EXPENSE, currency] = -total
    return {key: total for key, total in expected.items() if total}


def _add_payouts(expected: Balances) -> None:
    """Add what is reserved for payouts, what left with them, and what of it came back."""
    for affiliate, currency, rail, total, vat in (
        ItemReturn.objects.standing()
        .values_list("item__affiliate", "currency", "item__batch__rail")
        .annotate(total=Sum("amount_minor"), taxes=Sum("vat_minor"))
        .order_by()
    ):
        expected[account_of(affiliate, "payable"), currency] += total - vat
        expected[account_of(affiliate, "invoiced"), currency] += vat
        expected[CLEARING[rail], currency] -= total
    for affiliate, currency, status, rail, total, vat in (
        Item.objects.filter(status__in=[*Item.LIVE, *Item.LEFT], batch__submitted_at__isnull=False)
        .exclude(batch__status=BatchStatus.DRAFT)
        .values_list("affiliate", "currency", "status", "batch__rail")
        .annotate(total=Sum("amount_minor"), taxes=Sum("vat_minor"))
    ):
        expected[account_of(affiliate, "payable"), currency] -= total - vat
        if status in Item.LEFT:
            expected[account_of(affiliate, "invoiced"), currency] -= vat
            expected[CLEARING[rail], currency] += total
        else:
            expected[account_of(affiliate, "reserved"), currency] += total - vat


def _written_off() -> QuerySet[Adjustment, tuple[int, str, int]]:
    """The debts that were given up, by affiliate."""
    return (
        Adjustment.objects.filter(reason=AdjustmentReason.WRITE_OFF)
        .values_list("affiliate", "currency")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    )


def _by_invoices() -> Iterator[tuple[str, str, int]]:
    """The VAT of every document, and its other side."""
    rows = (
        Invoice.objects.values_list("affiliate", "currency", "kind")
        .annotate(taxes=Sum("vat_minor"), owed=Sum("reverse_charge_minor"))
        .order_by()
    )
    for affiliate, currency, kind, vat, owed in rows:
        sign = 1 if kind == InvoiceKind.INVOICE else -1
        yield account_of(affiliate, "invoiced"), currency, sign * vat
        yield REVERSE_CHARGE, currency, sign * owed
        yield RECOVERABLE, currency, -sign * (vat + owed)


def _on_the_account() -> QuerySet[BankEntry, tuple[str, str, int]]:
    """What the bank's files say of payouts, by rail: below zero what left more than came back."""
    matched = BankEntry.objects.filter(
        state=EntryState.MATCHED, kind__in=[EntryKind.BOOKED, EntryKind.RETURNED]
    )
    return (
        matched.values_list("item__batch__rail", "currency")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    )


def _payable_by_lines() -> Balances:
    """What is due, commission by commission: all that is on no line of a submitted payout."""
    taken = ItemLine.objects.filter(released_at__isnull=True).exclude(
        item__batch__status=BatchStatus.DRAFT
    )
    commissions: QuerySet[Commission] = Commission.objects.filter(
        ~Exists(taken.filter(commission=OuterRef("pk"))),
        status__in=[CommissionStatus.APPROVED, CommissionStatus.PAID],
    )
    adjustments: QuerySet[Adjustment] = Adjustment.objects.filter(
        ~Exists(taken.filter(adjustment=OuterRef("pk"))), is_payable=True
    )
    due: Balances = defaultdict(int)
    for totals in (
        commissions.values_list("affiliate", "currency").annotate(total=Sum("approved_minor")),
        adjustments.values_list("affiliate", "currency").annotate(total=Sum("amount_minor")),
    ):
        for affiliate, currency, total in totals:
            due[account_of(affiliate, "payable"), currency] += total
    return {key: total for key, total in due.items() if total}
