"""The GraphQL API of Saleor, page by page, and the keys that it signs with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from redis.exceptions import RedisError

from core.wording import Said
from shop.connectors.api import ShopApi, ShopHasNot, ShopRefused, ShopUnreachable
from shop.connectors.body import Part, understood
from shop.connectors.contract import Page, Record, Subscription, dumped
from shop.connectors.saleor import keys, queries

POLL_ORDER, POLL_PRODUCT = "poll.order", "poll.product"
PER_PAGE = 50
EVENTS = (*queries.ORDER_EVENTS, *queries.PRODUCT_EVENTS, *queries.GONE_EVENTS)
_NOT_ALLOWED = frozenset({"PermissionDenied", "InvalidTokenError", "ExpiredSignatureError",
                          "JSONWebTokenError", "UNAUTHENTICATED"})  # fmt: skip


@dataclass(slots=True)
class SaleorPoller:
    """Asks one shop. ``channel``: the slug of the only channel that counts, or nothing."""

    api: ShopApi
    channel: str

    @classmethod
    def of(cls, address: str, token: str, channel: str) -> Self:
        """Return the poller of a shop at ``address``, with or without ``/graphql/`` at its end."""
        headers = {"Authorization": f"Bearer {token}"}
        return cls(ShopApi(address=keys.root(address), headers=headers), channel)

    @understood()
    def greet(self) -> str:
        """Return the shop's own name, after it let us see orders and products.

        The keys that it signs with are read anew, so that they are here before its deliveries.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when it does not answer us.
        """
        name = self._ask(queries.GREETING).part("shop").text("name") or "Saleor"
        with suppress(RedisError):
            keys.renewed(self.api.address)
        return name

    @understood()
    def orders(self, *, since: datetime, until: datetime, cursor: str = "") -> Page:
        """Return a page of the orders that changed, the oldest change first.

        Saleor's cursor is the time of change of the last row: what changes during the walk comes
        again at its end, and nothing slides past.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not answer so.
        """
        asked = {"since": _iso(since), "until": _iso(until), "channel": self.channel or None}
        rows, following = self._page(queries.ORDERS, "orders", asked, cursor)
        return Page(tuple(_record(POLL_ORDER, "order", row) for row in rows), following)

    @understood()
    def order(self, external_id: str) -> Record:
        """Return one order with all that came back of it.

        :raises ShopHasNot: when there is no such order.
        :raises ShopRefused, ShopUnreachable: when the API does not answer so.
        """
        found = self._ask(queries.ORDER, {"id": external_id}).found.get("order")
        if not isinstance(found, dict):
            raise ShopHasNot(Said("The shop's API does not know such an order."))
        return _record(POLL_ORDER, "order", Part(found))

    @understood()
    def products(self, *, since: datetime | None = None, cursor: str = "") -> Page:
        """Return a page of products with variants, costs and stock.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not answer so.
        """
        asked = {"since": _iso(since) if since else None}
        rows, following = self._page(queries.PRODUCTS, "products", asked, cursor)
        return Page(tuple(_record(POLL_PRODUCT, "product", row) for row in rows), following)

    @understood()
    def subscriptions(self) -> Sequence[Subscription]:
        """Return the webhooks of our app, one for each event.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not answer so.
        """
        return [
            Subscription(
                topic=event.text("eventType", 60).lower(),
                address=hook.text("targetUrl", 2_000),
                is_alive=hook.found.get("isActive") is True,
            )
            for hook in self._webhooks()
            for event in hook.parts("asyncEvents")
        ]

    @understood()
    def subscribe(self, address: str, secret: str) -> None:  # noqa: ARG002
        """Let the shop send all our events to ``address``, signed with its own key.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not let us.
        """
        told: dict[str, Any] = {
            "name": "Apport",
            "targetUrl": address,
            "isActive": True,
            "asyncEvents": list(EVENTS),
            "query": queries.SUBSCRIPTION,
        }
        known = [hook.id("id") for hook in self._webhooks()
                 if hook.text("targetUrl", 2_000) == address]  # fmt: skip
        for webhook in known:
            said = self._ask(queries.UPDATE, {"id": webhook, "input": told})
            _taken(said.part("webhookUpdate"))
        if not known:
            _taken(self._ask(queries.CREATE, {"input": told}).part("webhookCreate"))

    def _webhooks(self) -> tuple[Part, ...]:
        return self._ask(queries.WEBHOOKS).part("app").parts("webhooks")

    def _page(
        self, query: str, name: str, asked: Mapping[str, Any], cursor: str
    ) -> tuple[list[Part], str]:
        told = self._ask(query, {**asked, "first": PER_PAGE, "after": cursor or None}).part(name)
        info = told.part("pageInfo")
        rows = [edge.part("node") for edge in told.parts("edges")]
        more = info.found.get("hasNextPage") is True
        return rows, info.text("endCursor", 2_000) if more else ""

    def _ask(self, query: str, variables: Mapping[str, Any] | None = None) -> Part:
        """Return the data of an answer.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when there is none.
        """
        sent = {"query": query, "variables": dict(variables or {})}
        said = self.api.post("/graphql/", sent).json()
        if not isinstance(said, dict):
            raise ShopUnreachable(_STRANGE)
        if said.get("errors"):
            raise _fault(said["errors"])
        if not isinstance(said.get("data"), dict):
            raise ShopUnreachable(_STRANGE)
        return Part(said["data"])


_STRANGE = Said("The shop's API answered in an unknown form.")


def _record(topic: str, name: str, row: Part) -> Record:
    subject, version = row.id("id"), row.text("updatedAt", 40)
    return Record(topic=topic, subject=subject, version=version, body=dumped({name: row.found}))


def _fault(errors: object) -> ShopRefused | ShopUnreachable:
    """Return what an answer's errors mean; what the first says is about our question."""
    listed = errors if isinstance(errors, list) else [errors]
    first: Any = listed[0] if isinstance(listed[0], dict) else {"message": str(listed[0])}
    extensions = first.get("extensions")
    exception = extensions.get("exception") if isinstance(extensions, dict) else None
    code = exception.get("code") if isinstance(exception, dict) else None
    why = str(first.get("message", ""))[:300]
    if code in _NOT_ALLOWED:
        return ShopRefused(Said("The app may not ask this of the shop: %(why)s", why=why))
    return ShopUnreachable(Said("The shop's API answered with an error: %(why)s", why=why))


def _taken(said: Part) -> None:
    errors = said.parts("errors")
    if errors:
        raise ShopRefused(
            Said("The shop did not set up the webhook: %(why)s", why=errors[0].text("message"))
        )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
