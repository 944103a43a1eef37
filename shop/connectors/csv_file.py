"""Our own CSV format for past orders: one row per order line or returned line.

The columns carry the names and the meaning of the webhook's fields (docs/guide/import.md), and the
same schemas judge them. An order or return with one bad row is refused whole: half an order could
never be completed later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.errors import DomainError
from shop.connectors import generic
from shop.connectors.contract import UnreadableBody
from shop.connectors.history import RETURNS, Fact, Tally, Tick, numbered_rows
from shop.domain.canonical import CanonicalOrder, CanonicalProduct, CanonicalReturn

COLUMNS = ("record", "order_id", "return_id", "at", "number", "currency", "test", "cancelled_at",
           "customer_id", "email_digest", "new_customer", "country", "store", "codes", "line_id",
           "kind", "sku", "title", "quantity", "net_minor", "discount_minor", "tax_minor",
           "unit_cost_minor", "amount_only", "reason", "delivered_at", "exchange_of",
           "adds_to")  # fmt: skip
#: Columns that a file may have after those: all of them, or none.
MORE_COLUMNS = ("disposable_email", "phone_digest", "address_digest")
ORDER, RETURN = "order", "return"
_OF_THE_LINE = frozenset(COLUMNS[COLUMNS.index("line_id") : COLUMNS.index("reason")])
_YES_OR_NO = {"": None, "1": True, "true": True, "0": False, "false": False}

Cells = Mapping[str, str]
Key = tuple[str, str]  # The record and its id.


class CsvFile:
    """See ``history.History``."""

    def __init__(self, path: Path, *, shop_code: str) -> None:
        self.tally = Tally()
        self._path = path
        self._shop_code = shop_code
        self._last_row: dict[Key, int] = {}
        self._row_count = 0

    def survey(self, tick: Tick) -> int:
        """Learn where each order and return ends; one reading of the file."""
        for number, key, _cells in self._rows(tick):
            self._last_row[key] = number
        return self._row_count

    def products(self) -> Iterator[CanonicalProduct]:
        """Yield nothing: list prices are not in the file, they come with the catalogue."""
        return iter(())

    def facts(self, tick: Tick) -> Iterator[Fact]:
        """Yield each order and return when its last row was read."""
        waiting: dict[Key, list[tuple[int, Cells]]] = defaultdict(list)
        for number, key, cells in self._rows(tick, self.tally):
            waiting[key].append((number, cells))
            if number == self._last_row[key]:
                rows = waiting.pop(key)
                try:
                    fact = self._fact(key, [one for _number, one in rows])
                except DomainError as refusal:
                    for place, one in rows:
                        self.tally.refuse("order or return unreadable", place,
                                          _signed_minor(one), f"{key[1]}: {refusal}")  # fmt: skip
                else:
                    self._count(fact)
                    yield fact

    def _rows(self, tick: Tick, tally: Tally | None = None) -> Iterator[tuple[int, Key, Cells]]:
        columns = COLUMNS + MORE_COLUMNS
        for number, row in numbered_rows(self._path, columns, tick, optional=len(MORE_COLUMNS)):
            self._row_count = number - 1
            if tally is not None:
                tally.rows += 1
            cells = dict(zip(columns, row, strict=False))
            key = (cells["record"], cells.get("return_id" if row[0] == RETURN else "order_id", ""))
            if len(row) not in {len(COLUMNS), len(columns)}:
                reason = f"neither {len(COLUMNS)} nor {len(columns)} cells"
            elif key[0] not in {ORDER, RETURN}:
                reason = "record is neither order nor return"
            elif not key[1]:
                reason = "the id is missing"
            elif "\0" in "".join(row):
                reason = "NUL character"
            else:
                yield number, key, cells
                continue
            if tally is not None:
                tally.refuse(reason, number, _signed_minor(cells))

    def _fact(self, key: Key, rows: list[Cells]) -> Fact:
        first = rows[0]
        for row in rows:
            other = [name for name in first if name not in _OF_THE_LINE]
            if odd := next((name for name in other if row.get(name) != first[name]), None):
                raise UnreadableBody(f"Its rows disagree in the column {odd}.")
        if key[0] == ORDER:
            body = generic.checked(_order_body(first, rows))
            return generic.order(body, shop_code=self._shop_code)
        return generic.shop_return(generic.checked(_return_body(first, rows)))

    def _count(self, fact: Fact) -> None:
        if isinstance(fact, CanonicalReturn):
            total = sum(line.net_minor for line in fact.lines)
            self.tally.sums[RETURNS] -= total
            self.tally.input_minor -= total
            return
        self.tally.orders += 1
        self.tally.lines += len(fact.lines)
        self._count_lines(fact)

    def _count_lines(self, order: CanonicalOrder) -> None:
        for line in order.lines:
            self.tally.sums[line.kind] += line.net_minor
            self.tally.input_minor += line.net_minor


def _order_body(first: Cells, rows: list[Cells]) -> dict[str, Any]:
    return {
        "schema": generic.ORDER,
        "id": first["order_id"],
        "number": first["number"] or first["order_id"],
        "placed_at": first["at"],
        "updated_at": first["cancelled_at"] or first["delivered_at"] or first["at"],
        "currency": first["currency"],
        "test": _flag(first["test"]) or False,
        "cancelled_at": first["cancelled_at"] or None,
        "delivered_at": first["delivered_at"] or None,
        **{name: first[name] for name in ("exchange_of", "adds_to") if first[name]},
        "customer": {
            "id": first["customer_id"] or None,
            "email_digest": first["email_digest"] or None,
            "email_is_disposable": _flag(first.get("disposable_email", "")),
            "phone_digest": first.get("phone_digest") or None,
            "address_digest": first.get("address_digest") or None,
            "is_new": _flag(first["new_customer"]),
        },
        "country": first["country"],
        "store": first["store"],
        "codes": first["codes"].split(),
        "lines": [
            {
                "id": row["line_id"],
                "kind": row["kind"] or "product",
                "sku": row["sku"],
                "title": row["title"],
                "quantity": _whole(row["quantity"]),
                "net_minor": _whole(row["net_minor"]),
                "discount_minor": _whole(row["discount_minor"] or "0"),
                "tax_minor": _whole(row["tax_minor"] or "0"),
                "unit_cost_minor": _whole(row["unit_cost_minor"] or None),
            }
            for row in rows
        ],
    }


def _return_body(first: Cells, rows: list[Cells]) -> dict[str, Any]:
    return {
        "schema": generic.RETURN,
        "id": first["return_id"],
        "order_id": first["order_id"],
        "reason": first["reason"] or "return",
        "returned_at": first["at"],
        "lines": [
            {
                "id": str(ordinal),
                "line_id": row["line_id"],
                "sku": row["sku"],
                "amount_only": _flag(row["amount_only"]) or False,
                "quantity": _whole(row["quantity"] or "0"),
                "net_minor": _whole(row["net_minor"]),
            }
            for ordinal, row in enumerate(rows, start=1)
        ],
    }


def _whole(text: str | None) -> int | str | None:
    """Return the integer; what is none stays text, so that the schema names the place."""
    try:
        return None if text is None else int(text)
    except ValueError:
        return text


def _flag(text: str) -> bool | str | None:
    return _YES_OR_NO.get(text.lower(), text)


def _signed_minor(cells: Cells) -> int:
    """Return what a row comes to as far as it can be read; returns count below zero."""
    found = _whole(cells.get("net_minor", ""))
    minor = found if isinstance(found, int) else 0
    return -minor if cells.get("record") == RETURN else minor
