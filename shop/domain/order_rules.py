"""What an order, a return or a product must be before it may be stored: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Collection

from shop.domain.canonical import CanonicalOrder, CanonicalProduct, CanonicalReturn

PRODUCT = "product"
KINDS = frozenset({PRODUCT, "gift_card", "shipping", "fee", "adjustment"})
REASONS = frozenset({"return", "cancellation"})


def order_refusal(order: CanonicalOrder, *, currency: str) -> str:
    """Return why the order cannot be stored in a shop of ``currency``, or nothing. Rule O2."""
    if order.currency != currency:
        return f"The shop sells in {currency}, this order is in {order.currency}."
    if not order.lines:
        return "The order has no lines."
    if repeated := _repeated([line.external_id for line in order.lines]):
        return f"Two lines of the order have the id {repeated}."
    for line in order.lines:
        if line.kind not in KINDS:
            return f"Line {line.external_id} is of the unknown kind {line.kind}."
        if line.quantity < 1:
            return f"Line {line.external_id} has the quantity {line.quantity}."
        if line.kind == PRODUCT and line.net_minor < 0:
            return f"Line {line.external_id} is a product with a net below zero."
        if line.discount_minor < 0 or (line.unit_cost_minor or 0) < 0:
            return f"Line {line.external_id} has a discount or a cost below zero."
    return ""


def return_refusal(shop_return: CanonicalReturn) -> str:
    """Return why the return cannot be stored, or nothing. Rule O7."""
    if shop_return.reason not in REASONS:
        return f"The reason {shop_return.reason} is unknown."
    if not shop_return.lines:
        return "The return has no lines."
    if repeated := _repeated([line.external_id for line in shop_return.lines]):
        return f"Two lines of the return have the id {repeated}."
    for line in shop_return.lines:
        if line.quantity < 1:
            return f"Line {line.external_id} has the quantity {line.quantity}."
    return ""


def product_refusal(product: CanonicalProduct, *, currency: str) -> str:
    """Return why the product cannot be stored in a shop of ``currency``, or nothing."""
    if product.currency != currency:
        return f"The shop sells in {currency}, this product is priced in {product.currency}."
    if product.list_price_minor < 0 or (product.unit_cost_minor or 0) < 0:
        return "The list price or the cost is below zero."
    return ""


def _repeated(ids: Collection[str]) -> str:
    if len(set(ids)) == len(ids):
        return ""
    seen: set[str] = set()
    return next(one for one in ids if one in seen or seen.add(one))  # type: ignore[func-returns-value]
