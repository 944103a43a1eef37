"""What an affiliate's screens say about sales. Nothing here touches a cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, TruncDate

from core.money import Money
from payouts.explanation import partner_sentences
from payouts.models import (
    Adjustment,
    Block,
    Commission,
    CommissionLine,
    CommissionStatus,
    Item,
    ItemLine,
)

#: What the partner reads, derived from status, blocks and payout. See ux "status language".
PARTNER_STATES = (
    "pending", "on_hold", "approved", "in_payout", "paid", "declined", "reversed", "clawed_back",
)  # fmt: skip
RETURNED = ("returned", "cancelled")


def _with_facts(commissions: QuerySet[Commission]) -> QuerySet[Commission]:
    """Annotate what the partner's state and amount are derived from."""
    changes = Adjustment.objects.filter(commission=OuterRef("pk")).values("commission")
    blocked = Block.objects.filter(commission=OuterRef("pk"), released_at__isnull=True)
    live = ItemLine.objects.filter(
        commission=OuterRef("pk"), released_at__isnull=True, item__status__in=Item.LIVE
    )
    return commissions.annotate(
        change_minor=Coalesce(
            Subquery(changes.annotate(total=Sum("amount_minor")).values("total"),
                     output_field=IntegerField()), Value(0)
        ),
        payable_change_minor=Coalesce(
            Subquery(changes.filter(is_payable=True).annotate(total=Sum("amount_minor"))
                     .values("total"), output_field=IntegerField()), Value(0)
        ),
        is_blocked=Exists(blocked),
        is_in_payout=Exists(live),
        payout_id=Subquery(
            ItemLine.objects.filter(commission=OuterRef("pk"), released_at__isnull=True)
            .values("item__public_id")[:1]
        ),
    )  # fmt: skip


def partner_state(commission: Commission) -> str:
    """Return the word of the partner's status language for an annotated commission."""
    if commission.status == CommissionStatus.PENDING:
        return "on_hold" if commission.is_blocked else "pending"
    if commission.status == CommissionStatus.REVERSED:
        return "reversed" if commission.reversal_reason in RETURNED else "declined"
    if commission.status == CommissionStatus.PAID:
        return "clawed_back" if commission.payable_change_minor < 0 else "paid"
    return "in_payout" if commission.is_in_payout else "approved"


