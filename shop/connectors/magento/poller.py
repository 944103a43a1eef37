"""Walking over what changed in a shop of Magento, so that nothing slides past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from core.wording import Said
from shop.connectors.api import ShopApi, ShopHasNot, ShopRefused
from shop.connectors.body import Part, understood
from shop.connectors.contract import Page, Record, Subscription, dumped
from shop.connectors.magento.products import CONFIGURABLE
from shop.connectors.magento.rest import MOST_PER_PAGE, Condition, Rest, criteria, utc

POLL_ORDER, POLL_PRODUCT = "poll.order", "poll.product"
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a walk over what changed has come to: behind ``after``, of those changed at ``moment``.

    It goes by time of change and id, never by page: what changes during the walk moves to its end,
    and page numbers would skip what slides into its place.
    """

    shelf: str
    moment: datetime
    after: str = "0"

    @classmethod
    def read(cls, cursor: str) -> Self:
        shelf, moment, after = cursor.split("|")
        return cls(shelf, datetime.fromisoformat(moment), after)

    def __str__(self) -> str:
        return f"{self.shelf}|{self.moment.isoformat()}|{self.after}"

    def criteria(self, until: datetime | None) -> dict[str, str]:
        """Return what to ask for: a page of what is behind this place and changed before."""
        here = utc(self.moment)
        behind = [Condition("updated_at", here, "gt"), Condition("entity_id", self.after, "gt")]
        groups = [[Condition("updated_at", here, "gteq")], behind]
        if until is not None:
            groups.append([Condition("updated_at", utc(until), "lt")])
        return criteria(groups, ("updated_at", "entity_id"), PER_PAGE)


_ORDERS, _MEMOS = "orders", "creditmemos"


