"""Shopify's GraphQL Admin API on loopback: it knows operations by name and pages by real cursors.

Orders are kept as webhooks send them (``shop.orders``) and answered as the API does; ``first`` of
each list inside an order is read from the query, so that what does not fit is left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.doubles.shops.server import Asked, FakeShop, Reply

Body = dict[str, Any]
_APPLICATIONS = {"discount_code": "DiscountCodeApplication", "manual": "ManualDiscountApplication",
                 "automatic": "AutomaticDiscountApplication"}  # fmt: skip
_LISTS = {
    "discount_applications": "discountApplications",
    "line_items": "lineItems",
    "shipping_lines": "shippingLines",
    "refund_line_items": "refundLineItems",
    "refund_shipping_lines": "refundShippingLines",
    "order_adjustments": "orderAdjustments",
    "transactions": "transactions",
}
CLIENT = {"client_id": "client-of-the-app", "client_secret": "secret-of-the-app"}


class FakeShopify(FakeShop):
    """A shop with orders, variants and webhooks. ``throttle(n)`` asks ``n`` times for patience."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, Body] = {}
        self.variants: list[Body] = []
        self.webhooks: list[Body] = []
        self.user_errors: list[Body] = []
        self.errors: list[Body] = []
        self.token = "shpat_right"
        self.version = "2026-10"
        self._throttled: list[Body] = []

    def put(self, *orders: Body) -> None:
        """Let the shop have these orders, as they are now."""
        self.orders.update({str(one["id"]): one for one in orders})

    def throttle(self, times: int, *, available: int = 100) -> None:
        cost = {"requestedQueryCost": 700, "actualQueryCost": None,
                "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": available,
                                   "restoreRate": 100.0}}  # fmt: skip
        self._throttled += [{"errors": [{"message": "Throttled",
                                         "extensions": {"code": "THROTTLED"}}],
                             "extensions": {"cost": cost}}] * times  # fmt: skip

    def operations(self) -> list[str]:
        """Return the names of what was asked, in order."""
        return [one.json()["operationName"] for one in self.asked if one.path.endswith(".json")]

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/admin/oauth/access_token":
            said = asked.json()
            if said == {"grant_type": "client_credentials", **CLIENT}:
                return Reply({"access_token": self.token, "scope": "read_orders",
                              "expires_in": 86399})  # fmt: skip
            return Reply({"error": "invalid_client"}, 400)
        if asked.path != f"/admin/api/{self.version}/graphql.json":
            return Reply({"errors": "Not Found"}, 404)
        if asked.headers.get("x-shopify-access-token") != self.token:
            return Reply({"errors": "[API] Invalid API key or access token"}, 401)
        if self._throttled:
            return Reply(self._throttled.pop(0))
        if self.errors:
            return Reply({"data": None, "errors": self.errors})
        sent = asked.json()
        name = re.match(r"\s*(?:query|mutation) (\w+)", sent["query"]).group(1)
        found = getattr(self, f"_{name}")(sent["query"], sent["variables"])
        return Reply({"data": found, "extensions": {"cost": {"requestedQueryCost": 12}}})

    def _shop(self, _query: str, _said: Body) -> Body:
        return {"shop": {"name": "Maison Aurore"}}

    def _orders(self, query: str, said: Body) -> Body:
        since, until = map(_moment, re.findall(r"'([^']+)'", said["query"]))
        keyed = [
            (f"{_utc(one['updated_at'])} {key}", one)
            for key, one in self.orders.items()
            if since <= _moment(one["updated_at"]) < until
        ]
        page = _page(keyed, query, "orders", said["after"], lambda one: node(one, query))
        return {"orders": page}

    def _order(self, query: str, said: Body) -> Body:
        found = self.orders.get(_number(said["id"]))
        return {"order": found and node(found, query)}

    def _orderLines(self, query: str, said: Body) -> Body:
        lines = self.orders[_number(said["id"])]["line_items"]
        page = _page(_keyed(lines), query, "lineItems", said["after"], line_node)
        return {"order": {"lineItems": page}}

    def _orderRefunds(self, _query: str, said: Body) -> Body:
        found = self.orders[_number(said["id"])]["refunds"]
        return {"order": {"refunds": [{"id": _gid("Refund", one["id"])} for one in found]}}

    def _refund(self, query: str, said: Body) -> Body:
        return {"refund": refund_node(self._refund_of(said["id"]), query)}

    def _refundLines(self, query: str, said: Body) -> Body:
        lines = self._refund_of(said["id"])["refund_line_items"]
        page = _page(_keyed(lines), query, "refundLineItems", said["after"], refunded_node)
        return {"refund": {"refundLineItems": page}}

    def _refund_of(self, gid: str) -> Body:
        every = [refund for order in self.orders.values() for refund in order["refunds"]]
        return next(one for one in every if str(one["id"]) == _number(gid))

    def _products(self, query: str, said: Body) -> Body:
        since = re.findall(r"'([^']+)'", said["query"] or "")
        found = [one for one in self.variants if not since or one["updatedAt"] >= since[0]]
        keyed = [(str(one["legacyResourceId"]), one) for one in found]
        page = _page(keyed, query, "productVariants", said["after"], dict)
        return {"productVariants": page}

    def _webhookSubscriptions(self, query: str, said: Body) -> Body:
        keyed = [(f"{number:05}", one) for number, one in enumerate(self.webhooks)]
        page = _page(keyed, query, "webhookSubscriptions", said["after"], dict)
        return {"webhookSubscriptions": page}

    def _webhookSubscriptionCreate(self, _query: str, said: Body) -> Body:
        one = {"topic": said["topic"], "uri": said["uri"]}
        errors = list(self.user_errors)
        if one in self.webhooks:
            errors = [{"field": ["webhookSubscription", "callbackUrl"],
                       "message": "Address for this topic has already been taken"}]  # fmt: skip
        if not errors:
            self.webhooks.append(one)
        return {"webhookSubscriptionCreate": {"userErrors": errors}}


