"""Bodies of webhooks without a subscription query, put in the shape of our own query."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shop.connectors.body import Part


def is_legacy(order: Part) -> bool:
    """Tell whether an order is in the older shape: amounts beside each other, in snake case."""
    return "total_net_amount" in order.found or "total_gross_amount" in order.found


def order(old: Part) -> Part:
    """Return an order of the older shape as our query has it, without what it does not tell.

    It tells neither payments nor what came back well enough: the API is asked for both.

    :raises UnreadableBody: when something is not as documented.
    """
    currency = old.found.get("currency")
    metadata = old.part("metadata").found
    return Part(
        {
            "id": old.found.get("id"),
            "number": old.found.get("number"),
            "created": old.found.get("created"),
            "updatedAt": old.found.get("updated_at"),
            "status": old.found.get("status"),
            "origin": old.found.get("origin"),
            "original": old.found.get("original"),
            "voucherCode": old.found.get("voucher_code"),
            "userEmail": old.found.get("user_email") or old.found.get("email"),
            "user": {"id": old.part("user").found.get("id")},
            "collectionPointName": old.found.get("collection_point_name"),
            "channel": {"slug": old.found.get("channel_slug")
                        or old.part("channel").found.get("slug")},
            "metadata": [{"key": key, "value": value} for key, value in metadata.items()],
            "shippingAddress": _address(old.part("shipping_address")),
            "billingAddress": _address(old.part("billing_address")),
            "shippingMethodName": old.found.get("shipping_method_name"),
            "shippingPrice": _taxed(old, "shipping_price", currency),
            "total": _taxed(old, "total", currency),
            "discounts": [one.found for one in old.parts("discounts")],
            "lines": [_line(line, currency) for line in old.parts("lines")],
        },
        old.place,
    )  # fmt: skip


def _line(line: Part, currency: object) -> dict[str, Any]:
    name = "total_price" if "total_price_net_amount" in line.found else "total"
    return {
        "id": line.found.get("id"),
        "productName": line.found.get("product_name"),
        "variantName": line.found.get("variant_name"),
        "productSku": line.found.get("product_sku"),
        "quantity": line.found.get("quantity"),
        "voucherCode": line.found.get("voucher_code"),
        "totalPrice": _taxed(line, name, currency),
        "undiscountedTotalPrice": _undiscounted(line, name, currency),
    }


def _undiscounted(line: Part, name: str, currency: object) -> dict[str, Any]:
    if f"undiscounted_{name}_net_amount" in line.found:
        return _taxed(line, f"undiscounted_{name}", currency)
    off = line.decimal("unit_discount_amount") * Decimal(line.quantity("quantity"))
    return {"net": {"amount": line.decimal(f"{name}_net_amount") + off, "currency": currency}}


def _taxed(part: Part, name: str, currency: object) -> dict[str, Any]:
    return {
        "net": {"amount": part.found.get(f"{name}_net_amount"), "currency": currency},
        "gross": {"amount": part.found.get(f"{name}_gross_amount"), "currency": currency},
    }


def _address(address: Part) -> dict[str, Any]:
    return {
        "streetAddress1": address.found.get("street_address_1"),
        "postalCode": address.found.get("postal_code"),
        "country": {"code": address.found.get("country")},
        "phone": address.found.get("phone"),
    }
