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

from shop.domain.canonical import CanonicalProduct
from shop.models import Product, Shop
from shop.services import categories
from shop.services.copying import copy_in

#: What follows the shop's word whenever it is said again. Stock is of its own moment.
SAID = ("name", "category", "brand", "collections", "list_price_minor", "vat_bps", "currency",
        "url", "image_url", "is_active", "model", "color", "size", "said_category")  # fmt: skip
#: The most that the column of pieces holds.
_MOST_PIECES = 2_147_483_647

_Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """The ids of products by SKU, and how many were made and changed to have them."""

    ids: Mapping[str, int]
    created: int
    changed: int


def store(shop: Shop, products: Sequence[CanonicalProduct], now: datetime) -> Stored:
    """Make the rows of these products what they say; no SKU may be there twice."""
    skus = [product.sku for product in products]
    known = {
        cells[1]: cells
        for cells in Product.objects.filter(shop=shop, sku__in=skus).values_list("pk", "sku", *SAID)
    }
    meant = categories.meant(shop.pk, {product.category for product in products})
    fresh: list[CanonicalProduct] = []
    changed: list[_Cells] = []
    for product in products:
        cells = known.get(product.sku)
        if cells is None:
            fresh.append(product)
        elif cells[2:] != (said := _said(product, meant)):
            changed.append((cells[0], *said))
    _insert(shop, fresh, meant, now)
    _update(changed)
    ids = {sku: cells[0] for sku, cells in known.items()}
    set_pieces(
        ((ids[one.sku], one.stock) for one in products if one.stock is not None and one.sku in ids),
        now,
    )
    if fresh:
        made = Product.objects.filter(shop=shop, sku__in=[product.sku for product in fresh])
        ids |= dict(made.values_list("sku", "pk"))
    return Stored(ids, len(fresh), len(changed))


def set_pieces(told: Iterable[tuple[int, int]], now: datetime) -> None:
    """Set the stock of products, by id, as of ``now``. Fewer than none is none."""
    found = list(told)
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE shop_product SET stock = told.pieces, stock_at = %s"
            " FROM unnest(%s::bigint[], %s::int[]) AS told (pk, pieces)"
            " WHERE shop_product.id = told.pk",
            [now, [pk for pk, _pieces in found], [_pieces(said) for _pk, said in found]],
        )


def _said(product: CanonicalProduct, meant: Mapping[str, str]) -> _Cells:
    theirs = product.category[: categories.LONGEST_SAID]
    return (
        product.name, meant[theirs], product.brand, list(product.collections),
        product.list_price_minor, product.vat_bps, product.currency, product.url,
        product.image_url, product.is_active, product.model, product.color, product.size, theirs,
    )  # fmt: skip


def _pieces(said: int) -> int:
    return min(max(said, 0), _MOST_PIECES)


def _insert(
    shop: Shop, products: Sequence[CanonicalProduct], meant: Mapping[str, str], now: datetime
) -> None:
    if not products:
        return
    rows = (
        (shop.pk, product.sku, *_said(product, meant),
         *((None, None) if product.stock is None else (_pieces(product.stock), now)))
        for product in products
    )  # fmt: skip
    copy_in(Product, ("shop_id", "sku", *SAID, "stock", "stock_at"), rows)


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
