"""The shop's products, what they cost, and the margin band that each is published in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Q

from core.wording import Said
from shop.domain.canonical import CanonicalProduct
from shop.domain.moments import Told, is_late
from shop.domain.order_rules import product_refusal
from shop.domain.states import Stock, UnitCost
from shop.models import Product, Shop
from shop.services import bands, cost_periods, costs, product_rows
from shop.services.bands import ALWAYS, Catalogued
from shop.services.chunks import chunks
from shop.services.locking import locked
from shop.services.product_rows import Taken

__all__ = ["ALWAYS", "CatalogueReport", "PartialReport", "retire", "set_costs", "set_stocks",
           "upsert"]  # fmt: skip

CHUNK = 1_000
Fact = TypeVar("Fact", CanonicalProduct, UnitCost, Stock)


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


def upsert(
    *,
    shop_id: int,
    products: Sequence[CanonicalProduct],
    now: datetime,
    told: Told | None = None,
) -> CatalogueReport:
    """Store products as the shop describes them. Safe to repeat, and in any order of arrival.

    A changed cost ends its period at ``now`` and begins another; a cost that is not sent leaves
    the known one alone. A product gets its band of each published period when its cost is first
    known and keeps it: it does not follow later costs or prices. Lines that waited for a cost
    receive it. Stock that is told is of ``now``; not told, it is left alone and grows old.

    ``told``: how it came; what is older than what is known changes nothing (rule O21). None: a file
    that a person gives, which holds as it is read.
    """
    report = CatalogueReport()
    wanted = _newest(products, told)
    for start in range(0, len(wanted), CHUNK):
        _upsert_chunk(shop_id, wanted[start : start + CHUNK], told, now, report)
    return report


@transaction.atomic
def _upsert_chunk(
    shop_id: int,
    products: Sequence[CanonicalProduct],
    told: Told | None,
    now: datetime,
    report: CatalogueReport,
) -> None:
    shop = locked(shop_id)
    accepted = list(_accepted(shop, products, report))
    stored = product_rows.store(shop, accepted, told, now)
    report.created += stored.created
    report.changed += stored.changed
    report.unchanged += len(accepted) - stored.created - stored.changed
    found = cost_periods.store(product_ids=stored.prices.keys(), told=stored.unit_costs, now=now)
    _assign(stored.prices, found.live, now)
    if found.first:
        skus = [stored.skus[pk] for pk in found.first]
        report.costs_filled += costs.fill_missing(shop_id=shop_id, now=now, skus=skus)


def set_costs(
    *, shop_id: int, unit_costs: Sequence[UnitCost], now: datetime, told: Told | None = None
) -> PartialReport:
    """Store what units cost from ``now`` on, by the rules of :func:`upsert`. Safe to repeat.

    Of one SKU told twice the newer holds, else the last. Units: minor units of the shop's currency.
    """
    report = PartialReport()
    for chunk in chunks(_newest(unit_costs, told), key=lambda one: one.sku, size=CHUNK):
        _set_costs(shop_id, chunk, told, now, report)
    return report


@transaction.atomic
def _set_costs(
    shop_id: int,
    unit_costs: Sequence[UnitCost],
    told: Told | None,
    now: datetime,
    report: PartialReport,
) -> None:
    rows = {
        row.sku: row
        for row in Product.objects.filter(
            shop=locked(shop_id), sku__in=[one.sku for one in unit_costs]
        ).only("sku", "list_price_minor", "vat_bps", "cost_changed_at")
    }
    taken: dict[int, int] = {}
    notes: list[Taken] = []
    for one in unit_costs:
        if one.sku not in rows:
            report.unknown.append(one.sku)
        elif one.unit_cost_minor < 0:
            report.conflicts[one.sku] = Said("The list price or the cost is below zero.")
        elif is_late(moment := _moment(one, told), rows[one.sku].cost_changed_at):
            report.unchanged += 1
        else:
            taken[rows[one.sku].pk] = one.unit_cost_minor
            notes.append(Taken(pk=rows[one.sku].pk, cost_changed_at=moment))
    product_rows.note(notes, now)
    found = cost_periods.store(product_ids=taken.keys(), told=taken, now=now)
    prices = {
        row.pk: product_rows.without_vat(row.list_price_minor, row.vat_bps)
        for row in rows.values()
        if row.pk in taken
    }
    _assign(prices, found.live, now)
    report.changed += found.changed
    report.unchanged += len(taken) - found.changed
    if found.first:
        first = set(found.first)
        skus = [row.sku for row in rows.values() if row.pk in first]
        report.costs_filled += costs.fill_missing(shop_id=shop_id, now=now, skus=skus)


def set_stocks(
    *, shop_id: int, stocks: Sequence[Stock], now: datetime, told: Told | None = None
) -> PartialReport:
    """Store how many pieces there are to sell, as of ``now``. Fewer than none is none.

    ``told``: see :func:`upsert`.
    """
    report = PartialReport()
    for chunk in chunks(_newest(stocks, told), key=lambda one: one.sku, size=CHUNK):
        _set_stocks(shop_id, chunk, told, now, report)
    return report


@transaction.atomic
def _set_stocks(
    shop_id: int, stocks: Sequence[Stock], told: Told | None, now: datetime, report: PartialReport
) -> None:
    rows = {
        row.sku: row
        for row in Product.objects.filter(
            shop=locked(shop_id), sku__in=[one.sku for one in stocks]
        ).only("sku", "stock", "stock_changed_at")
    }
    notes: list[Taken] = []
    for one in stocks:
        row, moment = rows.get(one.sku), _moment(one, told)
        if row is None:
            report.unknown.append(one.sku)
            continue
        is_same, pieces = True, product_rows.pieces_of(one.pieces)
        if not is_late(moment, row.stock_changed_at):
            is_same = pieces == row.stock
            notes.append(Taken(pk=row.pk, pieces=pieces, stock_changed_at=moment))
        report.unchanged += is_same
        report.changed += not is_same
    product_rows.note(notes, now)


@transaction.atomic
def retire(
    *,
    shop_id: int,
    skus: Collection[str],
    models: Collection[str],
    now: datetime,
    told: Told | None = None,
) -> PartialReport:
    """Take products out of sale by SKU, or all of a model. Safe to repeat.

    Nothing is deleted: past orders name them. Where stock was told there is none left at ``now``.
    The shop's next word about a product puts it back. ``told``: see :func:`upsert`.
    """
    shop, moment = locked(shop_id), told.at if told else None
    wanted = Q(sku__in=skus) | Q(model__in=[model for model in models if model])
    rows = list(
        Product.objects.filter(wanted, shop=shop).only("sku", "model", "is_active", "changed_at")
    )
    gone = [row.pk for row in rows if not is_late(moment, row.changed_at)]
    product_rows.note(
        (Taken(pk=pk, changed_at=moment, stock_changed_at=moment) for pk in gone), now
    )
    active = Product.objects.filter(pk__in=gone, is_active=True)
    active.filter(stock__isnull=False).update(stock=0, stock_at=now)
    changed = active.update(is_active=False)
    known = {row.sku for row in rows} | {row.model for row in rows}
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


def _moment(fact: CanonicalProduct | UnitCost | Stock, told: Told | None) -> datetime | None:
    return told.moment_of(fact.changed_at) if told else None


def _newest(facts: Iterable[Fact], told: Told | None) -> list[Fact]:
    """Return one fact of each SKU: the newest, of those of one moment the last."""
    found: dict[str, Fact] = {}
    for one in facts:
        before = found.get(one.sku)
        if before is None or not is_late(_moment(one, told), _moment(before, told)):
            found[one.sku] = one
    return list(found.values())
