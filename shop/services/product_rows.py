"""Rows of the catalogue, a thousand at a time: read, made and changed by one statement each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from psycopg import sql

from core.money import BPS, ratio
from shop.domain.canonical import CanonicalProduct
from shop.domain.moments import Told, is_late
from shop.models import Product, Shop
from shop.services import categories
from shop.services.copying import copy_in

#: What follows the shop's word whenever it is said again. Stock is of its own moment.
SAID = ("name", "category", "brand", "collections", "list_price_minor", "vat_bps", "currency",
        "url", "image_url", "is_active", "model", "color", "size", "said_category")  # fmt: skip
#: The most that the column of pieces holds.
_MOST_PIECES = 2_147_483_647

_Cells = tuple[Any, ...]
_MOMENTS = ("changed_at", "cost_changed_at", "stock_changed_at")
_NOTED = ("pieces", *_MOMENTS)


@dataclass(frozen=True, slots=True)
class Stored:
    """Products as their rows are now, by id, and how many were made and changed for that.

    ``prices``: the list price without VAT; ``unit_costs``: what was told of costs, and is not older
    than what is known of them. In minor units.
    """

    skus: Mapping[int, str]
    prices: Mapping[int, int]
    unit_costs: Mapping[int, int]
    created: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is taken over of one product's facts, and of when they are; the rest is too old."""

    pk: int
    words: bool = False
    unit_cost_minor: int | None = None
    pieces: int | None = None
    changed_at: datetime | None = None
    cost_changed_at: datetime | None = None
    stock_changed_at: datetime | None = None


def store(
    shop: Shop, products: Sequence[CanonicalProduct], told: Told | None, now: datetime
) -> Stored:
    """Make the rows of these products what they say; no SKU may be there twice.

    What is older than what is known changes nothing. ``told`` None: of no moment, all holds.
    """
    meant = categories.meant(shop.pk, {product.category for product in products})
    said = {product.sku: product for product in products}
    rows = Product.objects.filter(shop=shop, sku__in=said)
    known = {cells[1]: cells for cells in rows.values_list("pk", "sku", *_MOMENTS, *SAID)}
    taken = [_taken(cells[0], said[sku], cells[2:5], told) for sku, cells in known.items()]
    changed = [
        (one.pk, *words)
        for one, cells in zip(taken, known.values(), strict=True)
        if one.words and cells[5:] != (words := _said(said[cells[1]], meant))
    ]
    fresh = [product for product in products if product.sku not in known]
    _insert(shop, fresh, meant, told, now)
    _update(changed)
    note(taken, now)
    costs = {one.pk: one.unit_cost_minor for one in taken}
    skus, prices = {}, {}
    for pk, sku, price, vat_bps in rows.values_list("pk", "sku", "list_price_minor", "vat_bps"):
        skus[pk], prices[pk] = sku, without_vat(price, vat_bps)
        costs.setdefault(pk, said[sku].unit_cost_minor)
    unit_costs = {pk: minor for pk, minor in costs.items() if minor is not None}
    return Stored(skus, prices, unit_costs, len(fresh), len(changed))


def note(taken: Iterable[Taken], now: datetime) -> None:
    """Note the stock of products as of ``now``, and of when their facts are. None: as it is."""
    found = [one for one in taken if any(getattr(one, name) is not None for name in _NOTED)]
    if not found:
        return
    moments = [[getattr(one, name) for one in found] for name in _MOMENTS]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE shop_product SET stock = COALESCE(told.pieces, stock),"
            " stock_at = CASE WHEN told.pieces IS NULL THEN stock_at ELSE %s END,"
            " changed_at = COALESCE(told.changed, changed_at),"
            " cost_changed_at = COALESCE(told.cost_changed, cost_changed_at),"
            " stock_changed_at = COALESCE(told.stock_changed, stock_changed_at)"
            " FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::timestamptz[],"
            " %s::timestamptz[]) AS told (pk, pieces, changed, cost_changed, stock_changed)"
            " WHERE shop_product.id = told.pk",
            [now, [one.pk for one in found], [one.pieces for one in found], *moments],
        )


def pieces_of(said: int) -> int:
    """Return a number of pieces that can be stored: fewer than none is none."""
    return min(max(said, 0), _MOST_PIECES)


def without_vat(price_minor: int, vat_bps: int) -> int:
    """Return the list price without VAT, rounded half away from zero."""
    return ratio(price_minor * BPS, BPS + vat_bps)


def _taken(
    pk: int, product: CanonicalProduct, known: Sequence[datetime | None], told: Told | None
) -> Taken:
    moment = told.moment_of(product.changed_at) if told else None
    words, cost, stock = (not is_late(moment, one) for one in known)
    tells_cost = cost and product.unit_cost_minor is not None
    pieces = None if product.stock is None or not stock else pieces_of(product.stock)
    return Taken(
        pk=pk,
        words=words,
        unit_cost_minor=product.unit_cost_minor if tells_cost else None,
        pieces=pieces,
        changed_at=moment if words else None,
        cost_changed_at=moment if tells_cost else None,
        stock_changed_at=None if pieces is None else moment,
    )


def _said(product: CanonicalProduct, meant: Mapping[str, str]) -> _Cells:
    theirs = product.category[: categories.LONGEST_SAID]
    return (
        product.name, meant[theirs], product.brand, list(product.collections),
        product.list_price_minor, product.vat_bps, product.currency, product.url,
        product.image_url, product.is_active, product.model, product.color, product.size, theirs,
    )  # fmt: skip


def _insert(
    shop: Shop,
    products: Sequence[CanonicalProduct],
    meant: Mapping[str, str],
    told: Told | None,
    now: datetime,
) -> None:
    if not products:
        return
    rows = []
    for product in products:
        new = _taken(0, product, (None, None, None), told)
        rows.append(
            (shop.pk, product.sku, *_said(product, meant), new.pieces,
             None if new.pieces is None else now,
             *(getattr(new, name) for name in _MOMENTS))
        )  # fmt: skip
    copy_in(Product, ("shop_id", "sku", *SAID, "stock", "stock_at", *_MOMENTS), rows)


def _update(rows: Sequence[_Cells]) -> None:
    """Change rows given as their id and what is said, in one statement however many there are."""
    if not rows:
        return
    said = [dict(zip(("id", *SAID), cells, strict=True)) for cells in rows]
    with connection.cursor() as cursor:
        cursor.execute(_update_statement(), [json.dumps(said)])


@cache
def _update_statement() -> sql.Composed:
    """UPDATE from a list in JSON: a tenth of the time of one CASE per column and row."""
    types = [
        sql.SQL("{} {}").format(
            sql.Identifier(name),
            sql.SQL(str(Product._meta.get_field(name).db_type(connection))),
        )
        for name in SAID
    ]
    return sql.SQL(
        "UPDATE shop_product SET {changes} FROM jsonb_to_recordset(%s::jsonb)"
        " AS said (id bigint, {types}) WHERE shop_product.id = said.id"
    ).format(
        changes=sql.SQL(", ").join(
            sql.SQL("{0} = said.{0}").format(sql.Identifier(name)) for name in SAID
        ),
        types=sql.SQL(", ").join(types),
    )
