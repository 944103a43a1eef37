"""Products of Magento: what is sold by itself, and the variants of configurable ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.wording import Said
from shop.connectors.apart import told_apart
from shop.connectors.body import MOST_PIECES, Part, latest
from shop.connectors.choices import Choices
from shop.connectors.contract import Context
from shop.domain.canonical import CanonicalProduct
from shop.domain.states import Facts, Stock, UnitCost

CONFIGURABLE = "configurable"
#: Parts of others, or sold at prices that only the order knows.
_NOT_SOLD = frozenset({"grouped", "bundle", "giftcard"})
_ENABLED, _NOT_VISIBLE = "1", "1"
_IMAGES = "catalog/product"
_CHANGED = "updated_at"


def facts(told: Part, context: Context) -> Facts:
    """Translate a record of the poller: a product, its variants, stock and names of options.

    A variant that is listed by itself does not tell its parent: it tells its cost and stock alone.

    :raises UnreadableBody: when something is not as documented.
    """
    product = told.part("product")
    kind = product.text("type_id", 32)
    if kind in _NOT_SOLD:
        return Facts(ignored=Said("A product that is sold at prices of its parts, or a gift card."))
    if kind == CONFIGURABLE:
        children = told.parts("children")
        found = tuple(_product(one, product, told, context) for one in children)
    elif product.text("visibility", 4) == _NOT_VISIBLE:
        return _variant(product, told, context)
    else:
        found = (_product(product, product, told, context),)
    with_sku = tuple(one for one in found if one.sku)
    if not with_sku:
        return Facts(ignored=Said("Nothing in it has a SKU."))
    return told_apart(with_sku, costs_too=False)  # Stock moves no product's time of change.


def attribute(product: Part, code: str) -> Any:
    """Return the value of a custom attribute, a text in most cases; None where there is none."""
    for one in product.parts("custom_attributes"):
        if one.found.get("attribute_code") == code:
            return one.found.get("value")
    return None


def _variant(product: Part, told: Part, context: Context) -> Facts:
    sku = product.text("sku", 64)
    if product.text("status", 4) not in (_ENABLED, ""):
        return Facts(gone_skus=(sku,)) if sku else Facts(ignored=Said("A product without SKU."))
    cost, stock = _cost(product, context.currency), _stock(sku, told)
    if not sku or (cost is None and stock is None):
        return Facts(ignored=Said("A variant that says neither its cost nor its stock."))
    return Facts(
        unit_costs=()
        if cost is None
        else (
            UnitCost(sku=sku, unit_cost_minor=cost, changed_at=product.optional_moment(_CHANGED)),
        ),
        stocks=() if stock is None else (Stock(sku=sku, pieces=stock),),
    )


def _product(one: Part, parent: Part, told: Part, context: Context) -> CanonicalProduct:
    choices = Choices.of(context.options)
    sku = one.text("sku", 64)
    price = one.optional_minor("price", context.currency) or 0
    labels, names = told.part("labels"), told.part("categories").found
    categories = [str(names[one_id])[:80] for one_id in _categories(parent) if one_id in names]
    is_enabled = all(part.text("status", 4) in (_ENABLED, "") for part in (one, parent))
    addresses = told.part("addresses")
    return CanonicalProduct(
        sku=sku,
        name=parent.text("name"),
        category=categories[-1] if categories else "",
        brand=_label(parent, "manufacturer", labels)[:80],
        list_price_minor=max(0, choices.with_tax(price)),
        vat_bps=choices.vat_bps,
        currency=context.currency,
        unit_cost_minor=_cost(one, context.currency),
        url=_url(addresses, parent),
        image_url=_image(addresses, one) or _image(addresses, parent),
        is_active=is_enabled,
        collections=tuple(dict.fromkeys(name for name in categories[:-1] if name)),
        model=parent.text("id", 64),
        color=_label(one, "color", labels)[:40],
        size=_label(one, "size", labels)[:20],
        stock=_stock(sku, told),
        changed_at=latest(part.optional_moment(_CHANGED) for part in (one, parent)),
    )


def _cost(product: Part, currency: str) -> int | None:
    """Return the attribute "cost"; nought is how a shop says that nobody entered one."""
    cost = Part({"cost": attribute(product, "cost")}, product.at("custom_attributes"))
    found = cost.optional_minor("cost", currency)
    return found if found and found > 0 else None


def _stock(sku: str, told: Part) -> int | None:
    stock = told.part("stock")
    if sku not in stock.found:
        return None
    return min(max(int(stock.decimal(sku)), 0), MOST_PIECES)


def _categories(product: Part) -> list[str]:
    value = attribute(product, "category_ids")
    listed = value if isinstance(value, list) else []
    links = product.part("extension_attributes").parts("category_links")
    return [str(one) for one in listed] or [link.text("category_id", 20) for link in links]


def _label(product: Part, code: str, labels: Part) -> str:
    value = attribute(product, code)
    if not isinstance(value, str | int):
        return ""
    options: Mapping[str, Any] = labels.part(code).found
    return str(options[str(value)]) if str(value) in options else ""


def _url(addresses: Part, product: Part) -> str:
    key, base = attribute(product, "url_key"), addresses.text("shop", 300)
    found = f"{base}{key}{addresses.text('suffix', 20)}" if isinstance(key, str) and base else ""
    return found if found.startswith(("https://", "http://")) and len(found) <= 500 else ""


def _image(addresses: Part, product: Part) -> str:
    path, base = attribute(product, "image"), addresses.text("media", 300)
    if not isinstance(path, str) or not path.startswith("/") or not base:
        return ""
    found = f"{base}{_IMAGES}{path}"
    return found if found.startswith(("https://", "http://")) and len(found) <= 500 else ""
