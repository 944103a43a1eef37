"""Refunds of WooCommerce: goods by quantity, money by what it was given back for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.money import ratio
from shop.connectors.sold import SoldOrder
from shop.connectors.woocommerce.body import Part
from shop.domain.canonical import CanonicalLine, CanonicalReturn, CanonicalReturnLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold(SoldOrder):
    """What refunds are held against: the order's lines, and what was paid in all."""

    quantities: Mapping[str, Decimal]  # As WooCommerce counts: goods may be weighed.


def returns(refunds: Sequence[Part], sold: Sold) -> tuple[CanonicalReturn, ...]:
    """Return the refunds of an order under their own ids; those of nothing are left out.

    :raises UnreadableBody: when a refund is not as documented.
    """
    told = (
        CanonicalReturn(
            external_id=refund.id("id"),
            order_external_id=sold.order_id,
            reason="return",
            returned_at=made_at(refund),
            lines=_lines(refund, sold),
        )
        for refund in refunds
    )
    return tuple(one for one in told if one.lines)


def made_at(refund: Part) -> datetime:
    """Return when a refund was made.

    :raises UnreadableBody: when it does not say.
    """
    return refund.moment("date_created_gmt")


def names_nothing(refund: Part) -> bool:
    """Tell whether a refund is an amount alone: neither goods nor shipping nor a fee."""
    return not any(refund.parts(name) for name in ("line_items", "shipping_lines", "fee_lines"))


def for_the_order(one: CanonicalReturn) -> int:
    """Return the money of a return, in minor units, that names no line."""
    return sum(line.net_minor for line in one.lines if not line.quantity and _nameless(line))


def _nameless(line: CanonicalReturnLine) -> bool:
    return not line.line_external_id and not line.sku


def _lines(refund: Part, sold: Sold) -> tuple[CanonicalReturnLine, ...]:
    items = [*refund.parts("line_items"), *refund.parts("shipping_lines"),
             *refund.parts("fee_lines")]  # fmt: skip
    told = [_line(item, sold) for item in items]
    lines = [line for line in told if line.quantity or line.net_minor > 0]
    money = abs(refund.minor("amount", sold.currency))
    rest = money + sum(_gross(item, sold.currency) for item in items)
    if rest > len(items):  # A minor unit for each line is how its tax was rounded.
        lines.append(
            CanonicalReturnLine(
                external_id=f"{refund.id('id')}~rest",
                line_external_id="",
                sku="",
                quantity=0,
                net_minor=max(sold.without_tax(rest), 1),
            )
        )
    return tuple(lines)


def _line(item: Part, sold: Sold) -> CanonicalReturnLine:
    of = item.metas().optional_id("_refunded_item_id")
    line = sold.lines.get(of)
    money = -item.minor("total", sold.currency)
    count = item.quantity("quantity") if "quantity" in item.found else Decimal(0)
    quantity = 0
    if line is None:
        quantity = int(count)
    elif line.kind in ("product", "gift_card"):
        quantity = _pieces(count, sold.quantities[of])
    if line is not None and quantity:
        money = _worth(line, quantity)
    return CanonicalReturnLine(
        external_id=item.id("id"),
        line_external_id=of,
        sku=line.sku if line is not None else item.text("sku", 64),
        quantity=quantity,
        net_minor=max(money, 0),
    )


def _pieces(count: Decimal, ordered: Decimal) -> int:
    """Return the pieces that came back; of what is weighed, its one piece or none."""
    return int(count) if ordered == int(ordered) else int(count >= ordered)


def _worth(line: CanonicalLine, quantity: int) -> int:
    """Return what units of a line were sold for: what the refund says is rounded otherwise."""
    return ratio(line.net_minor * min(quantity, line.quantity), line.quantity)


def _gross(item: Part, currency: str) -> int:
    """Return what a line of a refund gives back with tax, below zero as WooCommerce writes it."""
    return item.minor("total", currency) + (item.optional_minor("total_tax", currency) or 0)
