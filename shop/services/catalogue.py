"""The shop's products, what they cost, and the margin band that each is published in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from shop.domain.canonical import CanonicalProduct
from shop.domain.order_rules import product_refusal
from shop.models import Product, ProductCost, Shop
from shop.services import bands, costs
from shop.services.bands import ALWAYS
from shop.services.locking import locked

CHUNK = 1_000

_FIELDS = ("name", "category", "brand", "collections", "list_price_minor", "vat_bps", "currency",
           "url", "image_url", "is_active", "model", "color", "size")  # fmt: skip


@dataclass(slots=True)
class CatalogueReport:
    """What became of the products. ``conflicts`` says why a SKU was refused."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    costs_filled: int = 0
    conflicts: dict[str, str] = field(default_factory=dict)


def upsert(*, shop_id: int, products: Sequence[CanonicalProduct], now: datetime) -> CatalogueReport:
    """Store products as the shop describes them now. Safe to repeat.

    A changed cost ends its period at ``now`` and begins another; a cost that is not sent leaves
    the known one alone. A product gets its band of each published period when its cost is first
    known and keeps it: it does not follow later costs or prices. Lines that waited for a cost
    receive it. Stock that is told is of ``now``; not told, it is left alone and grows old.
    """
    report = CatalogueReport()
    newest = {product.sku: product for product in products}
    wanted = list(newest.values())
    for start in range(0, len(wanted), CHUNK):
        _upsert_chunk(shop_id, wanted[start : start + CHUNK], now, report)
    return report


@transaction.atomic
def _upsert_chunk(
    shop_id: int, products: Sequence[CanonicalProduct], now: datetime, report: CatalogueReport
) -> None:
    shop = locked(shop_id)
    accepted = list(_accepted(shop, products, report))
    rows = _store(shop, accepted, report)
    _store_stock(rows, accepted, now)
    first_costs = _store_costs(rows, accepted, now)
    bands.assign(list(rows.values()), now=now)
    if first_costs:
        report.costs_filled += costs.fill_missing(shop_id=shop_id, now=now, skus=first_costs)


def _accepted(
    shop: Shop, products: Sequence[CanonicalProduct], report: CatalogueReport
) -> Iterable[CanonicalProduct]:
    for product in products:
        refusal = product_refusal(product, currency=shop.currency)
        if refusal:
            report.conflicts[product.sku] = refusal
        else:
            yield product


def _store(
    shop: Shop, products: Sequence[CanonicalProduct], report: CatalogueReport
) -> dict[str, Product]:
    skus = [product.sku for product in products]
    rows = {row.sku: row for row in Product.objects.filter(shop=shop, sku__in=skus)}
    changed, created = [], []
    for product in products:
        said = {name: getattr(product, name) for name in _FIELDS}
        said["collections"] = list(product.collections)
        row = rows.get(product.sku)
        if row is None:
            created.append(Product(shop=shop, sku=product.sku, **said))
        elif any(getattr(row, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(row, name, value)
            changed.append(row)
    Product.objects.bulk_create(created)
    Product.objects.bulk_update(changed, _FIELDS)
    report.created += len(created)
    report.changed += len(changed)
    report.unchanged += len(products) - len(created) - len(changed)
    return {**rows, **{row.sku: row for row in created}}


def _store_stock(
    rows: Mapping[str, Product], products: Sequence[CanonicalProduct], now: datetime
) -> None:
    told = [product for product in products if product.stock is not None]
    for product in told:
        rows[product.sku].stock, rows[product.sku].stock_at = product.stock, now
    Product.objects.bulk_update([rows[product.sku] for product in told], ["stock", "stock_at"])


def _store_costs(
    rows: Mapping[str, Product], products: Sequence[CanonicalProduct], now: datetime
) -> list[str]:
    """Open and close cost periods; return the SKUs whose cost is known for the first time."""
    live = {
        cost.product_id: cost
        for cost in ProductCost.objects.filter(product__in=rows.values(), valid_to__isnull=True)
    }
    first, opened, ended, corrected = [], [], [], []
    for product in products:
        cost, row = product.unit_cost_minor, rows[product.sku]
        known = live.get(row.pk)
        if cost is None or (known is not None and known.unit_cost_minor == cost):
            continue
        begins = now if known else ALWAYS
        if known is None:
            first.append(product.sku)
        elif known.valid_from >= now:
            known.unit_cost_minor = cost
            corrected.append(known)
            continue
        else:
            known.valid_to = now
            ended.append(known)
        opened.append(ProductCost(product=row, unit_cost_minor=cost, valid_from=begins))
    ProductCost.objects.bulk_update(ended, ["valid_to"])
    ProductCost.objects.bulk_update(corrected, ["unit_cost_minor"])
    ProductCost.objects.bulk_create(opened)
    return first
