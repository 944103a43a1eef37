"""A WooCommerce shop on loopback: its REST API, version 3, as far as it is asked."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from tests.doubles.shops.server import Asked, FakeShop, Reply

KEY, SECRET = "ck_key", "cs_secret"
_V3 = "/wp-json/wc/v3"
_ALLOWED = f"Basic {base64.b64encode(f'{KEY}:{SECRET}'.encode()).decode()}"


class FakeWooCommerce(FakeShop):
    """Rows are as the API gives them, by id; ``before`` runs before each list is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[int, dict[str, Any]] = {}
        self.refunds: dict[int, list[dict[str, Any]]] = {}
        self.products: dict[int, dict[str, Any]] = {}
        self.variations: dict[int, list[dict[str, Any]]] = {}
        self.webhooks: dict[int, dict[str, Any]] = {}
        self.taxes: list[dict[str, Any]] = []
        self.settings = {"general/woocommerce_calc_taxes": "yes",
                         "general/woocommerce_default_country": "FR",
                         "tax/woocommerce_prices_include_tax": "yes"}  # fmt: skip
        self.counts_pages = True
        self.instead: Any = None  # Said in place of every list.
        self.before: Callable[[Asked], None] = lambda _asked: None

    def add(self, order: dict[str, Any], *refunds: dict[str, Any]) -> None:
        """Put an order with its refunds into the shop."""
        listed = [{"id": one["id"], "total": f"-{one['amount']}"} for one in refunds]
        self.orders[order["id"]] = {**order, "refunds": listed}
        self.refunds[order["id"]] = list(refunds)

    def answer(self, asked: Asked) -> Reply:
        """Return what WooCommerce would say."""
        if asked.path == "/wp-json/":
            return Reply({"name": "Maison &amp; fils", "namespaces": ["wc/v3"]})
        if asked.headers.get("authorization") != _ALLOWED:
            return Reply({"code": "woocommerce_rest_cannot_view", "data": {"status": 401}}, 401)
        if asked.method == "POST":
            return self._write(asked)
        path = asked.path.removeprefix(_V3)
        self.before(asked)
        if found := re.fullmatch(r"/orders/(\d+)", path):
            return _one(self.orders.get(int(found[1])))
        if found := re.fullmatch(r"/orders/(\d+)/refunds", path):
            return self._page(self.refunds[int(found[1])], asked)
        if found := re.fullmatch(r"/products/(\d+)/variations", path):
            return self._page(self.variations[int(found[1])], asked)
        if found := re.fullmatch(r"/settings/(.+)", path):
            return Reply({"id": found[1], "value": self.settings[found[1]]})
        lists = {"/orders": self._orders, "/products": self._products,
                 "/webhooks": lambda _asked: list(self.webhooks.values()),
                 "/taxes": lambda _asked: self.taxes}  # fmt: skip
        if path not in lists:
            return Reply({"code": "rest_no_route"}, 404)
        return self._page(lists[path](asked), asked)

    def _orders(self, asked: Asked) -> list[dict[str, Any]]:
        status = asked.query.get("status", "any")
        rows = [
            row
            for row in self.orders.values()
            if (row["status"] == status if status != "any" else row["status"] != "trash")
        ]
        return _changed(rows, asked)

    def _products(self, asked: Asked) -> list[dict[str, Any]]:
        return _changed(list(self.products.values()), asked)

    def _page(self, rows: list[dict[str, Any]], asked: Asked) -> Reply:
        size, page = int(asked.query["per_page"]), int(asked.query.get("page", 1))
        pages = -(-len(rows) // size)
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        shown = self.instead or rows[(page - 1) * size : page * size]
        return Reply(shown, headers=headers if self.counts_pages else {})

    def _write(self, asked: Asked) -> Reply:
        sent = json.loads(asked.body)
        if found := re.fullmatch(rf"{_V3}/webhooks/(\d+)", asked.path):
            self.webhooks[int(found[1])].update(sent)
            return Reply(self.webhooks[int(found[1])])
        row = {"id": len(self.webhooks) + 1, **sent}
        self.webhooks[row["id"]] = row
        return Reply(row, 201)


def _one(row: dict[str, Any] | None) -> Reply:
    if row is None:
        return Reply({"code": "woocommerce_rest_shop_order_invalid_id"}, 404)
    return Reply(row)


def _changed(rows: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    """As WordPress: later than, earlier than, never at; by date of change, then by id."""
    after, before = asked.query.get("modified_after"), asked.query.get("modified_before")
    found = [
        row
        for row in rows
        if (not after or row["date_modified_gmt"] > after)
        and (not before or row["date_modified_gmt"] < before)
    ]
    by_change = asked.query.get("orderby") == "modified"
    return sorted(found, key=lambda row: (row["date_modified_gmt"] if by_change else "", row["id"]))
