"""The REST API of WooCommerce, version 3, asked page by page."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from core.wording import Said
from shop.connectors.api import Answer, ShopApi, ShopHasNot, ShopUnreachable
from shop.connectors.contract import Page, Record, Subscription, UnreadableBody, dumped
from shop.connectors.woocommerce.body import Part
from shop.connectors.woocommerce.taxes import home_rates

POLL_ORDER, POLL_PRODUCT = "poll.order", "poll.product"
TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored",
          "product.created", "product.updated", "product.deleted", "product.restored")  # fmt: skip
PER_PAGE = 50
_MOST_PER_PAGE = 100
_V3 = "/wc/v3"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a walk over what changed has come to.

    It goes by date of change, not by page: what changes during the walk moves to its end, and page
    numbers would skip what slides into its place. Only within one second pages are counted.
    """

    shelf: str  # The status asked for, or nothing for products.
    moment: datetime
    page: int = 1

    @classmethod
    def read(cls, cursor: str) -> Self:
        shelf, moment, page = cursor.split("|")
        return cls(shelf, datetime.fromisoformat(moment), int(page))

    def __str__(self) -> str:
        return f"{self.shelf}|{self.moment.isoformat()}|{self.page}"

    def query(self, until: datetime | None = None) -> dict[str, str]:
        """Return what to ask for. WordPress means later than, and earlier than."""
        asked = {
            "modified_after": _utc(self.moment - timedelta(seconds=1)),
            "dates_are_gmt": "true",
            "orderby": "modified",
            "order": "asc",
            "per_page": str(PER_PAGE),
            "page": str(self.page),
        }
        if self.shelf:
            asked["status"] = self.shelf
        if until is not None:
            asked["modified_before"] = _utc(until)
        return asked

    def after(self, rows: Sequence[Part], pages: int) -> _Place | None:
        """Return where to go on after ``rows``; nowhere when they were the last."""
        if self.page >= pages:
            return None
        last = max((row.optional_moment("date_modified_gmt") or self.moment for row in rows),
                   default=self.moment)  # fmt: skip
        if last > self.moment:
            return _Place(self.shelf, last)
        return _Place(self.shelf, self.moment, self.page + 1)


