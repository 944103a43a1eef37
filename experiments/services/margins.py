"""What orders leave, for experiments that ask for margin and not only for orders (rule X16)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from core.money import Money
from shop.domain.margin import (
    actual_margin_minor,
    order_cost,
    reference_cost_minor,
    reference_margin_minor,
    share_order_cost,
)
from shop.models import BandAssignment, LineKind, Order, OrderLine, ReturnLine, Shop
from shop.queries import corrected_costs

AT_ONCE = 2_000


class Left(NamedTuple):
    """What an order leaves, in minor units: by its real costs (M1), and by published ones (M6)."""

    actual: int
    reference: int


class _Back(NamedTuple):
    """What came back: units by line, and money without goods by order."""

    units: Counter[int]
    money: Counter[int]


class _Bands:
    """The published bands of some products."""

    def __init__(self, product_ids: Collection[int]) -> None:
        rows = BandAssignment.objects.filter(product__in=product_ids)
        self._held: dict[int, list[tuple[datetime, datetime | None, int]]] = defaultdict(list)
        for product, since, until, price, lower in rows.values_list(
            "product", "valid_from", "valid_to", "list_price_minor", "band__lower_bps"
        ):
            cost = reference_cost_minor(price, lower)
            self._held[product].append((since, until, cost))

    def cost(self, product_id: int | None, at: datetime) -> int | None:
        """Return what a unit cost by its band of that time; None when it had none."""
        held = self._held.get(product_id or 0, ())
        return next(
            (cost for since, until, cost in held if since <= at and (until is None or at < until)),
            None,
        )


def margins_of(order_ids: Collection[int], shop: Shop) -> dict[int, Left]:
    """Return what each order leaves, in minor units of the shop's currency, by id.

    Products only, each with its share of the order's costs; of a line that came back in part, that
    part of it (half away from zero), and money that was given back without goods comes off. A line
    whose cost, or band, is not known leaves nothing. Orders that were cancelled or are in another
    currency are left out. Five queries for two thousand orders.
    """
    ids = sorted(order_ids)
    found: dict[int, Left] = {}
    for start in range(0, len(ids), AT_ONCE):
        found |= _margins(ids[start : start + AT_ONCE], shop)
    return found


def _margins(order_ids: Sequence[int], shop: Shop) -> dict[int, Left]:
    orders = Order.objects.filter(
        pk__in=order_ids, cancelled_at__isnull=True, currency=shop.currency
    )
    placed = dict(orders.values_list("pk", "placed_at"))
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=placed, kind=LineKind.PRODUCT).order_by("pk"):
        lines[line.order_id].append(line)
    of_all = [line for theirs in lines.values() for line in theirs]
    costs = corrected_costs([line.pk for line in of_all])
    bands = _Bands({line.product_id for line in of_all if line.product_id is not None})
    back = _came_back(placed)
    return {
        pk: _left(theirs, placed[pk], shop, costs=costs, bands=bands, back=back)
        for pk, theirs in lines.items()
    }


def _left(
    lines: Sequence[OrderLine],
    placed_at: datetime,
    shop: Shop,
    *,
    costs: dict[int, int],
    bands: _Bands,
    back: _Back,
) -> Left:
    nets = [line.net_minor for line in lines]
    whole = order_cost(
        sum(nets),
        fixed_minor=shop.order_cost_minor,
        bps=shop.order_cost_bps,
        currency=shop.currency,
    )
    actual = reference = 0
    for line, share in zip(lines, share_order_cost(whole, nets), strict=True):
        kept = max(0, line.quantity - back.units[line.pk])
        unit_cost = costs.get(line.pk, line.unit_cost_minor)
        if unit_cost is not None:
            margin = actual_margin_minor(
                line.net_minor,
                unit_cost_minor=unit_cost,
                quantity=line.quantity,
                order_cost_minor=share,
            )
            actual += Money(margin, shop.currency).share(kept, line.quantity).minor
        published = bands.cost(line.product_id, placed_at)
        if published is not None:
            margin = reference_margin_minor(
                line.net_minor,
                reference_cost_minor=published,
                quantity=line.quantity,
                order_cost_minor=share,
            )
            reference += Money(margin, shop.currency).share(kept, line.quantity).minor
    money = back.money[lines[0].order_id]
    return Left(actual - money, max(0, reference - money))


def _came_back(order_ids: Collection[int]) -> _Back:
    back = _Back(Counter(), Counter())
    rows = ReturnLine.objects.filter(shop_return__order__in=order_ids)
    for order_id, line_id, units, net in rows.values_list(
        "shop_return__order", "line", "quantity", "net_minor"
    ):
        if units and line_id:
            back.units[line_id] += units
        elif not units:
            back.money[order_id] += net
    return back
