"""What a self-billed invoice lists, and over which days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Sum
from django.utils import translation

from core.money import Money
from payouts.domain.calendar import bank_date
from payouts.domain.invoice import Line, commissions_text, returned_text
from payouts.models import AdjustmentReason, Item, ItemLine, ItemReturn

#: Invoices are French, whoever reads them.
LANGUAGE = "fr"


def invoice_lines(item: Item) -> list[Line]:
    """Return one line for all commissions of a payout, then one for each kind of change (IV8).

    In French. The statement has every sale; kinds that come to nothing are left out.
    """
    sales, sold = 0, 0
    changes: dict[str, int] = {}
    for line in _lines(item):
        if line.adjustment is None:
            sales, sold = sales + 1, sold + line.amount_minor
        else:
            reason = line.adjustment.reason
            changes[reason] = changes.get(reason, 0) + line.amount_minor
    lines = [Line(commissions_text(sales), Money(sold, item.currency))] if sold else []
    with translation.override(LANGUAGE):
        lines += [
            Line(AdjustmentReason(reason).on_documents, Money(minor, item.currency))
            for reason, minor in changes.items()
            if minor
        ]
    return lines


def net_minor_of(items: Iterable[Item]) -> dict[int, int]:
    """Return what the lines of payouts come to, in minor units by payout id. One query."""
    rows = ItemLine.objects.filter(item__in=[item.pk for item in items], released_at__isnull=True)
    return dict(rows.values_list("item").annotate(total=Sum("amount_minor")).order_by())


def return_line(back: ItemReturn, net: Money) -> Line:
    """Return the line of a credit note."""
    return Line(returned_text(back.reference), net)


def period_of(item: Item) -> tuple[date, date]:
    """Return the first and the last day of what a payout pays: orders and changes, to the cut-off.

    The last day never comes after the payment.
    """
    days = [bank_date(item.batch.cutoff_at)]
    for line in _lines(item):
        if line.adjustment is not None:
            days.append(bank_date(line.adjustment.effective_at))
        elif line.commission is not None:
            days.append(bank_date(line.commission.credit.order.placed_at))
    last = min(max(days), item.batch.execution_date)
    return min(*days, last), last


def _lines(item: Item) -> Iterator[ItemLine]:
    rows = item.lines.filter(released_at__isnull=True).order_by("pk")
    yield from rows.select_related("adjustment", "commission__credit__order")
