"""PrestaShop's webservice: lists asked for in JSON, and what is known of the shop for as long."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from core.wording import Said
from shop.connectors.api import ShopApi, ShopHasNot, ShopRefused, ShopUnreachable

Found = dict[str, Any]
#: Ids asked for at once: an address has no room for many more.
_AT_ONCE = 100
#: The list of a resource is not always named as the resource is.
_NODES = {"order_slip": "order_slips"}
#: Our module's own resource: what it kept of ``ap_ref``. A shop without the module has none.
REFERENCES = "apport_references"


def api(address: str, key: str) -> ShopApi:
    """Return the way to a shop's webservice. The key is a user name without a password (PS1)."""
    user = base64.b64encode(f"{key}:".encode()).decode()
    return ShopApi(address=address.rstrip("/") + "/api", headers={"Authorization": f"Basic {user}"})


@dataclass(slots=True)
class Resources:
    """Lists of one shop. What seldom changes is asked for once."""

    api: ShopApi
    _kept: dict[str, dict[str, Found]] = field(default_factory=dict)

    def rows(
        self, resource: str, query: Mapping[str, str] | None = None, display: str = "full"
    ) -> list[Found]:
        """Return the objects of a list.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when there is no answer to use.
        """
        asked = {"output_format": "JSON", "display": display, **(query or {})}
        try:
            said = self.api.get(f"/{resource}", asked).json()
        except ShopUnreachable as error:
            if _status(error) == HTTPStatus.METHOD_NOT_ALLOWED:
                raise ShopRefused(
                    Said("The webservice key may not view %(resource)s: allow it.",
                         resource=resource)
                ) from error  # fmt: skip
            raise
        if said == []:  # What PrestaShop answers for a list of nothing.
            return []
        found = said.get(_NODES.get(resource, resource)) if isinstance(said, dict) else None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ShopUnreachable(Said("The shop's API answered, but not with a list."))
        return found

    def of(
        self, resource: str, name: str, ids: Iterable[str], display: str = "full"
    ) -> list[Found]:
        """Return the objects whose field ``name`` is one of ``ids``."""
        wanted = sorted({one for one in ids if one.strip("0")}, key=int)
        found: list[Found] = []
        for start in range(0, len(wanted), _AT_ONCE):
            some = "|".join(wanted[start : start + _AT_ONCE])
            found += self.rows(resource, {f"filter[{name}]": f"[{some}]"}, display)
        return found

    def all(self, resource: str, display: str = "full") -> dict[str, Found]:
        """Return every object of a list by its id, asked for once."""
        if resource not in self._kept:
            self._kept[resource] = by_id(self.rows(resource, display=display))
        return self._kept[resource]

    def references(self, orders: Iterable[str]) -> list[Found]:
        """Return what our module kept of orders; nothing where it is not installed or allowed."""
        if REFERENCES in self._kept:
            return []
        try:
            return self.of(REFERENCES, "id_order", orders)
        except (ShopHasNot, ShopRefused):
            pass
        except ShopUnreachable as error:
            if _status(error) != HTTPStatus.BAD_REQUEST:  # How an unknown resource is refused.
                raise
        self._kept[REFERENCES] = {}  # It is not asked again.
        return []


def _status(error: ShopUnreachable) -> int:
    """Return the status that the shop answered with; 0 when it did not answer."""
    said = error.args[0] if error.args else ""
    return int(said.facts.get("status", 0)) if isinstance(said, Said) else 0


def by_id(rows: Sequence[Found]) -> dict[str, Found]:
    """Return objects by their id."""
    return {text(one.get("id")): one for one in rows}


def text(value: object) -> str:
    """Return an id or text however the webservice spells it; of several languages the first."""
    if isinstance(value, list):
        said = (one.get("value") for one in value if isinstance(one, dict))
        return next((text(one) for one in said if one), "")
    if value is None or isinstance(value, bool | dict):
        return ""
    return str(value)


def some(row: Mapping[str, Any], *names: str) -> Found:
    """Return only what is needed of an object, as text: the rest is nobody's business."""
    return {name: text(row[name]) for name in names if name in row}