@dataclass(slots=True)
class WooCommercePoller:
    """Asks one shop. ``taxes`` are read once: they are the same for all its products."""

    api: ShopApi
    _taxes: dict[str, Any] | None = None

    @classmethod
    def of(cls, address: str, key: str, secret: str) -> Self:
        """Return the poller of a shop at ``address``. The key goes into a header, never further."""
        basic = base64.b64encode(f"{key}:{secret}".encode()).decode()
        return cls(ShopApi(address=f"{address.rstrip('/')}/wp-json",
                           headers={"Authorization": f"Basic {basic}"}))  # fmt: skip

    def greet(self) -> str:
        """Return the shop's own name, after it let us see its orders.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when it does not answer us.
        """
        self._get("/orders", {"per_page": "1"})
        return _part(self._ask("/").json()).text("name") or urlsplit(self.api.address).netloc

    def orders(self, *, since: datetime, until: datetime, cursor: str = "") -> Page:
        """Return a page of the orders changed in the half-open period, with their refunds.

        First all but those in the trash, then those in the trash: "any" leaves them out. What
        changes meanwhile is not lost: it comes again later in the walk, or in the next.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not answer so.
        """
        place = _Place.read(cursor) if cursor else _Place("any", since)
        rows, pages = self._list("/orders", place.query(until))
        following = place.after(rows, pages)
        if following is None and place.shelf == "any":
            following = _Place("trash", since)
        return Page(
            records=tuple(self._order(row) for row in rows),
            cursor=str(following) if following else "",
        )

    def order(self, external_id: str) -> Record:
        """Return one order with all its refunds.

        :raises ShopHasNot: when there is no such order.
        :raises ShopRefused, ShopUnreachable: when the API does not answer so.
        """
        if not external_id.isdecimal():
            raise ShopHasNot(Said("The shop's API does not know such an order."))
        return self._order(_part(self._get(f"/orders/{external_id}").json()))

    def products(self, *, since: datetime | None = None, cursor: str = "") -> Page:
        """Return a page of products with their variations and how prices are taxed.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not answer so.
        """
        if since is None:
            page = int(cursor or 1)
            asked = {"orderby": "id", "order": "asc", "per_page": str(PER_PAGE), "page": str(page)}
            rows, pages = self._list("/products", asked)
            following = str(page + 1) if page < pages else ""
        else:
            place = _Place.read(cursor) if cursor else _Place("", since)
            rows, pages = self._list("/products", place.query())
            following = str(place.after(rows, pages) or "")
        return Page(records=tuple(self._product(row) for row in rows), cursor=following)

    def subscriptions(self) -> Sequence[Subscription]:
        """Return the webhooks of the shop; disabled and paused ones are not alive.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not answer so.
        """
        return [
            Subscription(
                topic=hook.text("topic"),
                address=hook.text("delivery_url", 2_000),
                is_alive=hook.text("status") == "active",
            )
            for hook in self._all("/webhooks")
        ]

    def subscribe(self, address: str, secret: str) -> None:
        """Let the shop send all our topics to ``address``, signed with ``secret``.

        WooCommerce disables a webhook after six failures in a row and tells nobody: those that
        are there are enabled again, and get the newest secret. It pings ``address`` meanwhile.

        :raises ShopRefused, ShopHasNot, ShopUnreachable: when the API does not let us.
        """
        known: dict[str, list[str]] = {}
        for hook in self._all("/webhooks"):
            if hook.text("delivery_url", 2_000) == address:
                known.setdefault(hook.text("topic"), []).append(hook.id("id"))
        for topic in TOPICS:
            for webhook in known.get(topic, ()):
                self._post(f"/webhooks/{webhook}", {"status": "active", "secret": secret})
            if topic not in known:
                self._post(
                    "/webhooks",
                    {"name": f"Apport: {topic}", "topic": topic, "delivery_url": address,
                     "secret": secret, "status": "active"},
                )  # fmt: skip

    def _order(self, order: Part) -> Record:
        refunds: list[Part] = []
        if order.parts("refunds"):
            refunds = list(self._all(f"/orders/{_id(order)}/refunds"))
        ids = ",".join(sorted(refund.text("id", 65) for refund in refunds))
        return Record(
            topic=POLL_ORDER,
            subject=_id(order),
            version=f"{order.text('date_modified_gmt', 40)}/{ids}",
            body=dumped({"order": order.found, "refunds": [one.found for one in refunds]}),
        )

    def _product(self, product: Part) -> Record:
        variations: list[Part] = []
        if product.found.get("variations"):
            variations = list(self._all(f"/products/{_id(product)}/variations"))
        changes = [one.text("date_modified_gmt", 40) for one in (product, *variations)]
        return Record(
            topic=POLL_PRODUCT,
            subject=_id(product),
            version=max(changes),
            body=dumped({
                "product": product.found,
                "variations": [one.found for one in variations],
                "taxes": self._taxed(),
            }),
        )  # fmt: skip

    def _taxed(self) -> dict[str, Any]:
        """Return how prices are entered, and the rate of each tax class where the shop is."""
        if self._taxes is None:
            if self._setting("general/woocommerce_calc_taxes") != "yes":
                self._taxes = {"are_included": True, "rates": {}}
            else:
                home = self._setting("general/woocommerce_default_country")
                self._taxes = {
                    "are_included": self._setting("tax/woocommerce_prices_include_tax") == "yes",
                    "rates": home_rates(self._all("/taxes"), home),
                }
        return self._taxes

    def _setting(self, name: str) -> str:
        return _part(self._get(f"/settings/{name}").json()).text("value")

    def _all(self, path: str) -> Iterator[Part]:
        page = pages = 1
        while page <= pages:
            rows, pages = self._list(path, {"per_page": str(_MOST_PER_PAGE), "page": str(page)})
            yield from rows
            page += 1

    def _list(self, path: str, query: Mapping[str, str]) -> tuple[list[Part], int]:
        """Return the objects of a page, and the number of pages.

        :raises ShopUnreachable: when it is no list of objects.
        """
        answer = self._get(path, query)
        found = answer.json()
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ShopUnreachable(Said("The shop's API answered, but not with a list."))
        told = answer.headers.get("x-wp-totalpages", "")
        page = int(query["page"])
        more = page + 1 if len(found) >= int(query["per_page"]) else page
        return [Part(one) for one in found], int(told) if told.isdecimal() else more

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        return self._ask(f"{_V3}{path}", query)

    def _ask(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        return self.api.get(path, query)

    def _post(self, path: str, sent: Mapping[str, str]) -> None:
        self.api.post(f"{_V3}{path}", sent)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _part(found: object) -> Part:
    if not isinstance(found, dict):
        raise ShopUnreachable(Said("The shop's API answered, but not with an object."))
    return Part(found)


def _id(part: Part) -> str:
    """Return the id of what the API listed.

    :raises ShopUnreachable: when it has none.
    """
    try:
        return part.id("id")
    except UnreadableBody as error:
        raise ShopUnreachable(Said("The shop's API listed something without an id.")) from error
