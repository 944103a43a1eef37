"""What the rules of terms may ask of lines and their orders, gathered for many orders at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from affiliates.domain.rule_choice import LineFacts
from affiliates.domain.terms import Customer
from affiliates.models import Programme
from core.money import BPS, ratio
from payouts.among import among
from shop.history import came_before
from shop.models import LineKind, Order, OrderLine, Product

#: Category, brand and collections of a product.
_Said = tuple[str, str, frozenset[str]]
_UNKNOWN: _Said = ("", "", frozenset())


def line_facts(
    lines: Mapping[int, Sequence[OrderLine]], orders: Sequence[Order]
) -> dict[int, LineFacts]:
    """Return the facts of each line of ``orders``, by line id, in three queries.

    ``lines``: by order id. What is of a credit (classes, role, surface) is empty here. Texts of
    the catalogue are as the shop says them now.
    """
    zone = Programme.get().zone
    customers = customers_of(orders)
    said = _catalogue(line.product_id for found in lines.values() for line in found)
    facts: dict[int, LineFacts] = {}
    for order in orders:
        found = lines[order.pk]
        net = sum(line.net_minor for line in found if line.kind == LineKind.PRODUCT)
        placed_on = order.placed_at.astimezone(zone).date()
        codes = frozenset(order.codes)
        customer = customers[order.pk]
        for line in found:
            category, brand, collections = said.get(line.product_id or 0, _UNKNOWN)
            facts[line.pk] = LineFacts(
                category=category,
                brand=brand,
                collections=collections,
                sku=line.sku,
                customer=customer,
                codes=codes,
                discount_bps=discount_bps(line.net_minor, line.discount_minor),
                order_minor=net,
                placed_on=placed_on,
            )
    return facts


def discount_bps(net_minor: int, discount_minor: int) -> int | None:
    """Return a line's discount in basis points of its price before it; none without a price.

    Rounding: half away from zero. Rule T2.
    """
    before = net_minor + discount_minor
    return ratio(discount_minor * BPS, before) if before > 0 else None


def customers_of(orders: Sequence[Order]) -> dict[int, Customer]:
    """Return whether the buyer of each order was new to its shop, by order id. One query.

    As the shop says; else by its history: no earlier order of the same buyer that was neither
    cancelled nor a test, nor the one that this order follows. Without a buyer's reference it is
    unknown. Rule T6.
    """
    silent = [order.pk for order in orders if order.is_new_customer is None and order.customer_ref]
    by_history = dict(
        Order.objects.filter(among("pk", silent))
        .annotate(came_before=came_before())
        .values_list("pk", "came_before")
        if silent
        else ()
    )
    return {order.pk: _customer(order, by_history) for order in orders}


def _customer(order: Order, by_history: Mapping[int, bool]) -> Customer:
    is_known = by_history.get(order.pk)
    if order.is_new_customer is not None:
        is_known = not order.is_new_customer
    if is_known is None:
        return Customer.UNKNOWN
    return Customer.RETURNING if is_known else Customer.NEW


def _catalogue(product_ids: Iterable[int | None]) -> dict[int, _Said]:
    wanted = {pk for pk in product_ids if pk is not None}
    rows = Product.objects.filter(among("pk", wanted)).values_list(
        "pk", "category", "brand", "collections"
    )
    return {pk: (category, brand, frozenset(names)) for pk, category, brand, names in rows}
