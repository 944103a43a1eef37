"""PrestaShop's webservice on loopback: its filters, its order, its pages and its odd answers."""

from __future__ import annotations

import base64
import re

from tests.doubles.shops.server import FakeShop, Reply

NODES = {"order_slip": "order_slips"}
KEY = "K" * 32


class FakePrestaShop(FakeShop):
    """``tables``: rows by resource. ``hidden``: resources that the key may not view."""

    def __init__(self, tables=None):
        super().__init__()
        self.tables = tables or {}
        self.hidden = set()
        self.changes = []  # Called one by one after an answer to /orders: the shop lives on.

    def answer(self, asked):
        user = base64.b64encode(f"{KEY}:".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {user}":
            return Reply({"errors": [{"code": 16, "message": "Invalid key"}]}, 401)
        resource = asked.path.removeprefix("/api/")
        if resource not in self.tables:
            return Reply({"errors": [{"code": 18, "message": "No such resource"}]}, 400)
        if resource in self.hidden:
            return Reply({"errors": [{"code": 26, "message": "Not allowed"}]}, 405)
        assert asked.query["output_format"] == "JSON"
        rows = self._sorted(self._kept(list(self.tables[resource]), asked.query), asked.query)
        start, count = map(int, asked.query.get("limit", "0,100000").split(","))
        rows = [self._shown(row, asked.query["display"]) for row in rows[start : start + count]]
        if resource == "orders" and "filter[date_upd]" in asked.query and self.changes:
            self.changes.pop(0)()
        return Reply({NODES.get(resource, resource): rows} if rows else [])

    def _kept(self, rows, query):
        for name, said in query.items():
            if not (match := re.fullmatch(r"filter\[(\w+)\]", name)):
                continue
            field = match[1]
            assert not field.startswith("date_") or query.get("date") == "1"
            rows = [row for row in rows if self._fits(str(row[field]), said)]
        return rows

    def _fits(self, value, said):
        sign, inner = re.fullmatch(r"([<>]?)\[(.*)\]", said).groups()

        def key(one):
            return (0, int(one), "") if one.isdecimal() else (1, 0, one)

        if sign:
            return key(value) > key(inner) if sign == ">" else key(value) < key(inner)
        if between := re.fullmatch(r"([\d.:\-\s]+),([\d.:\-\s]+)", inner):
            low, high = sorted(between.groups())
            return low <= value <= high
        return value in inner.split("|")

    def _sorted(self, rows, query):
        if not (said := query.get("sort")):
            return rows
        names = [one.removesuffix("_ASC") for one in said.strip("[]").split(",")]
        return sorted(rows, key=lambda row: [
            (int(row[name]), "") if str(row[name]).isdecimal() else (0, row[name])
            for name in names
        ])  # fmt: skip

    def _shown(self, row, display):
        if display == "full":
            return row
        names = display.strip("[]").split(",")
        assert set(names) <= set(row), f"unknown field: {set(names) - set(row)}"
        return {name: row[name] for name in names}
