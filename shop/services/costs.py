"""What a unit cost the retailer when it was sold: frozen on the line, or found later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from shop.models import CostSource, LineKind, OrderLine, Product, ProductCost

_BATCH = 500


class CostIndex:
    """The costs of some products, loaded once and answered from memory."""

    def __init__(self, product_ids: Collection[int]) -> None:
        self._periods: dict[int, list[tuple[datetime, datetime | None, int]]] = defaultdict(list)
        rows = ProductCost.objects.filter(product__in=product_ids).values_list(
            "product_id", "valid_from", "valid_to", "unit_cost_minor"
        )
        for product_id, valid_from, valid_to, cost in rows:
            self._periods[product_id].append((valid_from, valid_to, cost))

    def at(self, product_id: int, moment: datetime) -> int | None:
        """Return the unit cost in minor units at ``moment``, or None when it is not known."""
        for valid_from, valid_to, cost in self._periods.get(product_id, ()):
            if valid_from <= moment and (valid_to is None or moment < valid_to):
                return cost
        return None


def products_by_sku(shop_id: int, skus: Collection[str]) -> dict[str, int]:
    """Return the product id of each SKU that the shop's catalogue knows."""
    rows = Product.objects.filter(shop_id=shop_id, sku__in=skus).values_list("sku", "pk")
    return dict(rows)


def fill_missing(*, shop_id: int, now: datetime, skus: Collection[str] | None = None) -> int:
    """Give lines stored without a cost the one that the catalogue has had since; return how many.

    The cost is that of the order's date. A cost once frozen is never touched (rule O5). ``skus``
    limits the search to those; costs that begin after ``now`` do not count. Safe to repeat.
    """
    known = ProductCost.objects.filter(
        product__shop_id=shop_id,
        product__sku=OuterRef("sku"),
        valid_from__lte=now,
    )
    waiting = OrderLine.objects.filter(
        Exists(known),
        order__shop_id=shop_id,
        cost_source=CostSource.MISSING,
        kind=LineKind.PRODUCT,
    )
    if skus is not None:
        waiting = waiting.filter(sku__in=skus)
    filled, last = 0, 0
    while batch := list(waiting.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        last = batch[-1].pk
        filled += _fill(shop_id, [line.pk for line in batch])
    return filled


@transaction.atomic
def _fill(shop_id: int, line_ids: Collection[int]) -> int:
    lines = list(
        OrderLine.objects.filter(pk__in=line_ids, cost_source=CostSource.MISSING)
        .select_related("order")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    products = products_by_sku(shop_id, {line.sku for line in lines})
    costs = CostIndex(products.values())
    found = []
    for line in lines:
        cost = costs.at(products[line.sku], line.order.placed_at)
        if cost is not None:
            line.product_id = products[line.sku]
            line.unit_cost_minor, line.cost_source = cost, CostSource.CATALOGUE
            found.append(line)
    OrderLine.objects.bulk_update(found, ["product", "unit_cost_minor", "cost_source"])
    return len(found)
