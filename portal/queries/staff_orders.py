"""Orders and who brought them: the list, and one order with every fact about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.urls import reverse

from core.money import Money
from payouts.models import Block, Commission
from payouts.pricing import Priced, price_lines
from portal.date_range import DateRange
from portal.queries.order_credits import CreditView, credit_views
from portal.sale_references import credit_of
from shop.domain.margin import actual_margin_minor, reference_margin_minor
from shop.models import Order, OrderLine, Return, ReturnLine
from shop.queries import corrected_costs
from tracking.models import Attribution, Credit, Outcome
from tracking.queries import OrderTrace, trace

WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to. A search looks at all orders, whatever the rest."""

    period: DateRange | None = None
    outcome: str = ""
    has: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A line of the list."""

    order: Order
    net: Money
    outcome: str
    affiliates: list[str]
    earned: Money | None
    returned: bool

    @property
    def href(self) -> str:
        """Where the order is looked at."""
        return reverse("portal:order-detail", args=[self.order.pk])


@dataclass(frozen=True, slots=True)
class LineView:
    """An order line with both margins side by side; None where a fact is missing."""

    line: OrderLine
    net: Money
    unit_cost: Money | None
    order_cost: Money
    band: str
    actual: Money | None
    reference: Money | None
    returned: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums below the lines; a margin only when it is known of every line that can earn."""

    net: Money
    actual: Money | None
    reference: Money | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """Everything the order page shows. Without ``shows_costs`` nothing in it follows from one."""

    order: Order
    shows_costs: bool
    lines: list[LineView]
    totals: Totals
    trace: OrderTrace
    credits: list[CreditView]
    returns: list[Return]


def orders(filters: Filters) -> QuerySet[Order]:
    """Return the orders that match, without an order of their own."""
    rows = Order.objects.select_related("shop")
    credit_id = credit_of(filters.search)
    if credit_id is not None:
        return rows.filter(credits=credit_id)
    if filters.search:
        return rows.filter(
            Q(number__istartswith=filters.search)
            | Q(number__istartswith=f"#{filters.search}")
            | Q(external_id=filters.search)
        )
    if filters.period is not None:
        rows = rows.filter(placed_at__gte=filters.period.since, placed_at__lt=filters.period.until)
    if filters.outcome == WAITING:
        rows = rows.filter(attribution__isnull=True)
    elif filters.outcome:
        rows = rows.filter(attribution__outcome=filters.outcome)
    if filters.has == "test":
        rows = rows.filter(is_test=True)
    elif filters.has == "returns":
        rows = rows.filter(Exists(Return.objects.filter(order=OuterRef("pk"))))
    elif filters.has == "blocks":
        held = Block.objects.filter(
            commission__credit__order=OuterRef("pk"), released_at__isnull=True
        )
        rows = rows.filter(Exists(held))
    return rows


def order_rows(page: Sequence[Order]) -> list[OrderRow]:
    """Return the lines of a page of the list, in five queries."""
    nets = dict(
        OrderLine.objects.filter(order__in=page).values_list("order").annotate(Sum("net_minor"))
    )
    outcomes = dict(Attribution.objects.filter(order__in=page).values_list("order", "outcome"))
    names: dict[int, list[str]] = defaultdict(list)
    for credit in Credit.objects.filter(order__in=page).select_related("affiliate"):
        names[credit.order_id].append(credit.affiliate.name)
    earned = dict(
        Commission.objects.filter(credit__order__in=page)
        .values_list("credit__order")
        .annotate(Sum("amount_minor"))
    )
    returned = set(Return.objects.filter(order__in=page).values_list("order", flat=True))
    return [
        OrderRow(
            order,
            Money(nets.get(order.pk, 0), order.currency),
            outcomes.get(order.pk, WAITING),
            names[order.pk],
            Money(earned[order.pk], order.currency) if order.pk in earned else None,
            order.pk in returned,
        )
        for order in page
    ]


def order_view(order: Order, *, shows_costs: bool) -> OrderView:
    """Return one order with its lines, trace, commissions and returns, in bounded queries."""
    returns = list(
        order.returns.order_by("returned_at", "pk").prefetch_related(
            Prefetch("lines", ReturnLine.objects.select_related("line").order_by("pk"))
        )
    )
    lines = _line_views(order, returns, shows_costs=shows_costs)
    return OrderView(
        order=order,
        shows_costs=shows_costs,
        lines=lines,
        totals=_totals(lines, order.currency),
        trace=trace(order.pk),
        credits=credit_views(order, shows_costs=shows_costs),
        returns=returns,
    )


def _line_views(order: Order, returns: Sequence[Return], *, shows_costs: bool) -> list[LineView]:
    back: dict[int | None, int] = defaultdict(int)
    for shop_return in returns:
        for returned in shop_return.lines.all():
            back[returned.line_id] += returned.quantity
    priced = price_lines([order])[order.pk]
    corrected = corrected_costs([one.order_line.pk for one in priced]) if shows_costs else {}
    return [
        _line_view(
            one, order.currency, back, shows_costs=shows_costs,
            cost=corrected.get(one.order_line.pk, one.line.unit_cost_minor),
        )
        for one in priced
    ]  # fmt: skip


def _line_view(
    priced: Priced,
    currency: str,
    back: dict[int | None, int],
    *,
    shows_costs: bool,
    cost: int | None,
) -> LineView:
    """Return a line with its margins; the actual one with the cost that counts now."""
    row, line = priced.order_line, priced.line
    actual = reference = None
    cost = cost if shows_costs else None
    if row.earns and cost is not None:
        margin = actual_margin_minor(
            line.net_minor,
            unit_cost_minor=cost,
            quantity=line.quantity,
            order_cost_minor=line.order_cost_minor,
        )
        actual = Money(margin, currency)
    if row.earns and line.band is not None:
        margin = reference_margin_minor(
            line.net_minor,
            reference_cost_minor=line.band.reference_cost_minor,
            quantity=line.quantity,
            order_cost_minor=line.order_cost_minor,
        )
        reference = Money(margin, currency)
    return LineView(
        line=row,
        net=Money(line.net_minor, currency),
        unit_cost=None if cost is None else Money(cost, currency),
        order_cost=Money(line.order_cost_minor, currency),
        band=f"{line.band.lower_bps // 100}–{line.band.upper_bps // 100} %" if line.band else "",
        actual=actual,
        reference=reference,
        returned=back[row.pk],
    )


def _totals(lines: Sequence[LineView], currency: str) -> Totals:
    net = sum(view.net.minor for view in lines)
    earning = [view for view in lines if view.line.earns]
    return Totals(
        net=Money(net, currency),
        actual=_sum([view.actual for view in earning], currency),
        reference=_sum([view.reference for view in earning], currency),
    )


def _sum(amounts: Sequence[Money | None], currency: str) -> Money | None:
    known = [amount.minor for amount in amounts if amount is not None]
    return Money(sum(known), currency) if known and len(known) == len(amounts) else None


def outcomes() -> list[str]:
    """Return the outcomes that the list can be narrowed to."""
    return [Outcome.ATTRIBUTED, Outcome.NOBODY, WAITING]
