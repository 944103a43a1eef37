from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse

from core.money import Money
from payouts.models import BatchStatus, Item, ItemLine, ItemStatus
from payouts.queries.originals import paid_with
from portal.adjustment_language import after_payment, payout_line_label, with_text
from portal.sale_display import commission_line, masked

LINE = Q(lines__released_at__isnull=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One commission or adjustment inside a payout.

    ``reference`` and ``url`` are empty, and ``at`` is its own date, when it is about no sale;
    ``credit_id`` is None then.
    """

    reference: str
    url: str
    at: datetime
    what: str
    amount: Money
    credit_id: int | None = None


def seen_by(affiliate_id: int) -> QuerySet[Item]:
    """Return the payouts that their payee may see, newest first: neither drafts nor taken out."""
    return (
        Item.objects.filter(affiliate_id=affiliate_id)
        .exclude(batch__status=BatchStatus.DRAFT)
        .exclude(status=ItemStatus.RELEASED)
        .select_related("batch")
        .order_by("-batch__execution_date", "-pk")
    )


def payouts_of(affiliate_id: int) -> QuerySet[Item]:
    """Return the payouts that their payee may see, with statements, newest first.

    Annotated: ``line_count`` and the period of the orders, ``first_order`` and ``last_order``. For
    these every line of every payout is looked at.
    """
    return (
        seen_by(affiliate_id)
        .select_related("batch", "statement")
        .annotate(
            line_count=Count("lines", filter=LINE),
            first_order=Min("lines__commission__credit__order__placed_at", filter=LINE),
            last_order=Max("lines__commission__credit__order__placed_at", filter=LINE),
        )
    )


def line_rows(item: Item) -> QuerySet[ItemLine]:
    """Return the rows of what a payout is made of, without an order of their own."""
    return ItemLine.objects.filter(item=item, released_at__isnull=True).select_related(
        "commission__credit__order",
        "commission__credit__touchpoint__link",
        "commission__credit__touchpoint__coupon_code",
        "adjustment__commission__credit__order",
    )


def show_lines(rows: Sequence[ItemLine], currency: str) -> list[Line]:
    """Return some rows of a payout as its payee reads them, in their order. One query."""
    changes = [row.adjustment for row in rows if row.adjustment is not None]
    before = paid_with([one.commission_id for one in changes if one.commission_id is not None])
    return [_line(row, currency, before) for row in rows]


def _line(row: ItemLine, currency: str, before: Mapping[int, Item]) -> Line:
    amount = Money(row.amount_minor, currency)
    if row.adjustment is not None:
        change = row.adjustment
        commission = change.commission
        what = with_text(payout_line_label(change), change.text)
        if commission is None:
            return Line(reference="", url="", at=change.effective_at, what=what, amount=amount)
        if commission.pk in before:
            what = after_payment(what, before[commission.pk].reference)
    elif row.commission is not None:
        commission, what = row.commission, commission_line(row.commission.credit)
    else:
        raise LookupError(f"{row} is of no commission and of no adjustment.")
    return Line(
        reference=masked(commission.credit.order.number),
        url=reverse("portal:sale-detail", args=[commission.credit_id]),
        at=commission.credit.order.placed_at,
        what=what,
        amount=amount,
        credit_id=commission.credit_id,
    )
