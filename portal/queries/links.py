"""The links of an affiliate: found, sorted, and with what each brought."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Func, Q, QuerySet
from django.urls import reverse

from core.money import Money
from portal.display import StatusText
from portal.queries.link_health import NO_PAGES, Pages, page_remarks, picture
from portal.queries.sales import link_earnings
from portal.short_links import short_url, shown_url
from portal.status_language import link_status
from tracking.domain.destinations import leads_to_shop
from tracking.models import CouponCode, Link
from tracking.queries import LinkStats, link_stats

ACTIVE, PAUSED, EXPIRED, ARCHIVED = "active", "paused", "expired", "archived"
#: No state: whatever was ever made.
EVERY = "every"
SOON = timedelta(days=7)
NEVER = datetime.min.replace(tzinfo=UTC)
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFilters:
    """Which links, and in which order: a key of ``SORTS``, with ``-`` before it for the reverse."""

    search: str = ""
    state: str = ""
    tag: str = ""
    code: str = ""
    sort: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.tag or self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One link with what it brought so far. ``epc``: commission for each click, if there are any.

    ``remarks`` are the states worth a badge; a link in use without a flaw has none.
    """

    link: Link
    href: str
    url: str
    shown_url: str
    destination: str
    image_url: str
    status: StatusText
    remarks: tuple[StatusText, ...]
    is_counting: bool
    clicks: int
    orders: int
    earned: Money
    epc: Money | None
    last_click_at: datetime | None


@dataclass(frozen=True, slots=True)
class Brought:
    """What a link brought, in minor units."""

    clicks: int
    orders: int
    earned: int
    last_click_at: datetime

    @property
    def per_click(self) -> tuple[int, int]:
        """A key that sorts by earnings for each click: millionths of a minor unit."""
        return (self.earned * 1_000_000 // self.clicks if self.clicks else -1, self.earned)


SORTS: dict[str, Callable[[Brought], Any]] = {
    "clicks": lambda brought: brought.clicks,
    "orders": lambda brought: brought.orders,
    "earned": lambda brought: brought.earned,
    "epc": lambda brought: brought.per_click,
    "last": lambda brought: brought.last_click_at,
}


def found_links(affiliate_id: int, filters: LinkFilters, *, now: datetime) -> QuerySet[Link]:
    """Return the links of an affiliate that ``filters`` asks for, newest first."""
    rows = Link.objects.filter(affiliate=affiliate_id)
    if filters.state != EVERY:
        rows = rows.filter(archived_at__isnull=filters.state != ARCHIVED)
    if filters.state == EXPIRED:
        rows = rows.filter(expires_at__lte=now)
    elif filters.state not in (ARCHIVED, EVERY):
        rows = rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    if filters.tag:
        rows = rows.filter(tags__contains=[filters.tag])
    if filters.code:
        rows = rows.filter(coupon_code__code__iexact=filters.code)
    if filters.search:
        rows = rows.filter(holds(filters.search))
    return rows.select_related("shop", "coupon_code").order_by("-created_at", "-pk")


def page_of(
    affiliate_id: int, found: QuerySet[Link], *, sort: str, number: str | None
) -> Page[Any]:
    """Return one page of ``found`` in the order ``sort``: four queries more when it needs sums."""
    pks = list(found.values_list("pk", flat=True))
    key = SORTS.get(sort.removeprefix("-"))
    if key is not None:
        brought = _brought(affiliate_id, pks)
        pks.sort(key=lambda pk: key(brought[pk]), reverse=sort.startswith("-"))
    page: Page[Any] = Paginator(pks, PAGE_SIZE).get_page(number)
    links = found.in_bulk(list(page.object_list))
    page.object_list = [links[pk] for pk in page.object_list if pk in links]
    return page


def link_rows(
    affiliate_id: int,
    links: Iterable[Link],
    *,
    is_active: bool,
    now: datetime,
    pages: Pages = NO_PAGES,
) -> list[LinkRow]:
    """Return ``links`` with clicks, orders and earnings: four queries, however many links.

    ``pages``: what was seen of theirs, to be remarked.
    """
    links = list(links)
    brought = _brought(affiliate_id, [link.pk for link in links])
    return [_row(link, brought[link.pk], pages, is_active=is_active, now=now) for link in links]


def tags_of(affiliate_id: int) -> list[str]:
    """Return the tags on an affiliate's links, each once, in order."""
    rows = Link.objects.filter(affiliate=affiliate_id).annotate(
        tag=Func(F("tags"), function="unnest")
    )
    return list(rows.order_by("tag").values_list("tag", flat=True).distinct())


def codes_on_links(affiliate_id: int) -> list[str]:
    """Return the promo codes that go with an affiliate's links."""
    codes = CouponCode.objects.filter(affiliate=affiliate_id, links__isnull=False)
    return list(codes.order_by("code").values_list("code", flat=True).distinct())


def state_of(link: Link, *, is_active: bool, now: datetime) -> str:
    """Return the state of a link; while its affiliate is not active it counts nothing."""
    if link.archived_at is not None:
        return ARCHIVED
    if link.expires_at is not None and link.expires_at <= now:
        return EXPIRED
    return ACTIVE if is_active else PAUSED


def holds(search: str) -> Q:
    """Return which links hold some words in their names, destinations, marks or notes."""
    fields = ("label", "destination_url", "sub_id", "code", "note")
    wanted = Q(tags__icontains=search) | Q(utm__utm_campaign__icontains=search)
    for field in fields:
        wanted |= Q(**{f"{field}__icontains": search})
    return wanted


def _brought(affiliate_id: int, pks: Sequence[int]) -> dict[int, Brought]:
    stats = link_stats(affiliate_id)
    earnings = link_earnings(affiliate_id, pks)
    found = {}
    for pk in pks:
        seen = stats.get(pk, LinkStats())
        earned = earnings.get(pk, 0)
        found[pk] = Brought(seen.clicks, seen.orders, earned, seen.last_click_at or NEVER)
    return found


def _row(link: Link, brought: Brought, pages: Pages, *, is_active: bool, now: datetime) -> LinkRow:
    state = state_of(link, is_active=is_active, now=now)
    earned = Money(brought.earned, link.shop.currency)
    return LinkRow(
        link=link,
        href=reverse("portal:link-detail", args=[link.pk]),
        url=short_url(link),
        shown_url=shown_url(link),
        destination=link.destination_url.partition("://")[2],
        image_url=picture(link, pages),
        status=link_status(state),
        remarks=tuple(_remarks(link, state, pages, now)),
        is_counting=state == ACTIVE,
        clicks=brought.clicks,
        orders=brought.orders,
        earned=earned,
        epc=earned.share(1, brought.clicks) if brought.clicks else None,
        last_click_at=None if brought.last_click_at == NEVER else brought.last_click_at,
    )


def _remarks(link: Link, state: str, pages: Pages, now: datetime) -> list[StatusText]:
    remarks = [] if state == ACTIVE else [link_status(state)]
    if state == ARCHIVED:
        return remarks
    if link.expires_at is not None and now < link.expires_at <= now + SOON:
        remarks.append(link_status("expiring"))
    if not leads_to_shop(link.destination_url, link.shop.link_hosts):
        return [*remarks, link_status("astray")]
    return remarks + page_remarks(link, pages, now)
