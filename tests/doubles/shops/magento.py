"""A Magento on loopback: lists by searchCriteria as its collections do, and a bearer token."""

from __future__ import annotations

import re

from tests.doubles.shops.server import Asked, FakeShop, Reply

TOKEN = "m2-token"
_FILTER = re.compile(
    r"searchCriteria\[filter_groups\]\[(\d+)\]\[filters\]\[(\d+)\]\[(field|value|condition_type)\]"
)
_SORT = re.compile(r"searchCriteria\[sortOrders\]\[(\d+)\]\[field\]")


class FakeMagento(FakeShop):
    """Keeps rows as Magento tells them; ``on_list`` runs after a list was read, to change them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[dict]] = {
            "orders": [], "creditmemos": [], "products": [], "categories/list": [],
            "inventory/source-items": [],
        }  # fmt: skip
        self.options: dict[str, list[dict]] = {}
        self.counts_sources = True
        self.on_list = lambda _path: None

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply({"message": "The consumer isn't authorized to access %resources."}, 401)
        path = asked.path.removeprefix("/rest").removeprefix("/fr").removeprefix("/V1/")
        if path == "store/storeConfigs":
            return Reply([{"code": "default", "secure_base_url": "https://maison.example/",
                           "base_url": "https://maison.example/",
                           "secure_base_media_url": "https://maison.example/media/"}])  # fmt: skip
        if path.startswith("products/attributes/"):
            known = self.options.get(path.split("/")[2])
            return Reply(known) if known is not None else Reply({"message": "none"}, 404)
        if path == "inventory/source-items" and not self.counts_sources:
            return Reply({"message": "Request does not match any route."}, 404)
        if path in self.rows:
            said = self._list(self.rows[path], asked.query)
            self.on_list(path)
            return Reply(said)
        if path.startswith("orders/"):
            for row in self.rows["orders"]:
                if str(row["entity_id"]) == path.split("/")[1]:
                    return Reply(row)
        return Reply({"message": "The entity that was requested doesn't exist."}, 404)

    def _list(self, rows: list[dict], query: dict[str, str]) -> dict:
        groups: dict[str, dict[str, dict[str, str]]] = {}
        sorts = []
        for name, text in query.items():
            if found := _FILTER.fullmatch(name):
                group, index, part = found.groups()
                groups.setdefault(group, {}).setdefault(index, {})[part] = text
            elif _SORT.fullmatch(name):
                sorts.append(text)
        for filters in groups.values():
            rows = [row for row in rows if any(_holds(row, one) for one in filters.values())]
        rows = sorted(rows, key=lambda row: [_value(row, name) for name in sorts])
        size = int(query["searchCriteria[pageSize]"])
        last = max(-(-len(rows) // size), 1)  # Past the last page the last comes again.
        page = min(int(query["searchCriteria[currentPage]"]), last)
        return {"items": rows[(page - 1) * size : page * size], "total_count": len(rows)}


def _value(row: dict, name: str):
    value = row.get("id", row.get("entity_id")) if name == "entity_id" else row.get(name)
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _holds(row: dict, one: dict[str, str]) -> bool:
    value = _value(row, one["field"])
    asked = (
        int(one["value"]) if isinstance(value, int) and "," not in one["value"] else one["value"]
    )
    kind = one.get("condition_type", "eq")
    if kind == "in":
        return str(value) in str(asked).split(",")
    return {"eq": value == asked, "gt": value > asked, "gteq": value >= asked, "lt": value < asked}[
        kind
    ]
