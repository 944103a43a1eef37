"""A Saleor on loopback: answers our GraphQL queries, with cursors of the last row's change."""

from __future__ import annotations

import base64
import json

from tests.doubles.shops.server import Asked, FakeShop, Reply

TOKEN = "saleor-token"


class FakeSaleor(FakeShop):
    """Keeps orders and products as our queries ask for them; ``on_page`` may change them."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[dict] = []
        self.products: list[dict] = []
        self.webhooks: list[dict] = []
        self.jwks: dict | bytes = {"keys": []}
        self.refuses_webhooks = False
        self.errors: list[dict] = []
        self.on_page = lambda: None

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/.well-known/jwks.json":
            return Reply(self.jwks)
        if asked.path != "/graphql/":
            return Reply({}, 404)
        if self.errors:
            return Reply({"errors": [self.errors.pop()]})
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply({"errors": [_error("PermissionDenied")], "data": {"orders": None}})
        sent = json.loads(asked.body)
        return Reply({"data": self._data(sent["query"], sent["variables"])})

    def _data(self, query: str, given: dict) -> dict:
        name = query.split("(")[0].split("{")[0].split()[1]
        if name == "ApportGreeting":
            return {"shop": {"name": "Maison"}}
        if name == "ApportOrder":
            return {"order": next((one for one in self.orders if one["id"] == given["id"]), None)}
        if name == "ApportWebhooks":
            return {"app": {"webhooks": self.webhooks}}
        if name in ("ApportCreate", "ApportUpdate"):
            return self._webhook(name, given)
        rows = self.orders if name == "ApportOrders" else self.products
        said = _page(rows, given)
        self.on_page()
        return {"orders" if name == "ApportOrders" else "products": said}

    def _webhook(self, name: str, given: dict) -> dict:
        mutation = "webhookCreate" if name == "ApportCreate" else "webhookUpdate"
        if self.refuses_webhooks:
            fault = {"field": "query", "message": "Can't parse an event type from query."}
            return {mutation: {"webhook": None, "errors": [fault]}}
        told = given["input"]
        kept = {"targetUrl": told["targetUrl"], "isActive": told["isActive"],
                "query": told["query"],
                "asyncEvents": [{"eventType": one} for one in told["asyncEvents"]]}  # fmt: skip
        if mutation == "webhookCreate":
            self.webhooks.append({"id": f"V2ViaG9vazo{len(self.webhooks)}", **kept})
        else:
            next(one for one in self.webhooks if one["id"] == given["id"]).update(kept)
        return {mutation: {"webhook": {"id": "V2ViaG9vazow"}, "errors": []}}


def _error(code: str) -> dict:
    return {"message": "To access this path, you need one of the following permissions.",
            "extensions": {"exception": {"code": code}}}  # fmt: skip


def denied() -> dict:
    return _error("PermissionDenied")


def _key(row: dict) -> list[str]:
    return [row["updatedAt"], row["id"]]


def _page(rows: list[dict], given: dict) -> dict:
    since, until = given.get("since") or "", given.get("until") or "9999"
    rows = [row for row in rows if since <= row["updatedAt"] <= until]
    if given.get("channel"):
        rows = [row for row in rows if row["channel"]["slug"] == given["channel"]]
    rows = sorted(rows, key=_key)
    if given.get("after"):
        after = json.loads(base64.b64decode(given["after"]))
        rows = [row for row in rows if _key(row) > after]
    shown = rows[: given["first"]]
    end = base64.b64encode(json.dumps(_key(shown[-1])).encode()).decode() if shown else None
    return {"edges": [{"node": row} for row in shown],
            "pageInfo": {"hasNextPage": len(rows) > len(shown), "endCursor": end}}  # fmt: skip
