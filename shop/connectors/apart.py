"""Products whose time of change does not cover their stock, or their cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from shop.domain.canonical import CanonicalProduct
from shop.domain.states import Facts, Stock, UnitCost


def told_apart(
    products: Iterable[CanonicalProduct], *, costs_too: bool, seen_at: datetime | None = None
) -> Facts:
    """Return products with their stocks told apart, and their costs where ``costs_too``.

    ``seen_at``: when the platform looked at them; None: when its word came.
    """
    told = tuple(products)
    plain = (replace(one, stock=None) for one in told)
    return Facts(
        products=tuple(replace(one, unit_cost_minor=None) if costs_too else one for one in plain),
        unit_costs=tuple(
            UnitCost(sku=one.sku, unit_cost_minor=one.unit_cost_minor, changed_at=seen_at)
            for one in told
            if costs_too and one.unit_cost_minor is not None
        ),
        stocks=tuple(
            Stock(sku=one.sku, pieces=one.stock, changed_at=seen_at)
            for one in told
            if one.stock is not None
        ),
    )
