"""Periods of what a unit costs: a cost that changed ends one and begins another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from shop.models import ProductCost
from shop.services.bands import ALWAYS
from shop.services.copying import copy_in


@dataclass(frozen=True, slots=True)
class Costs:
    """The unit costs that hold now, by product, in minor units; and whose are the first ever."""

    live: Mapping[int, int]
    first: Collection[int]
    changed: int


def store(*, product_ids: Collection[int], told: Mapping[int, int], now: datetime) -> Costs:
    """Store the costs that were ``told`` of some of the products. In the caller's lock.

    A first cost holds for all the time before too; one that changed holds from ``now`` on, and two
    at one moment are a correction.
    """
    live = {
        product_id: (pk, minor, valid_from)
        for product_id, pk, minor, valid_from in ProductCost.objects.filter(
            product__in=product_ids, valid_to__isnull=True
        ).values_list("product_id", "pk", "unit_cost_minor", "valid_from")
    }
    first: list[int] = []
    ended: list[int] = []
    opened: list[tuple[int, int, datetime]] = []
    corrected: list[ProductCost] = []
    for product_id, minor in told.items():
        if product_id not in live:
            first.append(product_id)
            opened.append((product_id, minor, ALWAYS))
            continue
        pk, known, valid_from = live[product_id]
        if known == minor:
            continue
        if valid_from >= now:
            corrected.append(ProductCost(pk=pk, unit_cost_minor=minor))
        else:
            ended.append(pk)
            opened.append((product_id, minor, now))
    if ended:
        ProductCost.objects.filter(pk__in=ended).update(valid_to=now)
    ProductCost.objects.bulk_update(corrected, ["unit_cost_minor"])
    if opened:
        copy_in(ProductCost, ("product_id", "unit_cost_minor", "valid_from"), opened)
    known_costs = {product_id: minor for product_id, (_pk, minor, _from) in live.items()}
    return Costs({**known_costs, **told}, first, len(opened) + len(corrected))
