"""Looking at the pages that links lead to: gone, or at another price. Rules L15 to L17."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from core.fetching import Fetched
from shop.models import Shop
from shop.queries import product_at
from tracking.models import Destination, Link

#: A page is looked at again after so long.
EVERY = timedelta(hours=20)
GONE = frozenset({404, 410})
Fetch = Callable[[str], Fetched]


def digest_of(url: str) -> str:
    """Return the key of a page among those of its shop."""
    return hashlib.sha256(url.encode()).hexdigest()


def look_at_due(*, fetch: Fetch, now: datetime, limit: int = 60) -> int:
    """Look at the pages of links in use that nobody looked at today; return how many.

    Each page is asked once, however many links lead to it, and never through a link: it is no
    click. Safe to repeat and to race.
    """
    pages = due(now=now, limit=limit)
    for shop_id, url in pages:
        found = fetch(url)
        note(shop_id=shop_id, url=url, status=0 if found.error else found.status, now=now)
    return len(pages)


def due(*, now: datetime, limit: int) -> list[tuple[int, str]]:
    """Return the pages to look at, with their shops."""
    seen = Destination.objects.filter(
        shop=OuterRef("shop"), url=OuterRef("destination_url"), checked_at__gt=now - EVERY
    )
    links = Link.objects.filter(
        ~Exists(seen), Q(expires_at__isnull=True) | Q(expires_at__gt=now), archived_at__isnull=True
    )
    rows = links.order_by("shop", "destination_url").values_list("shop", "destination_url")
    return list(rows.distinct()[:limit])


@transaction.atomic
def note(*, shop_id: int, url: str, status: int, now: datetime) -> Destination:
    """Keep what a page answered, and its product's price. Safe to repeat.

    Gone is what says so (404, 410), until it answers well again; whatever else goes wrong says
    nothing of the page.
    """
    product = product_at(url, Shop.objects.get(pk=shop_id))
    price = product.list_price_minor if product else None
    row, is_new = Destination.objects.select_for_update().get_or_create(
        shop_id=shop_id,
        digest=digest_of(url),
        defaults={"url": url, "checked_at": now, "status": status, "price_minor": price},
    )
    row.checked_at, row.status, row.product = now, status, product
    if status in GONE:
        row.gone_since = row.gone_since or now
    elif 200 <= status < 400:
        row.gone_since = None
    if not is_new and price is not None and price != row.price_minor:
        row.price_changed_at = None if row.price_minor is None else now
        row.price_before_minor, row.price_minor = row.price_minor, price
    row.save()
    return row
