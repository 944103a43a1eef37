"""The products that an affiliate finds to promote: published figures alone, never a cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import F, Max, QuerySet

from core.money import BPS, Money, ratio
from payouts.models import ShelfItem
from portal.formats import in_paris
from portal.queries.link_products import ProductHit, Seller, hits
from portal.queries.product_words import holding
from portal.short_links import short_url
from shop.models import Product
from tracking.models import Link

PAGE_SIZE = 24
NEW_FOR = timedelta(days=30)
#: Below this nothing is said of a product: neither a rate that chance made, nor one affiliate's.
LEAST_CLICKS = 50
LEAST_AFFILIATES = 3
CHOICES_FOR = 600
FEED_CHUNK = 500
SORTS = {
    "new": ("-first_seen_at", "-product"),
    "price": ("price_minor", "product"),
    "-price": ("-price_minor", "-product"),
    "clicks": ("-clicks", "product"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfFilters:
    """What is looked for, in which order. ``fresh``: ``new`` or ``back``; empty is everything."""

    words: str = ""
    category: str = ""
    brand: str = ""
    fresh: str = ""
    in_stock: bool = False
    sort: str = "new"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.category or self.brand or self.fresh or self.in_stock)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfRow:
    """A product with its shelf's figures, and the affiliate's own link to it if there is one.

    ``conversion_bps`` and ``epc`` are of all affiliates; None where too little is known.
    """

    product: Product
    hit: ProductHit
    is_in_stock: bool
    is_new: bool
    is_back: bool
    conversion_bps: int | None
    epc: Money | None
    link_url: str
    link_id: int | None


def shelf(filters: ShelfFilters, *, now: datetime) -> QuerySet[ShelfItem]:
    """Return the items that are looked for, in order."""
    rows = ShelfItem.objects.select_related("product__shop")
    if filters.words:
        rows = rows.filter(product__in=_found(filters.words))
    if filters.category:
        rows = rows.filter(product__category=filters.category)
    if filters.brand:
        rows = rows.filter(product__brand=filters.brand)
    if filters.in_stock:
        rows = rows.filter(is_in_stock=True)
    if filters.fresh == "new":
        rows = rows.filter(first_seen_at__gt=now - NEW_FOR)
    elif filters.fresh == "back":
        rows = rows.filter(restocked_at__gt=now - NEW_FOR, is_in_stock=True)
    order = SORTS.get(filters.sort, SORTS["new"])
    if order[0] == "-first_seen_at":
        return rows.order_by(F("first_seen_at").desc(nulls_last=True), "-product")
    return rows.order_by(*order)


def _found(words: str) -> QuerySet[Product]:
    return holding(Product.objects.filter(is_active=True), words).only("pk")


def rows_of(
    items: Sequence[ShelfItem], *, seller: Seller, affiliate_id: int, now: datetime
) -> list[ShelfRow]:
    """Return what a page says of some items, in two queries however many they are."""
    products = [item.product for item in items]
    own = _own_links(affiliate_id, products)
    return [
        _row(item, hit, own.get(item.product.url), now)
        for item, hit in zip(items, hits(products, seller=seller), strict=True)
    ]


def _row(item: ShelfItem, hit: ProductHit, link: Link | None, now: datetime) -> ShelfRow:
    lately = now - NEW_FOR
    is_known = item.clicks >= LEAST_CLICKS and item.affiliates >= LEAST_AFFILIATES
    return ShelfRow(
        product=item.product,
        hit=hit,
        is_in_stock=item.is_in_stock,
        is_new=item.first_seen_at is not None and item.first_seen_at > lately,
        is_back=item.restocked_at is not None and item.restocked_at > lately and item.is_in_stock,
        conversion_bps=ratio(item.orders * BPS, item.clicks) if is_known else None,
        epc=Money(item.earned_minor, item.product.currency).share(1, item.clicks)
        if is_known
        else None,
        link_url=short_url(link) if link else "",
        link_id=link.pk if link else None,
    )


def _own_links(affiliate_id: int, products: Iterable[Product]) -> dict[str, Link]:
    """Return the affiliate's newest live link to each page."""
    links = Link.objects.select_related("shop").filter(
        affiliate=affiliate_id,
        archived_at__isnull=True,
        destination_url__in={product.url for product in products},
    )
    return {link.destination_url: link for link in links.order_by("pk")}


def choices(field: str) -> list[str]:
    """Return the categories or brands of what is on the shelf, remembered for ten minutes."""
    key = f"shelf:{field}"
    found: list[str] | None = cache.get(key)
    if found is None:
        rows = ShelfItem.objects.exclude(**{f"product__{field}": ""})
        values = rows.values_list(f"product__{field}", flat=True)
        found = sorted(values.distinct().order_by())
        cache.set(key, found, CHOICES_FOR)
    return found


def feed_version(seller: Seller, affiliate_id: int) -> str:
    """Return what changes whenever the feed of an affiliate may: one query beside the terms'."""
    shelf_at = ShelfItem.objects.aggregate(at=Max("refreshed_at"))["at"]
    terms = seller.terms
    said = (affiliate_id, shelf_at, terms.pk if terms else "", in_paris(seller.now).date())
    return "|".join(map(str, said))


def feed_rows(seller: Seller) -> Iterator[tuple[ShelfItem, ProductHit]]:
    """Yield every item with what it earns, in the order of their ids; two queries each 500."""
    last = 0
    while True:
        rows = ShelfItem.objects.select_related("product__shop").filter(product__gt=last)
        items = list(rows.order_by("product")[:FEED_CHUNK])
        if not items:
            return
        yield from zip(items, hits([one.product for one in items], seller=seller), strict=True)
        last = items[-1].product_id
