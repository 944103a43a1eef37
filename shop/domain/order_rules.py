"""What an order, a return or a product must be before it may be stored: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from core.wording import Said
from shop.domain.canonical import (
    CanonicalCost,
    CanonicalOrder,
    CanonicalProduct,
    CanonicalReturn,
    CanonicalReturnLine,
)

PRODUCT = "product"
KINDS = frozenset({PRODUCT, "gift_card", "shipping", "fee", "adjustment"})
REASONS = frozenset({"return", "cancellation"})
#: Clocks may differ, and a shop may send a local time as if it were UTC; no more than that.
AHEAD = timedelta(days=1)


def order_refusal(order: CanonicalOrder, *, currency: str, now: datetime) -> str:
    """Return why the order cannot be stored in a shop of ``currency``, or nothing. Rule O2."""
    if order.currency != currency:
        return Said(
            "The shop sells in %(shop)s, this order is in %(order)s.",
            shop=currency,
            order=order.currency,
        )
    times = {
        "placed_at": order.placed_at,
        "updated_at": order.updated_at,
        "cancelled_at": order.cancelled_at,
        "delivered_at": order.delivered_at,
    }
    for name, moment in times.items():
        if moment is not None and moment > now + AHEAD:
            return _ahead(name)
    if order.follows_external_id == order.external_id:
        return Said("An order cannot exchange or add to itself.")
    if not order.lines:
        return Said("The order has no lines.")
    if repeated := _repeated([line.external_id for line in order.lines]):
        return Said("Two lines of the order have the id %(id)s.", id=repeated)
    for line in order.lines:
        if line.kind not in KINDS:
            return Said(
                "Line %(line)s is of the unknown kind %(kind)s.",
                line=line.external_id,
                kind=line.kind,
            )
        if line.quantity < 1:
            return _quantity(line.external_id, line.quantity)
        if line.kind == PRODUCT and line.net_minor < 0:
            return Said("Line %(line)s is a product with a net below zero.", line=line.external_id)
        if line.discount_minor < 0 or (line.unit_cost_minor or 0) < 0:
            return Said("Line %(line)s has a discount or a cost below zero.", line=line.external_id)
    return ""


def return_refusal(shop_return: CanonicalReturn, *, now: datetime) -> str:
    """Return why the return cannot be stored, or nothing. Rule O7."""
    if shop_return.reason not in REASONS:
        return Said("The reason %(reason)s is unknown.", reason=shop_return.reason)
    if shop_return.returned_at > now + AHEAD:
        return _ahead("returned_at")
    if not shop_return.lines:
        return Said("The return has no lines.")
    if repeated := _repeated([line.external_id for line in shop_return.lines]):
        return Said("Two lines of the return have the id %(id)s.", id=repeated)
    for line in shop_return.lines:
        if refusal := _returned_line(line):
            return refusal
    return ""


def cost_refusal(cost: CanonicalCost, *, now: datetime) -> str:
    """Return why a cost correction cannot be stored, or nothing. Rule O13."""
    if cost.corrected_at > now + AHEAD:
        return _ahead("corrected_at")
    if repeated := _repeated([line for line, _minor in cost.unit_costs]):
        return Said("The line %(line)s is there twice.", line=repeated)
    if any(minor < 0 for _line, minor in cost.unit_costs):
        return Said("A cost is below zero.")
    return ""


def product_refusal(product: CanonicalProduct, *, currency: str) -> str:
    """Return why the product cannot be stored in a shop of ``currency``, or nothing."""
    if product.currency != currency:
        return Said(
            "The shop sells in %(shop)s, this product is priced in %(product)s.",
            shop=currency,
            product=product.currency,
        )
    if product.list_price_minor < 0 or (product.unit_cost_minor or 0) < 0:
        return Said("The list price or the cost is below zero.")
    return ""


def _returned_line(line: CanonicalReturnLine) -> str:
    """Goods have a quantity; money without goods has an amount instead."""
    if line.quantity < 0 or (not line.quantity and line.net_minor < 1):
        return Said(
            "Line %(line)s gives back neither goods nor money: a quantity or, for money alone, an"
            " amount above zero is needed.",
            line=line.external_id,
        )
    return ""


def _ahead(name: str) -> Said:
    return Said(
        "%(field)s is more than a day ahead of the receipt: check the clock and the time zone.",
        field=name,
    )


def _quantity(line: str, quantity: int) -> Said:
    return Said("Line %(line)s has the quantity %(quantity)s.", line=line, quantity=quantity)


def _repeated(ids: Collection[str]) -> str:
    if len(set(ids)) == len(ids):
        return ""
    seen: set[str] = set()
    return next(one for one in ids if one in seen or seen.add(one))  # type: ignore[func-returns-value]
