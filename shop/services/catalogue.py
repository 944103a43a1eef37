"""The shop's products, what they cost, and the margin band that each is published in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from core.money import BPS, ratio
from core.wording import Said
from shop.domain.canonical import CanonicalProduct
from shop.domain.order_rules import product_refusal
from shop.domain.states import Stock, UnitCost
from shop.models import Product, Shop
from shop.services import bands, cost_periods, costs, product_rows
from shop.services.bands import ALWAYS, Catalogued
from shop.services.chunks import chunks
from shop.services.locking import locked

__all__ = ["ALWAYS", "CatalogueReport", "PartialReport", "retire", "set_costs", "set_stocks",
           "upsert"]  # fmt: skip

CHUNK = 1_000


@dataclass(slots=True)
class CatalogueReport:
    """What became of the products. ``conflicts`` says why a SKU was refused."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    costs_filled: int = 0
    conflicts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PartialReport:
    """What became of single facts about products that are known.

    ``unknown``: the SKUs or models that the catalogue does not have: nothing to be made of them,
    and no fault. ``conflicts`` says why a SKU was refused.
    """

    changed: int = 0
    unchanged: int = 0
    costs_filled: int = 0
    unknown: list[str] = field(default_factory=list)
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
    stored = product_rows.store(shop, accepted, now)
    report.created += stored.created
    report.changed += stored.changed
    report.unchanged += len(accepted) - stored.created - stored.changed
    prices = {
        stored.ids[product.sku]: _without_vat(product.list_price_minor, product.vat_bps)
        for product in accepted
    }
    told = {
        stored.ids[product.sku]: product.unit_cost_minor
        for product in accepted
        if product.unit_cost_minor is not None
    }
    found = cost_periods.store(product_ids=prices.keys(), told=told, now=now)
    _assign(prices, found.live, now)
    if found.first:
        first = set(found.first)
        skus = [sku for sku, pk in stored.ids.items() if pk in first]
        report.costs_filled += costs.fill_missing(shop_id=shop_id, now=now, skus=skus)


def set_costs(*, shop_id: int, unit_costs: Sequence[UnitCost], now: datetime) -> PartialReport:
    """Store what units cost from ``now`` on, by the rules of :func:`upsert`. Safe to repeat.

    Of one SKU told twice the last holds. Units: minor units of the shop's currency.
    """
    report = PartialReport()
    newest = {one.sku: one for one in unit_costs}
    for chunk in chunks(newest.values(), key=lambda one: one.sku, size=CHUNK):
        _set_costs(shop_id, chunk, now, report)
    return report


@transaction.atomic
def _set_costs(
    shop_id: int, unit_costs: Sequence[UnitCost], now: datetime, report: PartialReport
) -> None:
    shop = locked(shop_id)
    rows = {
        sku: (pk, _without_vat(price, vat_bps))
        for sku, pk, price, vat_bps in Product.objects.filter(
            shop=shop, sku__in=[one.sku for one in unit_costs]
        ).values_list("sku", "pk", "list_price_minor", "vat_bps")
    }
    told: dict[int, int] = {}
    for one in unit_costs:
        if one.sku not in rows:
            report.unknown.append(one.sku)
        elif one.unit_cost_minor < 0:
            report.conflicts[one.sku] = Said("The list price or the cost is below zero.")
        else:
            told[rows[one.sku][0]] = one.unit_cost_minor
    found = cost_periods.store(product_ids=told.keys(), told=told, now=now)
    _assign({pk: price for pk, price in rows.values() if pk in told}, found.live, now)
    report.changed += found.changed
    report.unchanged += len(told) - found.changed
    if found.first:
        first = set(found.first)
        skus = [sku for sku, (pk, _price) in rows.items() if pk in first]
        report.costs_filled += costs.fill_missing(shop_id=shop_id, now=now, skus=skus)


def set_stocks(*, shop_id: int, stocks: Sequence[Stock], now: datetime) -> PartialReport:
    """Store how many pieces there are to sell, as of ``now``. Fewer than none is none."""
    report = PartialReport()
    newest = {one.sku: one for one in stocks}
    for chunk in chunks(newest.values(), key=lambda one: one.sku, size=CHUNK):
        _set_stocks(shop_id, chunk, now, report)
    return report


@transaction.atomic
def _set_stocks(
    shop_id: int, stocks: Sequence[Stock], now: datetime, report: PartialReport
) -> None:
    shop = locked(shop_id)
    rows = {
        sku: (pk, stock)
        for sku, pk, stock in Product.objects.filter(
            shop=shop, sku__in=[one.sku for one in stocks]
        ).values_list("sku", "pk", "stock")
    }
    known = [one for one in stocks if one.sku in rows]
    product_rows.set_pieces(((rows[one.sku][0], one.pieces) for one in known), now)
    same = sum(max(one.pieces, 0) == rows[one.sku][1] for one in known)
    report.unchanged += same
    report.changed += len(known) - same
    report.unknown += [one.sku for one in stocks if one.sku not in rows]


@transaction.atomic
def retire(
    *, shop_id: int, skus: Collection[str], models: Collection[str], now: datetime
) -> PartialReport:
    """Take products out of sale by SKU, or all of a model. Safe to repeat.

    Nothing is deleted: past orders name them. Where stock was told there is none left at ``now``.
    The shop's next word about a product puts it back.
    """
    shop = locked(shop_id)
    wanted = Q(sku__in=skus) | Q(model__in=[model for model in models if model])
    rows = list(
        Product.objects.filter(wanted, shop=shop).values_list("pk", "sku", "model", "is_active")
    )
    active = Product.objects.filter(pk__in=[pk for pk, _sku, _model, is_on in rows if is_on])
    active.filter(stock__isnull=False).update(stock=0, stock_at=now)
    changed = active.update(is_active=False)
    known = {sku for _pk, sku, _model, _on in rows} | {model for _pk, _sku, model, _on in rows}
    return PartialReport(
        changed=changed,
        unchanged=len(rows) - changed,
        unknown=[one for one in (*skus, *models) if one and one not in known],
    )


def _accepted(
    shop: Shop, products: Sequence[CanonicalProduct], report: CatalogueReport
) -> Iterable[CanonicalProduct]:
    for product in products:
        refusal = product_refusal(product, currency=shop.currency)
        if refusal:
            report.conflicts[product.sku] = refusal
        else:
            yield product


def _assign(prices: Mapping[int, int], live: Mapping[int, int], now: datetime) -> None:
    """Put the products whose cost is known into bands, by list price without VAT and cost."""
    bands.assign([Catalogued(pk, prices[pk], live[pk]) for pk in prices if pk in live], now=now)


def _without_vat(price_minor: int, vat_bps: int) -> int:
    """The list price without VAT, rounded half away from zero."""
    return ratio(price_minor * BPS, BPS + vat_bps)
