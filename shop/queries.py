"""What others ask about the shop's facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.db.models import Case, Count, Q, Sum, Value, When

from shop.models import CostCorrection, OrderLine, Product, ReturnLine, Shop

_IDS_AT_ONCE = 2_000


@dataclass(slots=True)
class Stored:
    """What is stored of some orders and returns, in minor units and in lines.

    ``sums`` and ``lines`` are by kind of order line, and by ``returns_matched`` and
    ``returns_parked``: those count below zero in ``sums``.
    """

    sums: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)


def stored_sums(shop_id: int, *, order_ids: Sequence[str], return_ids: Sequence[str]) -> Stored:
    """Add up, in the database, what is stored under the shop's own ids of orders and returns."""
    stored = Stored()
    for start in range(0, len(order_ids), _IDS_AT_ONCE):
        ids = order_ids[start : start + _IDS_AT_ONCE]
        rows = OrderLine.objects.filter(order__shop_id=shop_id, order__external_id__in=ids)
        for kind, total, count in rows.values_list("kind").annotate(Sum("net_minor"), Count("pk")):
            stored.sums[kind] += total
            stored.lines[kind] += count
    for start in range(0, len(return_ids), _IDS_AT_ONCE):
        ids = return_ids[start : start + _IDS_AT_ONCE]
        found = ReturnLine.objects.filter(
            shop_return__shop_id=shop_id, shop_return__external_id__in=ids
        ).annotate(
            state=Case(
                When(line__isnull=True, quantity__gt=0, then=Value("returns_parked")),
                default=Value("returns_matched"),
            )
        )
        for state, total, count in found.values_list("state").annotate(
            Sum("net_minor"), Count("pk")
        ):
            stored.sums[state] -= total
            stored.lines[state] += count
    return stored


def corrected_costs(line_ids: Collection[int]) -> dict[int, int]:
    """Return the corrected unit cost in minor units of those of the lines that have one.

    Of several corrections the latest by the shop's own date counts, whatever came first. Rule O13.
    """
    rows = CostCorrection.objects.filter(line__in=line_ids).order_by("corrected_at", "external_id")
    return dict(rows.values_list("line_id", "unit_cost_minor"))


def product_at(url: str, shop: Shop) -> Product | None:
    """Return the product whose page ``url`` is, whatever its parameters."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if not path:
        return None
    ends = [f"{parts.netloc}{path}", f"{parts.netloc}{path}/"]
    same = Q(url__iendswith=ends[0]) | Q(url__iendswith=ends[1])
    return Product.objects.select_related("shop").filter(same, shop=shop).order_by("pk").first()
