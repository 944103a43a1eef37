"""Products for looks: one hit for each colour of a model, whatever sizes there are."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db.models import QuerySet

from portal.queries.product_words import holding
from shop.models import Product, Shop

MOST_HITS = 12
#: Sizes of a product fill rows that are no hits of their own.
_ROWS = MOST_HITS * 12
#: Of words that say little, so many products are put in order: more words find the others.
_ORDERED = MOST_HITS * 40


def search(words: str, shop: Shop) -> list[Product]:
    """Return the products on sale that hold every word."""
    rows = holding(_on_sale(shop), words)
    some = _on_sale(shop).filter(pk__in=rows.values("pk")[:_ORDERED])
    return _once_each(some.order_by("name", "color", "pk")[:_ROWS])


def is_address(words: str) -> bool:
    """Tell whether somebody pasted the address of a page."""
    return words.startswith(("http://", "https://"))


def by_address(address: str, shop: Shop) -> list[Product]:
    """Return the product of a page of the shop, whatever stands behind ``?`` in the address."""
    page = urlsplit(address)
    if page.hostname not in shop.link_hosts:
        return []
    path = page.path.rstrip("/")
    wanted = {f"{page.scheme}://{page.netloc}{path}", f"{page.scheme}://{page.netloc}{path}/"}
    return _once_each(_on_sale(shop).filter(url__in=wanted).order_by("pk")[:_ROWS])


def other_colors(product: Product) -> list[Product]:
    """Return the same model in its other colours, to stand in for it."""
    if not product.model:
        return []
    rows = _on_sale(product.shop).filter(model=product.model).exclude(color=product.color)
    return _once_each(rows.order_by("color", "pk")[:_ROWS])


def _on_sale(shop: Shop) -> QuerySet[Product]:
    return Product.objects.select_related("shop").filter(shop=shop, is_active=True).exclude(url="")


def _once_each(rows: Iterable[Product]) -> list[Product]:
    """Keep one size of each colour: the first that is not sold out."""
    kept: dict[tuple[str, str], Product] = {}
    for row in rows:
        key = (row.model or row.sku, row.color)
        if key not in kept or (kept[key].stock == 0 and row.stock != 0):
            kept[key] = row
    return list(kept.values())[:MOST_HITS]
