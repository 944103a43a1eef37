"""The lines of an order of WooCommerce: goods, gift cards, shipping and fees."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from core.money import ratio
from shop.connectors.woocommerce.body import Part
from shop.domain.canonical import CanonicalLine

#: What plugins that sell gift cards write on the lines that they sell.
_GIFT_CARD_KEYS = ("wc_gc_giftcard", "_wc_gc_giftcard", "_ywgc_", "ywgc_", "pw_gift_card",
                   "_pw_gift_card")  # fmt: skip
#: What plugins that know costs write on lines: the cost of one unit.
_UNIT_COST_KEYS = ("_wc_cog_item_cost", "_alg_wc_cog_item_cost")


def lines(order: Part, currency: str, gift_cards: Collection[str]) -> tuple[CanonicalLine, ...]:
    """Return the lines of an order; ids are unique across goods, shipping and fees.

    ``gift_cards``: SKUs that a manager named as gift cards.

    :raises UnreadableBody: when a line is not as documented.
    """
    goods = (_goods(item, currency, gift_cards) for item in order.parts("line_items"))
    shipping = (
        _beside(item, "shipping", "method_title", currency)
        for item in order.parts("shipping_lines")
    )
    fees = (_beside(item, "fee", "name", currency) for item in order.parts("fee_lines"))
    return (*(line for line in goods if line is not None), *shipping, *fees)


def pieces(quantity: Decimal) -> int:
    """Return a quantity in whole pieces. Goods that are weighed are one piece: a line of 1.5 kg."""
    return int(quantity) if quantity == int(quantity) else 1


def _goods(item: Part, currency: str, gift_cards: Collection[str]) -> CanonicalLine | None:
    quantity = pieces(item.quantity("quantity"))
    if not quantity:
        return None
    net = item.minor("total", currency)
    before = item.optional_minor("subtotal", currency)
    sku = item.text("sku", 64)
    return CanonicalLine(
        external_id=item.id("id"),
        kind=_kind(item, sku, net, gift_cards),
        sku=sku,
        title=item.text("name"),
        quantity=quantity,
        net_minor=net,
        discount_minor=max(0, (net if before is None else before) - net),
        tax_minor=item.optional_minor("total_tax", currency) or 0,
        unit_cost_minor=_unit_cost(item, quantity, currency),
    )


def _kind(item: Part, sku: str, net: int, gift_cards: Collection[str]) -> str:
    if net < 0:
        return "adjustment"
    is_gift_card = any(key.startswith(_GIFT_CARD_KEYS) for key in item.metas().found)
    return "gift_card" if is_gift_card or (sku and sku in gift_cards) else "product"


def _unit_cost(item: Part, quantity: int, currency: str) -> int | None:
    """Return what a unit cost; nought is how WooCommerce says that nobody entered a cost."""
    whole = item.part("cost_of_goods_sold").optional_minor("value", currency)
    if whole is not None and whole > 0:
        return ratio(whole, quantity)
    metas = item.metas()
    for key in _UNIT_COST_KEYS:
        cost = metas.optional_minor(key, currency)
        if cost is not None and cost > 0:
            return cost
    return None


def _beside(item: Part, kind: str, title: str, currency: str) -> CanonicalLine:
    net = item.minor("total", currency)
    return CanonicalLine(
        external_id=item.id("id"),
        kind="adjustment" if net < 0 else kind,
        sku="",
        title=item.text(title),
        quantity=1,
        net_minor=net,
        tax_minor=item.optional_minor("total_tax", currency) or 0,
    )
