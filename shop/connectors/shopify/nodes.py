"""An order as the API gives it, in the shape of the webhook's body: both are read in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shop.connectors.shopify.body import Part

Body = dict[str, Any]


def order(node: Part) -> Part:
    """Return an order of the API as a webhook would send it, with the same ids.

    :raises UnreadableBody: when it is not as Shopify documents it.
    """
    raw = node.found.get
    return Part(
        {
            "id": raw("legacyResourceId"),
            "name": raw("name"),
            "created_at": raw("createdAt"),
            "processed_at": raw("processedAt"),
            "updated_at": raw("updatedAt"),
            "cancelled_at": raw("cancelledAt"),
            "test": raw("test"),
            "currency": raw("currencyCode"),
            "presentment_currency": raw("presentmentCurrencyCode"),
            "taxes_included": raw("taxesIncluded"),
            "financial_status": node.text("displayFinancialStatus").lower(),
            "fulfillment_status": node.text("displayFulfillmentStatus").lower(),
            "source_name": raw("sourceName"),
            "email": raw("email"),
            "phone": raw("phone"),
            "customer": {"id": node.part("customer").found.get("legacyResourceId")},
            "shipping_address": _address(node.part("shippingAddress")),
            "billing_address": _address(node.part("billingAddress")),
            "total_outstanding": _shop(node, "totalOutstandingSet"),
            "total_tip_received": _shop(node, "totalTipReceivedSet"),
            "note_attributes": [
                {"name": one.found.get("key"), "value": one.found.get("value")}
                for one in node.parts("customAttributes")
            ],
            "discount_codes": [{"code": code} for code in _texts(node, "discountCodes")],
            "discount_applications": _each(node, "discountApplications", _application),
            "line_items": _each(node, "lineItems", _line),
            "shipping_lines": _each(node, "shippingLines", _shipping),
            "fulfillments": [_parcel(one) for one in node.parts("fulfillments")],
            "refunds": [_refund(one) for one in node.parts("refunds")],
        }
    )


def gid(node: Part, name: str = "id") -> str:
    """Return the number at the end of a global id; empty where there is none."""
    return node.text(name).rpartition("/")[2].partition("?")[0]


def _each(node: Part, name: str, made: Callable[[Part], Body]) -> list[Body]:
    return [made(one) for one in node.part(name).parts("nodes")]


def _texts(node: Part, name: str) -> list[Any]:
    found = node.found.get(name)
    return found if isinstance(found, list) else []


def _shop(node: Part, name: str) -> object:
    return node.part(name).part("shopMoney").found.get("amount")


def _bag(node: Part, name: str) -> Mapping[str, Body]:
    bag = node.part(name)
    return {
        "shop_money": {"amount": bag.part("shopMoney").found.get("amount")},
        "presentment_money": {"amount": bag.part("presentmentMoney").found.get("amount")},
    }


def _address(node: Part) -> Body:
    return {
        "address1": node.found.get("address1"),
        "zip": node.found.get("zip"),
        "phone": node.found.get("phone"),
        "country_code": node.found.get("countryCodeV2"),
    }


def _application(node: Part) -> Body:
    kind = node.text("__typename")
    kinds = {"DiscountCodeApplication": "discount_code", "ManualDiscountApplication": "manual"}
    return {
        "type": kinds.get(kind, "automatic"),
        "code": node.found.get("code"),
        "title": node.found.get("title"),
        "description": node.found.get("description"),
    }


def _discounts(node: Part) -> list[Body]:
    return [
        {"amount": _shop(one, "allocatedAmountSet"), "amount_set": _bag(one, "allocatedAmountSet")}
        for one in node.parts("discountAllocations")
    ]


def _taxes(node: Part) -> list[Body]:
    return [
        {"price": _shop(one, "priceSet"), "price_set": _bag(one, "priceSet")}
        for one in node.parts("taxLines")
    ]


def _line(node: Part) -> Body:
    return {
        "id": gid(node),
        "name": node.found.get("name"),
        "sku": node.found.get("sku"),
        "variant_id": node.part("variant").found.get("legacyResourceId"),
        "quantity": node.found.get("quantity"),
        "current_quantity": node.found.get("currentQuantity"),
        "gift_card": node.found.get("isGiftCard"),
        "price": _shop(node, "originalUnitPriceSet"),
        "price_set": _bag(node, "originalUnitPriceSet"),
        "discount_allocations": _discounts(node),
        "tax_lines": _taxes(node),
    }


def _shipping(node: Part) -> Body:
    return {
        "id": gid(node),
        "title": node.found.get("title"),
        "delivery_category": node.found.get("deliveryCategory"),
        "is_removed": node.found.get("isRemoved"),
        "price": _shop(node, "originalPriceSet"),
        "price_set": _bag(node, "originalPriceSet"),
        "discount_allocations": _discounts(node),
        "tax_lines": _taxes(node),
    }


def _parcel(node: Part) -> Body:
    return {
        "status": node.text("status").lower(),
        "shipment_status": node.text("displayStatus").lower(),
        "updated_at": node.found.get("updatedAt"),
    }


def _refund(node: Part) -> Body:
    return {
        "id": node.found.get("legacyResourceId"),
        "created_at": node.found.get("createdAt"),
        "refund_line_items": _each(node, "refundLineItems", _refunded),
        "refund_shipping_lines": _each(node, "refundShippingLines", _refunded_shipping),
        "order_adjustments": _each(node, "orderAdjustments", _adjustment),
        "transactions": _each(node, "transactions", _transaction),
    }


def _refunded(node: Part) -> Body:
    return {
        "id": gid(node) or None,
        "line_item_id": gid(node.part("lineItem")),
        "quantity": node.found.get("quantity"),
        "restock_type": node.text("restockType").lower(),
        "subtotal": _shop(node, "subtotalSet"),
    }


def _refunded_shipping(node: Part) -> Body:
    return {
        "id": gid(node) or None,
        "shipping_line": {"id": gid(node.part("shippingLine"))},
        "subtotal_amount_set": _bag(node, "subtotalAmountSet"),
    }


def _adjustment(node: Part) -> Body:
    """Since the version of October 2024 none of them is about shipping."""
    return {
        "kind": "refund_discrepancy",
        "reason": node.text("reason").lower(),
        "amount": _shop(node, "amountSet"),
    }


def _transaction(node: Part) -> Body:
    return {
        "kind": node.text("kind").lower(),
        "status": node.text("status").lower(),
        "amount": _shop(node, "amountSet"),
    }
