"""A catalogue as a CSV file: one row for each SKU, with what ``apport.product.v1`` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.errors import DomainError
from shop.connectors import generic
from shop.connectors.history import Tick, numbered_rows
from shop.domain.canonical import CanonicalProduct

COLUMNS = ("sku", "name", "category", "brand", "collections", "list_price_minor", "vat_bps",
           "currency", "unit_cost_minor", "url", "image_url", "active")  # fmt: skip
#: They may follow, all of them: what looks need to know of sizes, colours and stock.
VARIANT_COLUMNS = ("model", "color", "size", "stock")
#: Between the collections of a product, in one cell.
BETWEEN = "|"
_YES_OR_NO = {"": True, "1": True, "true": True, "0": False, "false": False}


class ProductFile:
    """Reads the rows that keep to the schema; ``refused`` says why of the others, by row."""

    def __init__(self, path: Path) -> None:
        self.refused: dict[int, str] = {}
        self._path = path

    def products(self, tick: Tick) -> Iterator[CanonicalProduct]:
        """Yield each product of the file.

        :raises UnreadableFile: when the file or its first row is not usable.
        """
        every = (*COLUMNS, *VARIANT_COLUMNS)
        rows = numbered_rows(self._path, every, tick, optional=len(VARIANT_COLUMNS))
        for number, cells in rows:
            if len(cells) not in {len(COLUMNS), len(every)}:
                self.refused[number] = f"not {len(COLUMNS)} cells, or {len(every)}"
                continue
            try:
                body = generic.checked(_body(dict(zip(every, cells, strict=False))))
            except DomainError as refusal:
                self.refused[number] = str(refusal)
            else:
                yield from generic.products(body)


def _body(cells: Mapping[str, str]) -> dict[str, Any]:
    return {
        "schema": generic.PRODUCT,
        "sku": cells["sku"],
        "name": cells["name"],
        "category": cells["category"],
        "brand": cells["brand"],
        "collections": [one.strip() for one in cells["collections"].split(BETWEEN) if one.strip()],
        "list_price_minor": _whole(cells["list_price_minor"]),
        "vat_bps": _whole(cells["vat_bps"]),
        "currency": cells["currency"],
        "unit_cost_minor": _whole(cells["unit_cost_minor"]) if cells["unit_cost_minor"] else None,
        "url": cells["url"],
        "image_url": cells["image_url"],
        "active": _YES_OR_NO.get(cells["active"].lower(), cells["active"]),
        **{name: cells.get(name, "") for name in ("model", "color", "size")},
        "stock": _whole(cells["stock"]) if cells.get("stock") else None,
    }


def _whole(text: str) -> int | str:
    """Return the integer; what is none stays text, so that the schema names the place."""
    try:
        return int(text)
    except ValueError:
        return text