def node(order: Body, query: str) -> Body:
    """Return an order as the API gives it."""
    to, billing = (_address(order.get(f"{kind}_address")) for kind in ("shipping", "billing"))
    refunds = order["refunds"][: _first(query, "refunds")]
    return {
        "id": _gid("Order", order["id"]),
        "legacyResourceId": str(order["id"]),
        "name": order["name"],
        "createdAt": _utc(order["created_at"]),
        "processedAt": _utc(order["processed_at"]),
        "updatedAt": _utc(order["updated_at"]),
        "cancelledAt": _utc(order["cancelled_at"]),
        "test": order["test"],
        "currencyCode": order["currency"],
        "presentmentCurrencyCode": order["presentment_currency"],
        "taxesIncluded": order["taxes_included"],
        "displayFinancialStatus": order["financial_status"].upper(),
        "displayFulfillmentStatus": (order["fulfillment_status"] or "unfulfilled").upper(),
        "sourceName": order["source_name"],
        "email": order["email"],
        "phone": order["phone"],
        "customer": order["customer"] and {"legacyResourceId": str(order["customer"]["id"])},
        "shippingAddress": to,
        "billingAddress": billing,
        "totalOutstandingSet": _shop(order["total_outstanding"]),
        "totalTipReceivedSet": _shop(order["total_tip_received"]),
        "customAttributes": [
            {"key": one["name"], "value": one["value"]} for one in order["note_attributes"]
        ],
        "discountCodes": [one["code"] for one in order["discount_codes"]],
        "discountApplications": _listed(order, "discount_applications", query, application_node),
        "lineItems": _listed(order, "line_items", query, line_node),
        "shippingLines": _listed(order, "shipping_lines", query, shipping_node),
        "fulfillments": [
            {"status": one["status"].upper(), "displayStatus": one["shipment_status"].upper(),
             "updatedAt": _utc(one["updated_at"])}
            for one in order["fulfillments"][: _first(query, "fulfillments")]
        ],
        "refunds": [refund_node(one, query) for one in refunds],
    }  # fmt: skip


def application_node(one: Body) -> Body:
    told = {name: one[name] for name in ("code", "title", "description") if name in one}
    return {"__typename": _APPLICATIONS[one["type"]], **told}


def line_node(line: Body) -> Body:
    return {
        "id": _gid("LineItem", line["id"]),
        "name": line["name"],
        "sku": line["sku"],
        "quantity": line["quantity"],
        "currentQuantity": line["current_quantity"],
        "isGiftCard": line["gift_card"],
        "variant": {"legacyResourceId": str(line["variant_id"])} if line["variant_id"] else None,
        "originalUnitPriceSet": _bag(line["price_set"]),
        **_priced(line),
    }


