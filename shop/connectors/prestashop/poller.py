"""Asking PrestaShop's webservice: orders by the time of their change, products by their id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from core.wording import Said
from shop.connectors.api import ShopHasNot, ShopRefused
from shop.connectors.contract import Context, Page, Record, Subscription, dumped
from shop.connectors.prestashop.bundles import ORDER_FIELDS, order_bundles
from shop.connectors.prestashop.catalogue import product_bundles
from shop.connectors.prestashop.webservice import Found, Resources, api, text

ORDER, PRODUCT = "poll.order", "poll.product"
PAGE = 50
_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a walk is: the last object that was seen, in the order of its changes."""

    changed: str = ""
    external_id: str = ""

    @classmethod
    def of(cls, row: Found) -> Self:
        return cls(text(row.get("date_upd")), text(row.get("id")))


@dataclass(slots=True)
class Webservice:
    """One shop's webservice. It only reads."""

    resources: Resources
    shop: str  # The shop's address, for those of its products.
    context: Context

    @classmethod
    def at(cls, address: str, key: str, context: Context) -> Self:
        """Return the webservice of the shop at ``address``."""
        return cls(Resources(api(address, key)), address.rstrip("/"), context)

    def greet(self) -> str:
        """Return the shop's own name.

        :raises ShopRefused: when the key may not, or amounts are not in the currency we know.
        """
        for one in self.resources.all("currencies", "[id,iso_code,conversion_rate]").values():
            is_default = text(one.get("conversion_rate")).rstrip("0").rstrip(".") == "1"
            if is_default and text(one.get("iso_code")) == self.context.currency:
                break
        else:
            raise ShopRefused(
                Said("The shop's default currency is not %(currency)s.",
                     currency=self.context.currency)
            )  # fmt: skip
        shops = self.resources.rows("shops", {"limit": "0,1"}, "[id,name]")
        return text(shops[0].get("name")) if shops else ""

    def orders(self, *, since: datetime, until: datetime, cursor: str = "") -> Page:
        """Return a page of the orders changed in the period, then of those with a new credit slip.

        A credit slip does not touch its order (rule PS3). In the hours around a change of the
        clock an hour more is asked for on either side.
        """
        begin, end = _local(since, until, self.context.timezone)
        phase, _, said = cursor.partition("/")
        place = _Place(*said.split("/")) if said else _Place()
        resource, display = ("order_slip", "full") if phase == "slips" else ("orders", ORDER_FIELDS)
        rows, is_last = self._walk(resource, display, (begin, end), place)
        if phase == "slips":
            ids = {text(one.get("id_order")) for one in rows}
            records = self._records(self.resources.of("orders", "id", ids, ORDER_FIELDS))
        else:
            records = self._records(rows)
        if not is_last:
            last = _Place.of(rows[-1])
            return Page(records, f"{phase or 'orders'}/{last.changed}/{last.external_id}")
        return Page(records, "" if phase == "slips" else "slips/")

    def order(self, external_id: str) -> Record:
        """Return one order with all its credit slips.

        :raises ShopHasNot: when there is no such order.
        """
        is_id = external_id.isascii() and external_id.isdecimal()
        rows = self.resources.of("orders", "id", [external_id], ORDER_FIELDS) if is_id else []
        if not rows:
            raise ShopHasNot(Said("The shop does not know this order."))
        return self._records(rows)[0]

    def products(self, *, since: datetime | None = None, cursor: str = "") -> Page:
        """Return a page of products with their combinations, costs and stock."""
        query = {"sort": "[id_ASC]", "limit": f"0,{PAGE}", "filter[id]": f">[{cursor or 0}]"}
        if since is not None:
            begin, _end = _local(since, since, self.context.timezone)
            query |= {"filter[date_upd]": f">[{begin}]", "date": "1"}
        rows = self.resources.rows("products", query)
        bundles = product_bundles(self.resources, rows, self.shop, self._country())
        records = tuple(
            Record(PRODUCT, one["product"]["id"], one["product"].get("date_upd", ""), dumped(one))
            for one in bundles
        )
        return Page(records, text(rows[-1].get("id")) if len(rows) == PAGE else "")

    def subscriptions(self) -> Sequence[Subscription]:
        """Return nothing: PrestaShop has no webhooks. Our module sends by itself."""
        return ()

    def subscribe(self, address: str, secret: str) -> None:
        """Do nothing: the module is told by a person where to send to."""

    def _records(self, rows: Sequence[Found]) -> tuple[Record, ...]:
        return tuple(
            Record(ORDER, one["order"]["id"], _version(one), dumped(one))
            for one in order_bundles(self.resources, rows)
        )

    def _walk(
        self, resource: str, display: str, period: tuple[str, str], place: _Place
    ) -> tuple[list[Found], bool]:
        """Return what changed after ``place``, and whether that was all.

        The walk goes from row to row, never by page numbers: an order that changes meanwhile
        leaves its place, and everything behind it would move up by one.
        """
        begin, end = period
        asked = {"date": "1", "limit": f"0,{PAGE}"}
        rows: list[Found] = []
        if place.changed:
            rows = self.resources.rows(
                resource,
                {**asked, "filter[date_upd]": f"[{place.changed},{place.changed}]",
                 "filter[id]": f">[{place.external_id}]", "sort": "[id_ASC]"},
                display,
            )  # fmt: skip
            if len(rows) == PAGE:
                return rows, False
            begin = str(datetime.fromisoformat(place.changed) + _SECOND)  # noqa: DTZ007
        if begin > end:
            return rows, True
        more = self.resources.rows(
            resource,
            {**asked, "filter[date_upd]": f"[{begin},{end}]", "sort": "[date_upd_ASC,id_ASC]"},
            display,
        )
        return rows + more, len(more) < PAGE

    def _country(self) -> str:
        return (self.context.options.get("country") or "FR").strip().upper()


def _local(since: datetime, until: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return a period as shop-local times, both ends included, wider where clocks change."""
    last = max(until - _SECOND, since)
    edges = (since - _HOUR).astimezone(zone), (last + _HOUR).astimezone(zone)
    begin, end = (one.astimezone(zone).replace(microsecond=0, tzinfo=None) for one in (since, last))
    if edges[0].utcoffset() != edges[1].utcoffset():
        begin, end = begin - _HOUR, end + _HOUR
    return str(begin), str(end)


def _version(bundle: Found) -> str:
    times: list[str] = [bundle["order"].get("date_upd", "")]
    times += [one.get("date_upd", "") for one in bundle["slips"]]
    times += [one.get("date_add", "") for one in bundle["history"]]
    return max(times)
