"""Products for looks: one hit for each colour of a model, whatever sizes there are."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Concat, Lower

from shop.models import Product, Shop

MOST_HITS = 12
MOST_WORDS = 6
#: Sizes of a product fill rows that are no hits of their own.
_ROWS = MOST_HITS * 12
_ACCENTS, _PLAIN = "àâäçéèêëîïôöùûüÿñ", "aaaceeeeiioouuuyn"
_TO_PLAIN = str.maketrans(_ACCENTS, _PLAIN)


def search(words: str, shop: Shop) -> list[Product]:
    """Return the products on sale whose name, number, colour, brand or category hold every word.

    Accents and capitals make no difference.
    """
    fields = ("name", "sku", "color", "brand", "category", "model")
    parts = [part for field in fields for part in (F(field), Value(" "))]
    everything = Concat(*parts, output_field=TextField())
    rows = _on_sale(shop).annotate(
        said=Func(Lower(everything), Value(_ACCENTS), Value(_PLAIN), function="translate",
                  output_field=TextField())
    )  # fmt: skip
    for word in words.lower().translate(_TO_PLAIN).split()[:MOST_WORDS]:
        rows = rows.filter(said__contains=word)
    return _once_each(rows.order_by("name", "color", "pk")[:_ROWS])


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