def shipping_node(line: Body) -> Body:
    return {
        "id": _gid("ShippingLine", line["id"]),
        "title": line["title"],
        "deliveryCategory": line.get("delivery_category"),
        "isRemoved": line["is_removed"],
        "originalPriceSet": _bag(line["price_set"]),
        **_priced(line),
    }


def refund_node(refund: Body, query: str) -> Body:
    return {
        "id": _gid("Refund", refund["id"]),
        "legacyResourceId": str(refund["id"]),
        "createdAt": _utc(refund["created_at"]),
        "refundLineItems": _listed(refund, "refund_line_items", query, refunded_node),
        "refundShippingLines": _listed(
            refund,
            "refund_shipping_lines",
            query,
            lambda one: {
                "id": _gid("RefundShippingLine", one["id"]),
                "shippingLine": {"id": _gid("ShippingLine", one["shipping_line"]["id"])},
                "subtotalAmountSet": _bag(one["subtotal_amount_set"]),
            },
        ),
        "orderAdjustments": _listed(
            refund,
            "order_adjustments",
            query,
            lambda one: {
                "reason": one["reason"].upper().replace(" ", "_"),
                "amountSet": _shop(one["amount"]),
            },
        ),
        "transactions": _listed(
            refund,
            "transactions",
            query,
            lambda one: {
                "kind": one["kind"].upper(),
                "status": one["status"].upper(),
                "amountSet": _shop(one["amount"]),
            },
        ),
    }


def refunded_node(line: Body) -> Body:
    return {
        "id": _gid("RefundLineItem", line["id"]),
        "quantity": line["quantity"],
        "restockType": line["restock_type"].upper(),
        "lineItem": {"id": _gid("LineItem", line["line_item_id"])},
        "subtotalSet": _shop(str(line["subtotal"])),
    }


def _page(
    keyed: Sequence[tuple[str, Body]], query: str, name: str, after: str | None,
    made: Callable[[Body], Body],
) -> Body:  # fmt: skip
    """Return the page after a cursor: it holds the key of the last one, not a number of pages."""
    passed = base64.b64decode(after).decode() if after else ""
    left = sorted((one for one in keyed if one[0] > passed), key=lambda one: one[0])
    here = left[: _first(query, name)]
    end = base64.b64encode(here[-1][0].encode()).decode() if here else None
    return {
        "nodes": [made(body) for _key, body in here],
        "pageInfo": {"hasNextPage": len(left) > len(here), "endCursor": end},
    }


def _listed(body: Body, name: str, query: str, made: Callable[[Body], Body]) -> Body:
    """Return the first page of a list inside a body, under the name that the API has for it."""
    return _page(_keyed(body.get(name, [])), query, _LISTS[name], None, made)


def _first(query: str, name: str) -> int:
    return int(re.search(rf"\b{name}\(first: (\d+)", query).group(1))


def _keyed(bodies: Sequence[Body]) -> list[tuple[str, Body]]:
    return [(f"{number:05}", one) for number, one in enumerate(bodies)]


def _priced(line: Body) -> Body:
    return {
        "discountAllocations": [
            {"allocatedAmountSet": _bag(one["amount_set"])} for one in line["discount_allocations"]
        ],
        "taxLines": [{"priceSet": _bag(one["price_set"])} for one in line["tax_lines"]],
    }


def _bag(found: Body) -> Body:
    """The API writes no more zeros than needed: 120.0."""
    return {
        "shopMoney": {"amount": str(float(found["shop_money"]["amount"]))},
        "presentmentMoney": {"amount": str(float(found["presentment_money"]["amount"]))},
    }


def _shop(amount: str) -> Body:
    return {"shopMoney": {"amount": str(float(amount))}}


def _address(found: Body | None) -> Body | None:
    names = {
        "address1": "address1",
        "zip": "zip",
        "phone": "phone",
        "countryCodeV2": "country_code",
    }
    return found and {ours: found.get(theirs) for ours, theirs in names.items()}


def _gid(kind: str, number: object) -> str:
    return f"gid://shopify/{kind}/{number}"


def _number(gid: str) -> str:
    return gid.rpartition("/")[2]


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _utc(said: str | None) -> str | None:
    """The API tells every time in UTC."""
    return said and f"{_moment(said).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
