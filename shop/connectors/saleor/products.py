"""Products of Saleor: prices and costs are those of one channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.wording import Said
from shop.connectors.apart import told_apart
from shop.connectors.body import MOST_PIECES, Part, latest
from shop.connectors.choices import Choices
from shop.connectors.contract import Context
from shop.domain.canonical import CanonicalProduct
from shop.domain.states import Facts

_COLOR = frozenset({"color", "colour", "couleur"})
_SIZE = frozenset({"size", "taille"})
_BRAND = frozenset({"brand", "marque", "vendor"})


def facts(product: Part, context: Context, seen_at: datetime | None = None) -> Facts:
    """Translate a product with its variants. What the channel does not list is not sold.

    ``seen_at``: when Saleor looked at it, where it says so. Neither costs nor stocks, which lie
    beside the product, move its time of change.

    :raises UnreadableBody: when something is not as documented.
    """
    if product.part("productType").text("kind", 40) == "GIFT_CARD":
        return Facts(ignored=Said("A gift card: selling it earns nothing."))
    found, gone = [], []
    for variant in product.parts("variants"):
        sku, listing = variant.text("sku", 64), _listing(variant, context)
        if sku and listing is None:
            gone.append(sku)
        elif sku and listing is not None:
            found.append(_variant(variant, product, listing, context))
    if not found and not gone:
        return Facts(ignored=Said("Nothing in it has a SKU."))
    return replace(told_apart(found, costs_too=True, seen_at=seen_at), gone_skus=tuple(gone))


def _listing(variant: Part, context: Context) -> Part | None:
    """Return what a variant costs in our channel; without one chosen, in our currency."""
    channel = context.options.get("channel", "").strip()
    for one in variant.parts("channelListings"):
        price = one.part("price")
        if not price.found or price.text("currency", 8) != context.currency:
            continue
        if not channel or one.part("channel").text("slug") == channel:
            return one
    return None


def _variant(variant: Part, product: Part, listing: Part, context: Context) -> CanonicalProduct:
    choices = Choices.of(context.options)
    price = listing.part("price").minor("amount", context.currency)
    cost = listing.part("costPrice").optional_minor("amount", context.currency)
    collections = [one.text("name", 80) for one in product.parts("collections")]
    return CanonicalProduct(
        sku=variant.text("sku", 64),
        name=product.text("name"),
        category=product.part("category").text("name", 80),
        brand=_value(product, _BRAND)[:80],
        list_price_minor=max(0, choices.with_tax(price)),
        vat_bps=choices.vat_bps,
        currency=context.currency,
        unit_cost_minor=cost if cost and cost > 0 else None,
        url=_url(product, context),
        image_url=_web(product.part("thumbnail").text("url", 501)),
        is_active=_is_published(product, listing.part("channel").text("slug")),
        collections=tuple(dict.fromkeys(name for name in collections if name)),
        model=product.id("id"),
        color=(_value(variant, _COLOR) or _value(product, _COLOR))[:40],
        size=_value(variant, _SIZE)[:20],
        stock=_stock(variant),
        changed_at=latest(part.optional_moment("updatedAt") for part in (product, variant)),
    )


def _is_published(product: Part, channel: str) -> bool:
    return any(
        one.part("channel").text("slug") == channel and one.found.get("isPublished") is True
        for one in product.parts("channelListings")
    )


def _stock(variant: Part) -> int | None:
    """Return the pieces that nobody ordered yet, in all warehouses; none where none is told."""
    if variant.found.get("stocks") is None:
        return None
    free = sum(
        max(one.pieces("quantity") - int(one.quantity("quantityAllocated")), 0)
        for one in variant.parts("stocks")
    )
    return min(free, MOST_PIECES)


def _value(part: Part, slugs: frozenset[str]) -> str:
    for one in part.parts("attributes"):
        if one.part("attribute").text("slug").lower() in slugs:
            values = one.parts("values")
            return values[0].text("name", 80) if values else ""
    return ""


def _url(product: Part, context: Context) -> str:
    base, slug = context.options.get("storefront", "").strip(), product.text("slug")
    return _web(f"{base.rstrip('/')}/{slug}") if base and slug else ""


def _web(address: str) -> str:
    return address if len(address) <= 500 and address.startswith(("https://", "http://")) else ""
