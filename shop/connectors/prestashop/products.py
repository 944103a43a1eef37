"""A product of PrestaShop with its combinations, as the SKUs of the catalogue."""

from __future__ import annotations

from dataclasses import replace

from core.money import BPS, ratio
from shop.connectors.contract import Context
from shop.connectors.prestashop.amounts import Scale
from shop.connectors.prestashop.part import MILLION, Part
from shop.domain.canonical import CanonicalProduct
from shop.domain.states import Facts

_MOST_STOCK = 1_000_000_000


def product_facts(body: Part, context: Context) -> Facts:
    """Return what a body of ``poll.product`` says; combinations of one reference are one SKU.

    :raises UnreadableBody: with the place of what is wrong.
    """
    product = body.part("product")
    product.needed("id")
    variants = body.parts("combinations") or (Part({}, "combinations"),)
    found: dict[str, CanonicalProduct] = {}
    for variant in variants:
        one = _sku(body, variant, context)
        if one.sku and one.sku in found:
            found[one.sku] = _together(found[one.sku], one)
        elif one.sku:
            found[one.sku] = one
    if not found:
        return Facts(ignored="The product has no reference: nothing names what is sold.")
    return Facts(products=tuple(found.values()))


def _sku(body: Part, variant: Part, context: Context) -> CanonicalProduct:
    product = body.part("product")
    scale = Scale(context.currency, MILLION)
    vat_bps = min(max(ratio(body.millionths("vat"), MILLION // 100), 0), BPS)  # 20.000 % is 2000.
    net = product.millionths("price") + variant.millionths("price")
    # Rule PS13: 0 at the combination means the product's, 0 at both that nobody entered it.
    cost = variant.millionths("wholesale_price") or product.millionths("wholesale_price")
    return CanonicalProduct(
        sku=variant.text("reference", 64) or product.text("reference", 64),
        name=product.text("name") or product.text("reference", 64),
        category=body.text("category", 80),
        brand=product.text("manufacturer_name", 80),
        list_price_minor=max(scale.minor(ratio(net * (BPS + vat_bps), BPS)), 0),
        vat_bps=vat_bps,
        currency=context.currency,
        unit_cost_minor=scale.minor(cost) if cost > 0 else None,
        url=_address(body, variant),
        image_url=_image(body, variant),
        is_active=product.is_true("active"),
        collections=tuple(dict.fromkeys(one[:80] for one in body.texts("collections", 500)))[:100],
        model=product.key("id"),
        color=variant.text("color", 40),
        size=variant.text("size", 20),
        stock=_stock(variant if variant.found else product),
        changed_at=product.moment("date_upd", context.timezone),
    )


def _stock(of: Part) -> int | None:
    """Pieces to sell; not known where the shop sells on without any."""
    if of.found.get("quantity") is None or of.is_true("sells_without_stock"):
        return None
    return min(of.pieces("quantity"), _MOST_STOCK)


def _together(first: CanonicalProduct, other: CanonicalProduct) -> CanonicalProduct:
    """Combinations without a reference of their own: one SKU with the stock of all."""
    stock = None if first.stock is None or other.stock is None else first.stock + other.stock
    return replace(
        first,
        unit_cost_minor=first.unit_cost_minor or other.unit_cost_minor,
        color=first.color if first.color == other.color else "",
        size=first.size if first.size == other.size else "",
        stock=stock,
    )


def _address(body: Part, variant: Part) -> str:
    """The address that PrestaShop forwards from, whatever the shop's friendly addresses are."""
    base, product = body.text("shop", 300).rstrip("/"), body.part("product").key("id")
    if not base:
        return ""
    combination = variant.key("id")
    tail = f"&id_product_attribute={combination}" if combination else ""
    return f"{base}/index.php?controller=product&id_product={product}{tail}"


def _image(body: Part, variant: Part) -> str:
    image = variant.key("image") or body.part("product").key("id_default_image")
    base = body.text("shop", 300).rstrip("/")
    if not image or not base or len(image) > 10:
        return ""
    return f"{base}/img/p/{'/'.join(image)}/{image}.jpg"
