from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from core.money import Money
from portal.display import StatusText
from portal.queries.sales import link_earnings
from portal.short_links import short_url, shown_url
from portal.status_language import link_status
from tracking.models import Link
from tracking.queries import LinkStats, link_stats, links_of

ACTIVE, PAUSED, ARCHIVED = "active", "paused", "archived"
NOTHING = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One link with what it brought so far."""

    link: Link
    href: str
    url: str
    shown_url: str
    destination: str
    status: StatusText
    is_counting: bool
    clicks: int
    orders: int
    earned: Money
    last_click_at: datetime | None


def found_links(affiliate_id: int, *, search: str = "", state: str = "") -> QuerySet[Link]:
    """Return the links of an affiliate that hold ``search``: those in use, or the archived ones."""
    rows = links_of(affiliate_id, archived=state == ARCHIVED)
    if not search:
        return rows
    return rows.filter(
        Q(label__icontains=search)
        | Q(destination_url__icontains=search)
        | Q(sub_id__icontains=search)
        | Q(code__icontains=search)
    )


def link_rows(affiliate_id: int, links: Iterable[Link], *, is_active: bool) -> list[LinkRow]:
    """Return ``links`` with clicks, orders and earnings: four queries, however many links."""
    links = list(links)
    stats = link_stats(affiliate_id)
    earnings = link_earnings(affiliate_id, [link.pk for link in links])
    rows = []
    for link in links:
        state = state_of(link, is_active=is_active)
        brought = stats.get(link.pk, LinkStats())
        rows.append(
            LinkRow(
                link=link,
                href=reverse("portal:link-detail", args=[link.pk]),
                url=short_url(link),
                shown_url=shown_url(link),
                destination=link.destination_url.partition("://")[2],
                status=link_status(state),
                is_counting=state == ACTIVE,
                clicks=brought.clicks,
                orders=brought.orders,
                earned=Money(earnings.get(link.pk, NOTHING)[1], link.shop.currency),
                last_click_at=brought.last_click_at,
            )
        )
    return rows


def state_of(link: Link, *, is_active: bool) -> str:
    """Return the state of a link; while its affiliate is not active it counts nothing."""
    if link.archived_at is not None:
        return ARCHIVED
    return ACTIVE if is_active else PAUSED
