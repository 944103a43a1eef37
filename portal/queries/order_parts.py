"""Orders as rows of a file: each with who brought it, what that earned and what is left of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Sum

from core.money import BPS, Money
from payouts.models import Item
from payouts.pricing import price_lines
from portal.queries.sales import payouts_of, with_state
from portal.queries.staff_orders import WAITING
from shop.domain.margin import actual_margin_minor
from shop.models import LineKind, Order, OrderLine, ReturnLine
from shop.queries import corrected_costs
from tracking.models import Attribution, Credit

if TYPE_CHECKING:
    from portal.queries.sales import CreditWithState


@dataclass(frozen=True, slots=True)
class Costs:
    """What the goods of an order cost, and what they leave, in minor units; None: not known."""

    goods_minor: int | None = None
    margin_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An order, or one affiliate's part of it. ``items`` and ``returned`` are of the whole."""

    order: Order
    outcome: str
    items: int
    returned: int
    net_minor: int
    credit: CreditWithState | None
    payout: Item | None
    costs: Costs

    def of_part(self, minor: int | None) -> Money | None:
        """Return what of an amount of the whole order belongs here, half away from zero."""
        if minor is None:
            return None
        amount = Money(minor, self.order.currency)
        return amount.share(self.credit.share_bps, BPS) if self.credit else amount


def number_of_parts(orders: QuerySet[Order]) -> int:
    """Return how many rows orders come to: one for each credit, and for each order without one."""
    return orders.order_by().values_list("pk", "credits").count()


def is_long(orders: QuerySet[Order], most: int) -> bool:
    """Tell whether there are more than ``most`` orders; no more of them are looked at."""
    return orders.order_by()[: most + 1].count() > most


def parts_of(orders: Sequence[Order], *, with_costs: bool) -> list[Part]:
    """Return the rows of orders in their order, in eight queries; with costs in six more."""
    nobody: list[CreditWithState | None] = [None]
    credits: dict[int, list[CreditWithState | None]] = defaultdict(list)
    found = list(
        with_state(Credit.objects.filter(order__in=orders))
        .select_related("affiliate", "touchpoint__link", "touchpoint__coupon_code", "commission")
        .order_by("-share_bps", "pk")
    )
    for credit in found:
        credits[credit.order_id].append(credit)
    payouts = payouts_of(found)
    outcomes = dict(Attribution.objects.filter(order__in=orders).values_list("order", "outcome"))
    sold = _sold(orders)
    returned = _returned(orders)
    costs = _costs(orders) if with_costs else {}
    return [
        Part(
            order=order,
            outcome=outcomes.get(order.pk, WAITING),
            items=sold.get(order.pk, (0, 0))[0],
            net_minor=sold.get(order.pk, (0, 0))[1],
            returned=returned.get(order.pk, 0),
            credit=credit,
            payout=payouts.get(credit.pk) if credit else None,
            costs=costs.get(order.pk, Costs()),
        )
        for order in orders
        for credit in credits.get(order.pk, nobody)
    ]


def _sold(orders: Sequence[Order]) -> dict[int, tuple[int, int]]:
    """Return pieces of products and their net price in minor units, by order."""
    rows = (
        OrderLine.objects.filter(order__in=orders, kind=LineKind.PRODUCT)
        .order_by()
        .values_list("order")
        .annotate(Sum("quantity"), Sum("net_minor"))
    )
    return {pk: (pieces, net) for pk, pieces, net in rows}


def _returned(orders: Sequence[Order]) -> dict[int, int]:
    """Return how many pieces of products came back, by order."""
    rows = ReturnLine.objects.filter(
        line__order__in=orders, line__kind=LineKind.PRODUCT, shop_return__withdrawn_at__isnull=True
    )
    return dict(rows.order_by().values_list("line__order").annotate(Sum("quantity")))


def _costs(orders: Sequence[Order]) -> Mapping[int, Costs]:
    """Return the costs that count now, of orders of which that of every line is known."""
    priced = price_lines(orders)
    lines = [one for of_order in priced.values() for one in of_order if one.order_line.earns]
    corrected = corrected_costs([one.order_line.pk for one in lines])
    found: dict[int, Costs] = {}
    for order_id, of_order in priced.items():
        goods = margin = 0
        earning = [one for one in of_order if one.order_line.earns]
        for one in earning:
            cost = corrected.get(one.order_line.pk, one.line.unit_cost_minor)
            if cost is None:
                break
            goods += cost * one.line.quantity
            margin += actual_margin_minor(
                one.line.net_minor,
                unit_cost_minor=cost,
                quantity=one.line.quantity,
                order_cost_minor=one.line.order_cost_minor,
            )
        else:
            found[order_id] = Costs(goods, margin) if earning else Costs()
    return found
