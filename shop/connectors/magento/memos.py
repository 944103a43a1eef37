"""Credit memos of Magento: goods by quantity, shipping, and adjustments without goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import ratio
from shop.connectors.body import Part
from shop.connectors.magento.amounts import BASE, of_shipping
from shop.connectors.magento.lines import SHIPPING, Counted
from shop.connectors.sold import SoldOrder
from shop.domain.canonical import CanonicalReturn, CanonicalReturnLine

#: A memo that is open is not refunded yet, a canceled one never was.
_REFUNDED = "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold(SoldOrder):
    """What memos are held against. ``places``: the line of each item, empty for none."""

    counted: Mapping[str, Counted]
    places: Mapping[str, str]


def returns(memos: Sequence[Part], sold: Sold) -> tuple[CanonicalReturn, ...]:
    """Return the memos that were refunded, under their own ids; those of nothing are left out.

    :raises UnreadableBody: when a memo is not as documented.
    """
    told = (
        CanonicalReturn(
            external_id=memo.id("entity_id"),
            order_external_id=sold.order_id,
            reason="return",
            returned_at=memo.moment("created_at"),
            lines=_lines(memo, sold),
        )
        for memo in memos
        if memo.text("state", 8) in (_REFUNDED, "")
    )
    return tuple(one for one in told if one.lines)


def for_the_order(found: Sequence[CanonicalReturn]) -> int:
    """Return the money, in minor units, that was given back for no line."""
    return sum(line.net_minor for one in found for line in one.lines if not line.line_external_id)


def _lines(memo: Part, sold: Sold) -> tuple[CanonicalReturnLine, ...]:
    quantities: dict[str, Decimal] = {}
    for item in memo.parts("items"):
        item_id = item.id("order_item_id")
        line_id = sold.places.get(item_id, item_id)
        if line_id:
            quantities[line_id] = quantities.get(line_id, Decimal(0)) + item.quantity("qty")
    found = [_goods(line_id, count, sold) for line_id, count in quantities.items()]
    shipping = of_shipping(memo).minor(memo, sold.currency)[0]
    if shipping > 0:
        is_known = SHIPPING in sold.lines
        found.append(_money(SHIPPING, SHIPPING if is_known else "", shipping))
    adjusted = memo.decimal(f"{BASE}adjustment_positive") - memo.decimal(
        f"{BASE}adjustment_negative"
    )
    more = Part({"adjustment": adjusted}, memo.place).minor("adjustment", sold.currency)
    if more > 0:
        found.append(_money("adjustment", "", max(sold.without_tax(more), 1)))
    return tuple(line for line in found if line.quantity or line.net_minor > 0)


def _goods(line_id: str, count: Decimal, sold: Sold) -> CanonicalReturnLine:
    line, one = sold.lines.get(line_id), sold.counted.get(line_id)
    if line is None or one is None:
        return CanonicalReturnLine(external_id=line_id, line_external_id=line_id, sku="",
                                   quantity=int(count), net_minor=0)  # fmt: skip
    ordered = one.item.quantity("qty_ordered")
    quantity = int(count) if ordered == int(ordered) else int(count >= ordered)
    worth = ratio(line.net_minor * min(quantity, line.quantity), line.quantity)
    return CanonicalReturnLine(
        external_id=line_id,
        line_external_id=line_id,
        sku=line.sku,
        quantity=quantity,
        net_minor=max(worth, 0),
    )


def _money(line_id: str, of: str, net_minor: int) -> CanonicalReturnLine:
    return CanonicalReturnLine(
        external_id=line_id, line_external_id=of, sku="", quantity=0, net_minor=net_minor
    )
