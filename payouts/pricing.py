"""Gathers what the pure commission rules need to know about the lines of orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from payouts.domain.commission import PRODUCT, Band, Line
from shop.domain.margin import order_cost, share_order_cost
from shop.models import BandAssignment, Order, OrderLine, Product, Shop


@dataclass(frozen=True, slots=True)
class Priced:
    """An order line and what the rules may know of it."""

    order_line: OrderLine
    line: Line


def price_lines(orders: Sequence[Order]) -> dict[int, list[Priced]]:
    """Return the priced lines of each order, by order id, in three queries or four."""
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for order_line in OrderLine.objects.filter(order__in=orders).order_by("pk"):
        lines[order_line.order_id].append(order_line)
    _name_products(orders, [line for found in lines.values() for line in found])
    bands = _assignments({line.product_id for found in lines.values() for line in found})
    return {order.pk: _price(order, lines[order.pk], bands) for order in orders}


def _name_products(orders: Sequence[Order], lines: Sequence[OrderLine]) -> None:
    """Name the product of lines that came before the catalogue did; in memory only."""
    unnamed = [line for line in lines if line.product_id is None and line.sku]
    if not unnamed:
        return
    shop_of = {order.pk: order.shop_id for order in orders}
    products = Product.objects.filter(
        shop__in=set(shop_of.values()), sku__in={line.sku for line in unnamed}
    )
    known = {(shop, sku): pk for shop, sku, pk in products.values_list("shop", "sku", "pk")}
    for line in unnamed:
        line.product_id = known.get((shop_of[line.order_id], line.sku))


def _price(
    order: Order, order_lines: list[OrderLine], bands: dict[int, list[BandAssignment]]
) -> list[Priced]:
    shop: Shop = order.shop
    nets = [line.net_minor if line.kind == PRODUCT else 0 for line in order_lines]
    cost = order_cost(sum(nets), fixed_minor=shop.order_cost_minor, bps=shop.order_cost_bps,
                      currency=order.currency)  # fmt: skip
    shares = share_order_cost(cost, nets)
    return [
        Priced(
            line,
            Line(
                kind=line.kind,
                quantity=line.quantity,
                net_minor=line.net_minor,
                order_cost_minor=share,
                unit_cost_minor=line.unit_cost_minor,
                band=_band(bands.get(line.product_id or 0, []), order.placed_at),
            ),
        )
        for line, share in zip(order_lines, shares, strict=True)
    ]


def _assignments(product_ids: set[int | None]) -> dict[int, list[BandAssignment]]:
    found: dict[int, list[BandAssignment]] = defaultdict(list)
    rows = BandAssignment.objects.filter(product__in=product_ids - {None}).select_related("band")
    for row in rows:
        found[row.product_id].append(row)
    return found


def _band(assignments: Sequence[BandAssignment], moment: datetime) -> Band | None:
    for row in assignments:
        if row.valid_from <= moment and (row.valid_to is None or moment < row.valid_to):
            return Band(
                lower_bps=row.band.lower_bps,
                upper_bps=row.band.upper_bps,
                list_price_minor=row.list_price_minor,
                reference_cost_minor=row.reference_cost_minor,
            )
    return None
