"""What became of the pages that links lead to: gone, sold out, at another price. L15 to L17."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.money import Money
from portal.display import StatusText
from portal.formats import format_day, format_money
from portal.queries.link_products import promotable
from portal.shop_pictures import picture_of
from portal.status_language import link_status
from shop.models import Product
from tracking.models import Destination, Link
from tracking.services.destinations import digest_of

#: A new price is told for so long.
TOLD = timedelta(days=30)
MOST_GONE = 5
Pages = Mapping[tuple[int, str], Destination]
NO_PAGES: Pages = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class GoneLink:
    """A link to a page that is gone, and where it could lead instead."""

    name: str
    instead: str
    edit_url: str


@dataclass(frozen=True, slots=True)
class Gone:
    """How many links lead to pages that are gone, and the newest of them."""

    count: int
    links: list[GoneLink]


def pages_of(links: Iterable[Link]) -> Pages:
    """Return what was seen of the pages of ``links``, and of all that are gone: one query.

    By shop and digest.
    """
    digests = {digest_of(link.destination_url) for link in links}
    rows = Destination.objects.select_related("product__shop").filter(
        Q(digest__in=digests) | Q(gone_since__isnull=False)
    )
    return {(row.shop_id, row.digest): row for row in rows}


def page_remarks(link: Link, pages: Pages, now: datetime) -> list[StatusText]:
    """Return what is remarkable about the page of a link; one that is gone sells nothing."""
    page = pages.get((link.shop_id, digest_of(link.destination_url)))
    if page is None:
        return []
    if page.gone_since is not None:
        return [link_status("gone")]
    if page.product is not None and not page.product.is_active:
        return [link_status("sold_out")]
    changed = page.price_changed_at
    if changed is None or changed < link.created_at or changed < now - TOLD:
        return []
    return [link_status("repriced", reason=_prices(page, changed))]


def picture(link: Link, pages: Pages) -> str:
    """Return the address of the picture of a link's product; empty without one."""
    page = pages.get((link.shop_id, digest_of(link.destination_url)))
    return picture_of(page.product) if page is not None and page.product is not None else ""


def gone(affiliate_id: int, pages: Pages, *, now: datetime) -> Gone:
    """Return the links in use of an affiliate whose ``pages`` are gone, the newest first."""
    lost = [page for page in pages.values() if page.gone_since is not None]
    if not lost:
        return Gone(0, [])
    rows = Link.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        affiliate=affiliate_id,
        archived_at__isnull=True,
        destination_url__in=[page.url for page in lost],
        shop__in={page.shop_id for page in lost},
    )
    found = list(rows.select_related("shop").order_by("-created_at", "-pk"))
    return Gone(len(found), [_gone(link, pages) for link in found[:MOST_GONE]])


def _gone(link: Link, pages: Pages) -> GoneLink:
    page = pages.get((link.shop_id, digest_of(link.destination_url)))
    other = _instead_of(page.product) if page is not None and page.product else None
    name = other.name if other else _("Home page of %(shop)s") % {"shop": link.shop.name}
    url = other.url if other else link.shop.home_url
    edit_url = reverse("portal:link-edit", args=[link.pk])
    return GoneLink(
        name=link.label or link.destination_url.partition("://")[2],
        instead=name,
        edit_url=f"{edit_url}?{urlencode({'to': url})}",
    )


def _instead_of(product: Product) -> Product | None:
    """Return the newest other product of the same category that is on sale."""
    others = promotable().filter(shop=product.shop_id, category=product.category)
    return others.exclude(pk=product.pk).exclude(category="").order_by("-pk").first()


def _prices(page: Destination, changed: datetime) -> str:
    currency = page.product.currency if page.product else ""
    if not currency or page.price_minor is None or page.price_before_minor is None:
        return ""
    return _("%(now)s instead of %(before)s, since %(day)s.") % {
        "now": format_money(Money(page.price_minor, currency)),
        "before": format_money(Money(page.price_before_minor, currency)),
        "day": format_day(changed),
    }
