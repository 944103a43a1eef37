"""Shopify's Admin API, asked page by page for orders, products and webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.wording import Said
from shop.connectors.api import ShopHasNot, ShopRefused, ShopUnreachable
from shop.connectors.contract import Page, Record, Subscription, dumped
from shop.connectors.shopify import queries
from shop.connectors.shopify.graphql import Admin, Answered
from shop.connectors.shopify.orders import OUR_KEY

ORDER, PRODUCT = "poll.order", "poll.product"
#: Topics as the API names them and as deliveries do. Wishes of customers cannot be subscribed to:
#: they are entered in the app's own settings.
TOPICS = {
    "ORDERS_CREATE": "orders/create",
    "ORDERS_PAID": "orders/paid",
    "ORDERS_UPDATED": "orders/updated",
    "ORDERS_EDITED": "orders/edited",
    "ORDERS_CANCELLED": "orders/cancelled",
    "REFUNDS_CREATE": "refunds/create",
    "PRODUCTS_CREATE": "products/create",
    "PRODUCTS_UPDATE": "products/update",
    "PRODUCTS_DELETE": "products/delete",
    "INVENTORY_ITEMS_UPDATE": "inventory_items/update",
}
_TAKEN = "already been taken"


@dataclass(frozen=True, slots=True)
class AdminPoller:
    """The ``Poller`` of a shop of Shopify."""

    admin: Admin

    def greet(self) -> str:
        """Return the shop's own name."""
        return str(_object(self.admin.ask(queries.SHOP), "shop").get("name", ""))

    def orders(self, *, since: datetime, until: datetime, cursor: str = "") -> Page:
        """Return a page of the orders changed in the half-open period, oldest change first."""
        changed = f"updated_at:>='{_said(since)}' AND updated_at:<'{_said(until)}'"
        data = self.admin.ask(queries.ORDERS, query=changed, after=cursor or None)
        found = _object(data, "orders")
        records = (self._record(self._whole(node)) for node in _nodes(found))
        return Page(tuple(records), _next(found))

    def order(self, external_id: str) -> Record:
        """Return one order with all its refunds, as it is now.

        :raises ShopHasNot: when the shop does not know it.
        """
        data = self.admin.ask(queries.ORDER, id=f"gid://shopify/Order/{external_id}")
        if not isinstance(data.get("order"), dict):
            raise ShopHasNot(Said("The shop's API does not know this order."))
        return self._record(data["order"])

    def products(self, *, since: datetime | None = None, cursor: str = "") -> Page:
        """Return a page of variants with prices, costs and stock; all, or those changed since."""
        changed = f"updated_at:>='{_said(since)}'" if since else None
        data = self.admin.ask(queries.PRODUCTS, query=changed, after=cursor or None)
        found = _object(data, "productVariants")
        records = (
            Record(PRODUCT, str(node.get("legacyResourceId", "")), str(node.get("updatedAt", "")),
                   dumped(node))
            for node in _nodes(found)
        )  # fmt: skip
        return Page(tuple(records), _next(found))

    def subscriptions(self) -> Sequence[Subscription]:
        """Return the webhooks of this app. One that Shopify gave up is no longer among them."""
        pages = self._pages(queries.SUBSCRIPTIONS, ("webhookSubscriptions",))
        return [
            Subscription(
                topic=TOPICS.get(str(node.get("topic")), str(node.get("topic")).lower()),
                address=str(node.get("uri", "")),
            )
            for node in pages
        ]

    def subscribe(self, address: str, secret: str) -> None:  # noqa: ARG002
        """Let Shopify send to ``address`` what it does not send yet; it signs by the app's secret.

        :raises ShopRefused: when Shopify does not accept one; the sentence says which and why.
        """
        known = {one.topic for one in self.subscriptions() if one.address == address}
        for topic, name in TOPICS.items():
            if name in known:
                continue
            data = self.admin.ask(queries.SUBSCRIBE, topic=topic, uri=address)
            made = _object(data, "webhookSubscriptionCreate")
            faults = [str(one.get("message", "")) for one in _list(made, "userErrors")]
            if faults and _TAKEN not in faults[0]:
                raise ShopRefused(
                    Said("The shop does not send %(topic)s: %(why)s", topic=name, why=faults[0])
                )

    def _whole(self, node: Answered) -> Answered:
        """Return an order of a page; asked for alone if the page had no room for all of it."""
        few = queries.IN_A_PAGE
        fits = (
            len(_list(node, "refunds")) < few.refunds
            and len(_list(node, "fulfillments")) < few.parcels
            and not _is_cut(node)
        )
        if fits:
            return node
        return _object(self.admin.ask(queries.ORDER, id=node.get("id")), "order")

    def _record(self, node: Answered) -> Record:
        """Return an order with all its lines and refunds, without what is nobody's business."""
        node = {**node}
        node["lineItems"] = {"nodes": self._all(node, "lineItems", queries.LINES, "order")}
        node["customAttributes"] = [
            one for one in _list(node, "customAttributes") if one.get("key") == OUR_KEY
        ]
        node["refunds"] = [self._refund(one) for one in self._refunds(node)]
        subject, version = str(node.get("legacyResourceId", "")), str(node.get("updatedAt", ""))
        return Record(ORDER, subject, version, dumped(_without_cursors(node)))

    def _refunds(self, node: Answered) -> Iterator[Answered]:
        """Yield all refunds of an order: they have no pages, so many are asked one by one."""
        first = _list(node, "refunds")
        if len(first) < queries.ALONE.refunds:
            yield from first
            return
        order = _object(self.admin.ask(queries.REFUNDS, id=node.get("id")), "order")
        known = {one.get("id"): one for one in first}
        for one in _list(order, "refunds"):
            if one.get("id") in known:
                yield known[one.get("id")]
            else:
                yield _object(self.admin.ask(queries.REFUND, id=one.get("id")), "refund")

    def _refund(self, refund: Answered) -> Answered:
        lines = self._all(refund, "refundLineItems", queries.REFUND_LINES, "refund")
        return {**refund, "refundLineItems": {"nodes": lines}}

    def _all(self, node: Answered, name: str, more: str, parent: str) -> list[Answered]:
        """Return every node of a list inside ``node``, asking for what the first page left out."""
        found = node.get(name) or {}
        listed = list(_nodes(found))
        after = _next(found)
        if after:
            listed += self._pages(more, (parent, name), after=after, id=node.get("id"))
        return listed

    def _pages(
        self, query: str, path: Sequence[str], after: str = "", **variables: object
    ) -> Iterator[Answered]:
        while True:
            found: Answered = self.admin.ask(query, after=after or None, **variables)
            for name in path:
                found = _object(found, name)
            yield from _nodes(found)
            if not (after := _next(found)):
                return


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _object(data: Mapping[str, Any], name: str) -> Answered:
    found = data.get(name)
    if not isinstance(found, dict):
        raise ShopUnreachable(Said("The shop's API answered without %(name)s.", name=name))
    return found


def _list(data: Mapping[str, Any], name: str) -> list[Answered]:
    found = data.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ShopUnreachable(Said("The shop's API answered without %(name)s.", name=name))
    return found


def _nodes(connection: Mapping[str, Any]) -> list[Answered]:
    return _list(connection, "nodes")


def _next(connection: Mapping[str, Any]) -> str:
    """Return the cursor of the next page; empty after the last."""
    page = connection.get("pageInfo") or {}
    return str(page.get("endCursor") or "") if page.get("hasNextPage") else ""


def _is_cut(found: object) -> bool:
    """Tell whether any list in an answer goes on beyond what came."""
    if isinstance(found, dict):
        return bool(_next(found)) or any(_is_cut(one) for one in found.values())
    return isinstance(found, list) and any(_is_cut(one) for one in found)


def _without_cursors(found: Any) -> Any:
    """Return an answer without its cursors: they may change while nothing else does."""
    if isinstance(found, dict):
        return {name: _without_cursors(one) for name, one in found.items() if name != "pageInfo"}
    return [_without_cursors(one) for one in found] if isinstance(found, list) else found