_STATE_FILTERS = {
    "pending": Q(status="pending", is_blocked=False),
    "on_hold": Q(status="pending", is_blocked=True),
    "approved": Q(status="approved", is_in_payout=False),
    "in_payout": Q(status="approved", is_in_payout=True),
    "paid": Q(status="paid", payable_change_minor__gte=0),
    "clawed_back": Q(status="paid", payable_change_minor__lt=0),
    "reversed": Q(status="reversed", reversal_reason__in=RETURNED),
    "declined": Q(status="reversed") & ~Q(reversal_reason__in=RETURNED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleFilter:
    """What the list of sales is narrowed to. Empty fields do not narrow."""

    state: str = ""
    since: datetime | None = None
    until: datetime | None = None
    link_id: int | None = None
    code_id: int | None = None


def sales(affiliate_id: int, narrow: SaleFilter | None = None) -> QuerySet[Commission]:
    """Return an affiliate's commissions, newest order first, with what a list needs.

    Each row has ``change_minor`` (all adjustments), ``is_blocked``, ``is_in_payout``,
    ``payout_id`` (public id or None). Use ``partner_state`` and ``earned``.
    """
    found = _with_facts(
        Commission.objects.filter(affiliate=affiliate_id).select_related(
            "credit__order", "credit__touchpoint__link", "credit__touchpoint__coupon_code"
        )
    )
    narrow = narrow or SaleFilter()
    if narrow.state in _STATE_FILTERS:
        found = found.filter(_STATE_FILTERS[narrow.state])
    if narrow.since:
        found = found.filter(credit__order__placed_at__gte=narrow.since)
    if narrow.until:
        found = found.filter(credit__order__placed_at__lt=narrow.until)
    if narrow.link_id:
        found = found.filter(credit__touchpoint__link=narrow.link_id)
    if narrow.code_id:
        found = found.filter(credit__touchpoint__coupon_code=narrow.code_id)
    return found.order_by("-credit__order__placed_at", "-pk")


def earned(commission: Commission) -> Money:
    """Return what an annotated commission comes to today, after every adjustment."""
    if commission.status == CommissionStatus.REVERSED:
        return Money(0, commission.currency)
    return Money(commission.amount_minor + commission.change_minor, commission.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLine:
    """One order line as the affiliate sees it."""

    title: str
    quantity: int
    returned: int
    net: Money
    amount: Money
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One sale with the whole of "why this amount"."""

    commission: Commission
    state: str
    earned: Money
    lines: Sequence[SaleLine]
    adjustments: Sequence[Adjustment]
    item: Item | None


def sale(affiliate_id: int, credit_id: int) -> Sale:
    """Return one sale of one affiliate.

    :raises Commission.DoesNotExist: if it is not theirs.
    """
    commission = _with_facts(
        Commission.objects.filter(affiliate=affiliate_id).select_related(
            "credit__order__shop", "credit__touchpoint__link", "credit__touchpoint__coupon_code",
            "terms",
        )
    ).get(credit=credit_id)  # fmt: skip
    lines = (
        CommissionLine.objects.filter(commission=commission)
        .select_related("order_line")
        .annotate(returned=Coalesce(Sum("order_line__returned__quantity"), Value(0)))
        .order_by("order_line")
    )
    line_on_payout = (
        ItemLine.objects.filter(commission=commission, released_at__isnull=True)
        .select_related("item__batch")
        .first()
    )
    return Sale(
        commission=commission,
        state=partner_state(commission),
        earned=earned(commission),
        lines=[_sale_line(line, commission.currency) for line in lines],
        adjustments=list(
            commission.adjustments.exclude(amount_minor=0).select_related("order_line")
            .order_by("effective_at", "pk")
        ),
        item=line_on_payout.item if line_on_payout else None,
    )  # fmt: skip


def _sale_line(line: CommissionLine, currency: str) -> SaleLine:
    return SaleLine(
        title=line.order_line.title,
        quantity=line.order_line.quantity,
        returned=line.returned,
        net=Money(line.order_line.net_minor, currency),
        amount=Money(line.amount_minor, currency),
        sentences=partner_sentences(line.steps, currency),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Earnings:
    """What the orders of a period brought, by what became of it. ``orders`` counts all of them."""

    orders: int
    pending: Money
    approved: Money
    paid: Money

    @property
    def total(self) -> Money:
        return self.pending + self.approved + self.paid


def earnings(affiliate_id: int, currency: str, since: datetime, until: datetime) -> Earnings:
    """Return what orders placed from ``since`` to ``until`` (exclusive) come to today."""
    totals = dict.fromkeys(CommissionStatus.values, 0)
    orders = 0
    for status, amount, change in (
        sales(affiliate_id, SaleFilter(since=since, until=until))
        .filter(currency=currency)
        .values_list("status", "amount_minor", "change_minor")
    ):
        orders += 1
        totals[status] += amount + change
    return Earnings(
        orders=orders,
        pending=Money(totals["pending"], currency),
        approved=Money(totals["approved"], currency),
        paid=Money(totals["paid"], currency),
    )


def earnings_by_day(
    affiliate_id: int, currency: str, since: datetime, until: datetime
) -> dict[date, tuple[int, int]]:
    """Return per day (Europe/Paris) the number of orders and what they come to, in minor units."""
    days: dict[date, tuple[int, int]] = {}
    rows = (
        sales(affiliate_id, SaleFilter(since=since, until=until))
        .filter(currency=currency)
        .exclude(status=CommissionStatus.REVERSED)
        .annotate(day=TruncDate("credit__order__placed_at"))
        .annotate(comes_to=F("amount_minor") + F("change_minor"))
        .values_list("day", "comes_to")
    )
    for day, minor in rows:
        count, total = days.get(day, (0, 0))
        days[day] = (count + 1, total + minor)
    return days
