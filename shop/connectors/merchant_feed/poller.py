"""A feed asked as if it were an API: fetched once, then told page by page."""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import IO

from core.wording import Said
from shop.connectors.api import ShopHasNot, ShopRefused
from shop.connectors.contract import Context, Page, Record, Subscription, UnreadableBody, dumped
from shop.connectors.merchant_feed.download import Download
from shop.connectors.merchant_feed.items import Item, product
from shop.connectors.merchant_feed.reading import items

POLL_PRODUCTS = "poll.products"
AT_ONCE = 500
#: So many items of one page may be unreadable, each kept with its reason; more is another fault.
MOST_UNREADABLE = 50


@dataclass(slots=True, weakref_slot=True)
class FeedPoller:
    """One walk over one feed. The next page of the same walk costs nothing but reading on."""

    download: Download
    context: Context
    vat: int
    _file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    _items: Iterator[Item] | None = None
    _place: int = 0

    def __post_init__(self) -> None:
        weakref.finalize(self, self._file.close)

    def greet(self) -> str:
        """Return the name of the feed's first product: shows that address and format are right.

        :raises ShopRefused, ShopUnreachable: when the feed does not come.
        :raises UnreadableFile: when it is no feed.
        :raises UnreadableBody: when its first item cannot be read.
        """
        self._go_to(0)
        first = next(self._walk(), None)
        self._items = None
        if first is None:
            raise ShopRefused(Said("There is no item in the feed."))
        return product(first, currency=self.context.currency, vat=self.vat).name

    def orders(self, *, since: datetime, until: datetime, cursor: str = "") -> Page:  # noqa: ARG002
        """Return nothing: a feed has no orders."""
        return Page(())

    def order(self, external_id: str) -> Record:  # noqa: ARG002
        """Refuse: a feed has no orders.

        :raises ShopHasNot: always.
        """
        raise ShopHasNot(Said("A product feed has no orders."))

    def products(self, *, since: datetime | None = None, cursor: str = "") -> Page:  # noqa: ARG002
        """Return the next items in one record, and beside it each that cannot be read.

        A feed does not say what changed: every walk tells all. ``cursor`` is the number of items
        before; in another process the feed is fetched again and read up to there.

        :raises ShopRefused, ShopUnreachable, UnreadableFile: when there is no feed to read.
        """
        self._go_to(int(cursor or 0))
        some = list(islice(self._walk(), AT_ONCE))
        self._place += len(some)
        good, bad = [], []
        for item in some:
            try:
                product(item, currency=self.context.currency, vat=self.vat)
            except UnreadableBody as refusal:
                bad.append((item, refusal))
            else:
                good.append(item)
        if len(bad) > MOST_UNREADABLE:
            item, why = bad[0]
            raise ShopRefused(
                Said("%(count)s of %(all)s items cannot be read; the first is %(sku)s: %(why)s",
                     count=len(bad), all=len(some), sku=item.get("id", "?"), why=str(why))
            )  # fmt: skip
        records = [_record(f"items to {self._place}", good)] if good else []
        records += [_record(f"item {item.get('id', '')}"[:64], [item]) for item, _ in bad]
        return Page(tuple(records), str(self._place) if len(some) == AT_ONCE else "")

    def subscriptions(self) -> Sequence[Subscription]:
        """Return nothing: a feed sends nothing by itself."""
        return ()

    def subscribe(self, address: str, secret: str) -> None:
        """Do nothing: a feed sends nothing by itself."""

    def _go_to(self, place: int) -> None:
        if self._items is not None and self._place == place:
            return
        self.download.into(self._file)
        self._items = items(self._file)
        for _item in islice(self._items, place):
            pass
        self._place = place

    def _walk(self) -> Iterator[Item]:
        return self._items if self._items is not None else iter(())


def _record(subject: str, some: Sequence[Item]) -> Record:
    body = dumped({"items": list(some)})
    return Record(POLL_PRODUCTS, subject, hashlib.sha256(body).hexdigest(), body)
