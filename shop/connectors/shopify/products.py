"""Products of Shopify: one of ours for each variant with a SKU."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from shop.connectors.body import latest
from shop.connectors.contract import Context
from shop.connectors.shopify.body import Part
from shop.connectors.shopify.choices import Choices
from shop.domain.canonical import CanonicalProduct
from shop.domain.states import UnitCost

_COLOR = frozenset({"color", "colour", "couleur", "coloris", "farbe", "colore"})
_SIZE = frozenset({"size", "taille", "pointure", "grösse", "größe", "talla", "taglia"})


def products(product: Part, context: Context) -> Iterator[CanonicalProduct]:
    """Yield the variants of a product as the webhook sends it; those without SKU have no name here.

    :raises UnreadableBody: when it is not as Shopify documents it.
    """
    names = {one.pieces("position"): one.text("name") for one in product.parts("options")}
    pictures = {
        variant: image.text("src", 500)
        for image in product.parts("images")
        for variant in image.ids("variant_ids")
    }
    for variant in product.parts("variants"):
        if not variant.text("sku"):
            continue
        options = {
            name.lower(): variant.text(f"option{position}") for position, name in names.items()
        }
        is_counted = variant.text("inventory_management") != ""
        stock = variant.found.get("inventory_quantity") if is_counted else None
        yield _product(
            product,
            variant,
            context,
            options=options,
            image=pictures.get(variant.id(), "") or product.part("image").text("src", 500),
            stock=_stock(stock),
            changed_at=latest(part.optional_moment("updated_at") for part in (product, variant)),
        )


def variant(node: Part, context: Context) -> Iterator[CanonicalProduct]:
    """Yield a variant as the API gives it, with what a unit costs; nothing without a SKU.

    :raises UnreadableBody: when it is not as Shopify documents it.
    """
    if not node.text("sku"):
        return
    product, item = node.part("product"), node.part("inventoryItem")
    cost = item.part("unitCost")
    is_ours = cost.text("currencyCode") == context.currency
    media = node.part("image").text("url", 500) or (
        product.part("featuredMedia").part("preview").part("image").text("url", 500)
    )
    yield _product(
        Part(
            {
                "id": product.found.get("legacyResourceId"),
                "title": product.found.get("title"),
                "product_type": product.found.get("productType"),
                "vendor": product.found.get("vendor"),
                "handle": product.found.get("handle"),
                "status": product.text("status").lower(),
            },
            product.place,
        ),
        Part({**node.found, "compare_at_price": node.found.get("compareAtPrice")}),
        context,
        options={
            one.text("name").lower(): one.text("value") for one in node.parts("selectedOptions")
        },
        image=media,
        stock=_stock(node.found.get("inventoryQuantity") if item.flag("tracked") else None),
        cost=cost.optional_minor("amount", context.currency) if is_ours else None,
        changed_at=latest(part.optional_moment("updatedAt") for part in (product, node, item)),
    )


def unit_cost(item: Part, context: Context) -> UnitCost | None:
    """Return the cost that an inventory item tells; None without a SKU, or where none is shown.

    :raises UnreadableBody: when it is not as Shopify documents it.
    """
    cost = item.optional_minor("cost", context.currency)
    sku = item.text("sku", 64)
    if not sku or cost is None:
        return None
    return UnitCost(sku=sku, unit_cost_minor=cost, changed_at=item.optional_moment("updated_at"))


def _product(
    product: Part,
    variant: Part,
    context: Context,
    *,
    options: Mapping[str, str],
    image: str,
    stock: int | None,
    changed_at: datetime | None,
    cost: int | None = None,
) -> CanonicalProduct:
    choices = Choices.of(context.options)
    is_taxed = variant.found.get("taxable") is not False
    before = variant.optional_minor("compare_at_price", context.currency) or 0
    listed = max(variant.minor("price", context.currency), before)
    handle = product.text("handle")
    return CanonicalProduct(
        sku=variant.text("sku", 64),
        name=product.text("title"),
        category=product.text("product_type", 80),
        brand=product.text("vendor", 80),
        list_price_minor=choices.prices.with_tax(listed) if is_taxed else listed,
        vat_bps=choices.prices.vat_bps if is_taxed else 0,
        currency=context.currency,
        unit_cost_minor=cost,
        url=f"{choices.storefront}/products/{handle}"[:500]
        if choices.storefront and handle
        else "",
        image_url=image,
        is_active=product.text("status").lower() == "active",
        model=product.id(),
        color=_of(options, _COLOR)[:40],
        size=_of(options, _SIZE)[:20],
        stock=stock,
        changed_at=changed_at,
    )


def _of(options: Mapping[str, str], names: frozenset[str]) -> str:
    return next((value for name, value in options.items() if name in names), "")


def _stock(told: object) -> int | None:
    """Return pieces to sell; sold beyond what was there is none left."""
    if not isinstance(told, int) or isinstance(told, bool) or told >= 2**31:
        return None
    return max(told, 0)