@dataclass(slots=True)
class MagentoPoller:
    """Asks one shop."""

    rest: Rest

    @classmethod
    def of(cls, address: str, token: str, store: str) -> Self:
        """Return the poller of a shop at ``address``; ``store``: the code of a view, or nothing."""
        path = f"/rest/{store}" if store else "/rest"
        return cls(
            Rest(
                ShopApi(
                    address=f"{address.rstrip('/')}{path}",
                    headers={"Authorization": f"Bearer {token}"},
                )
            )
        )

    @understood()
    def greet(self) -> str:
        """Return the shop's own address, after it let us see orders, memos and products.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when it does not answer us.
        """
        for path, key in (("/V1/orders", "entity_id"), ("/V1/creditmemos", "entity_id"),
                          ("/V1/products", "entity_id")):  # fmt: skip
            self.rest.list(path, criteria((), (key,), 1))
        stores = self.rest.stores()
        return urlsplit(stores[0].text("base_url", 300) if stores else "").netloc or "Magento"

    @understood()
    def orders(self, *, since: datetime, until: datetime, cursor: str = "") -> Page:
        """Return a page of the orders that changed, and of those whose memos are new.

        A credit memo need not change its order's ``updated_at``: memos are walked over too.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not answer so.
        """
        place = _Place.read(cursor) if cursor else _Place(_ORDERS, since)
        path = f"/V1/{place.shelf}"
        rows, following = self._walk(path, place, until)
        if place.shelf == _ORDERS:
            records = tuple(self._order(row) for row in rows)
            following = following or _Place(_MEMOS, since)
        else:
            ids = dict.fromkeys(row.id("order_id") for row in rows)
            records = tuple(one for order_id in ids for one in self._there(order_id))
        return Page(records=records, cursor=str(following) if following else "")

    @understood()
    def order(self, external_id: str) -> Record:
        """Return one order with all its credit memos.

        :raises ShopHasNot: when there is no such order.
        :raises ShopRefused, ShopUnreachable: when the API does not answer so.
        """
        if not external_id.isdecimal():
            raise ShopHasNot(Said("The shop's API does not know such an order."))
        return self._order(self.rest.one("/V1/orders", external_id))

    @understood()
    def products(self, *, since: datetime | None = None, cursor: str = "") -> Page:
        """Return a page of products with their variants, stock, and names of options.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not answer so.
        """
        if since is None:
            last = Condition("entity_id", cursor or "0", "gt")
            found = self.rest.list("/V1/products", criteria(((last,),), ("entity_id",), PER_PAGE))
            more = found.total > len(found.rows) and found.rows
            following = found.rows[-1].id("id") if more else ""
            return Page(self._products(found.rows), following)
        place = _Place.read(cursor) if cursor else _Place("products", since)
        rows, onward = self._walk("/V1/products", place, None)
        return Page(self._products(rows), str(onward) if onward else "")

    @understood()
    def subscriptions(self) -> Sequence[Subscription]:
        """Return nothing: Magento does not tell its webhooks to those who ask."""
        return ()

    @understood()
    def subscribe(self, address: str, secret: str) -> None:  # noqa: ARG002
        """Refuse: webhooks of Adobe Commerce are set up by hand.

        :raises ShopRefused: always.
        """
        raise ShopRefused(
            Said("Webhooks of Adobe Commerce are set up in its admin: follow the steps.")
        )

    def _there(self, order_id: str) -> tuple[Record, ...]:
        """Return an order that a memo names; nothing where the shop deleted it."""
        try:
            return (self.order(order_id),)
        except ShopHasNot:
            return ()

    def _walk(
        self, path: str, place: _Place, until: datetime | None
    ) -> tuple[tuple[Part, ...], _Place | None]:
        found = self.rest.list(path, place.criteria(until))
        if len(found.rows) >= found.total or not found.rows:
            return found.rows, None
        last = found.rows[-1]
        key = "id" if path == "/V1/products" else "entity_id"
        moment = last.optional_moment("updated_at") or place.moment
        return found.rows, _Place(place.shelf, moment, last.id(key))

    def _order(self, order: Part) -> Record:
        order_id = order.id("entity_id")
        memos = list(
            self.rest.all("/V1/creditmemos", [[Condition("order_id", order_id)]], "entity_id")
        )
        told = sorted(f"{one.id('entity_id')}:{one.text('state', 4)}" for one in memos)
        return Record(
            topic=POLL_ORDER,
            subject=order_id,
            version=f"{order.text('updated_at', 40)}/{','.join(told)}",
            body=dumped({"order": order.found, "memos": [one.found for one in memos]}),
        )

    def _products(self, rows: Sequence[Part]) -> tuple[Record, ...]:
        children = {row.id("id"): list(self._children(row)) for row in rows}
        skus = [one.text("sku", 64) for row in rows for one in (row, *children[row.id("id")])]
        stock = self.rest.stock(skus) if rows else {}
        return tuple(self._product(row, children[row.id("id")], stock) for row in rows)

    def _product(self, row: Part, children: Sequence[Part], stock: dict[str, str]) -> Record:
        own = {one.text("sku", 64) for one in (row, *children)}
        return Record(
            topic=POLL_PRODUCT,
            subject=row.id("id"),
            version=max(one.text("updated_at", 40) for one in (row, *children)),
            body=dumped({
                "product": row.found,
                "children": [one.found for one in children],
                "stock": {sku: pieces for sku, pieces in stock.items() if sku in own},
                **self.rest.shared(),
            }),
        )  # fmt: skip

    def _children(self, row: Part) -> Iterator[Part]:
        if row.text("type_id", 32) != CONFIGURABLE:
            return
        links = row.part("extension_attributes").list("configurable_product_links")
        ids = [str(one) for one in links if isinstance(one, int | str)]
        for start in range(0, len(ids), MOST_PER_PAGE):
            some = Condition("entity_id", ",".join(ids[start : start + MOST_PER_PAGE]), "in")
            yield from self.rest.all("/V1/products", [[some]], "entity_id")
