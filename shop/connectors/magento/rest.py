"""The REST API of Magento: lists by searchCriteria, and what is read once for all products."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from core.wording import Said
from shop.connectors.api import ShopApi, ShopHasNot, ShopUnreachable
from shop.connectors.body import Part

MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter."""

    field: str
    value: str
    kind: str = "eq"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list, and how many there are in all."""

    rows: tuple[Part, ...]
    total: int


#: Groups of filters: one of each group must hold.
Conditions = Sequence[Sequence[Condition]]


def criteria(
    conditions: Conditions, order: Sequence[str], size: int, page: int = 1
) -> dict[str, str]:
    """Return the parameters of a list, sorted by the fields of ``order``, lowest first."""
    asked: dict[str, str] = {}
    for group, filters in enumerate(conditions):
        for index, one in enumerate(filters):
            start = f"searchCriteria[filter_groups][{group}][filters][{index}]"
            asked[f"{start}[field]"] = one.field
            asked[f"{start}[value]"] = one.value
            asked[f"{start}[condition_type]"] = one.kind
    for index, name in enumerate(order):
        asked[f"searchCriteria[sortOrders][{index}][field]"] = name
        asked[f"searchCriteria[sortOrders][{index}][direction]"] = "ASC"
    asked["searchCriteria[pageSize]"] = str(size)
    asked["searchCriteria[currentPage]"] = str(page)
    return asked


def utc(moment: datetime) -> str:
    """Return a time as Magento writes it: UTC, without saying so."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


@dataclass(slots=True)
class Rest:
    """Asks one shop. Names of categories and options are read once: they are the same for all."""

    api: ShopApi
    _shared: dict[str, Any] | None = None

    def list(self, path: str, asked: dict[str, str]) -> Found:
        """Return a page of ``path``.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when there is no list.
        """
        said = self.api.get(path, asked).json()
        rows = said.get("items") if isinstance(said, dict) else None
        total = said.get("total_count") if isinstance(said, dict) else None
        if rows is None and total == 0:
            rows = []
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            raise ShopUnreachable(Said("The shop's API answered, but not with a list."))
        return Found(tuple(map(Part, rows)), total if isinstance(total, int) else len(rows))

    def all(self, path: str, conditions: Conditions, order: str) -> Iterator[Part]:
        """Return every row of ``path``; past the last page Magento tells the last again.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when there is no list.
        """
        page = seen = 0
        while True:
            page += 1
            found = self.list(path, criteria(conditions, (order,), MOST_PER_PAGE, page))
            yield from found.rows
            seen += len(found.rows)
            if seen >= found.total or not found.rows:
                return

    def one(self, path: str, *ids: str) -> Part:
        """Return the object at ``path``, with ``ids`` behind it.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when there is none.
        """
        said = self.api.get("/".join([path, *(quote(one, safe="") for one in ids)])).json()
        if not isinstance(said, dict):
            raise ShopUnreachable(Said("The shop's API answered, but not with an object."))
        return Part(said)

    def stores(self) -> tuple[Part, ...]:
        """Return the settings of the store views.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when there are none.
        """
        said = self.api.get("/V1/store/storeConfigs").json()
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            raise ShopUnreachable(Said("The shop's API answered, but not with a list."))
        return tuple(map(Part, said))

    def shared(self) -> dict[str, Any]:
        """Return what all products need: addresses, names of categories, labels of options.

        :raises ShopRefused, ShopUnreachable: when the API does not answer.
        """
        if self._shared is None:
            stores = self.stores()
            first = stores[0] if stores else Part({})
            self._shared = {
                "addresses": {
                    "shop": first.text("secure_base_url", 300) or first.text("base_url", 300),
                    "media": first.text("secure_base_media_url", 300)
                    or first.text("base_media_url", 300),
                    "suffix": ".html",
                },
                "categories": self._categories(),
                "labels": {code: self._labels(code) for code in _LABELLED},
            }
        return self._shared

    def stock(self, skus: Sequence[str]) -> dict[str, str]:
        """Return the pieces of ``skus`` in all sources; nothing where the shop does not count.

        :raises ShopRefused, ShopUnreachable: when the API does not answer.
        """
        plain = [sku for sku in skus if sku and "," not in sku]
        found: dict[str, int] = {}
        for start in range(0, len(plain), _MOST_SKUS):
            some = Condition("sku", ",".join(plain[start : start + _MOST_SKUS]), "in")
            try:
                for row in self.all("/V1/inventory/source-items", [[some]], "sku"):
                    there = int(row.quantity("quantity")) if row.text("status", 4) == "1" else 0
                    sku = row.text("sku", 64)
                    found[sku] = found.get(sku, 0) + there
            except ShopHasNot:  # Shops without the modules for several sources.
                return {}
        return {sku: str(pieces) for sku, pieces in found.items()}

    def _categories(self) -> dict[str, str]:
        rows = self.all("/V1/categories/list", [], "entity_id")
        return {row.text("id", 20): row.text("name", 80) for row in rows}

    def _labels(self, code: str) -> dict[str, str]:
        try:
            said = self.api.get(f"/V1/products/attributes/{code}/options").json()
        except ShopHasNot:
            return {}
        rows = (
            [Part(one) for one in said if isinstance(one, dict)] if isinstance(said, list) else []
        )
        return {row.text("value", 20): row.text("label", 80).strip() for row in rows}


_LABELLED = ("color", "size", "manufacturer")
_MOST_SKUS = 50
