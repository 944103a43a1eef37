"""A creator's looks, and what they bring: every query is bounded, none reads a cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from core.money import Money
from influencers.models import (
    Look,
    LookCount,
    LookImage,
    LookStatus,
    LookVersion,
    Participation,
    PartStatus,
    Surface,
    VersionStatus,
)
from influencers.queries import looks as found
from influencers.queries.pictures import Sources, sources
from portal.display import StatusText
from portal.look_language import look_status, title_of, version_note
from portal.queries.sales import SaleState, link_earnings, with_state
from shop.counting import number_of_orders
from tracking.models import Credit
from tracking.queries import LinkStats, link_stats

PAGE_SIZE = 24
WHOLE = UUID(int=0)
_CAME_BACK = (SaleState.REVERSED, SaleState.CLAWED_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLook:
    """A look by its name. ``cover``: its first photo, if there is one."""

    title: str
    href: str
    cover: Sources | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookCard(ShownLook):
    """One look at a glance."""

    look: Look
    status: StatusText
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow(LookCard):
    """One look of the list, with what it brought."""

    clicks: int
    earned: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceFigures:
    """What a look did on one surface."""

    surface: str
    views: int = 0
    taps: int = 0
    orders: int = 0
    returned: int = 0
    earned: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a look did since it exists. ``taps``: by the key of the slot."""

    views: int
    clicks: int
    orders: int
    returned: int
    earned: Money
    surfaces: list[SurfaceFigures]
    taps: dict[UUID, int]


def listed(affiliate_id: int, state: str) -> QuerySet[Look]:
    """Return the looks in a state of the list; without one, all that are not archived."""
    rows = found.of_affiliate(affiliate_id)
    if state == "archived":
        return rows.filter(archived_at__isnull=False)
    rows = rows.filter(archived_at__isnull=True)
    in_state = {
        "draft": Q(status=LookStatus.DRAFT) & ~_has(VersionStatus.SUBMITTED, VersionStatus.CHANGES),
        "submitted": _has(VersionStatus.SUBMITTED),
        "changes": _has(VersionStatus.CHANGES),
        "published": Q(status=LookStatus.PUBLISHED),
        "scheduled": Q(status=LookStatus.SCHEDULED),
        "hidden": Q(
            status__in=[
                LookStatus.PAUSED, LookStatus.EXPIRED, LookStatus.WITHDRAWN, LookStatus.REMOVED,
            ]
        ),
    }  # fmt: skip
    return rows.filter(in_state[state]) if state in in_state else rows


def _has(*statuses: VersionStatus) -> Q:
    return Q(Exists(LookVersion.objects.filter(look=OuterRef("pk"), status__in=statuses)))


def page_of(looks: QuerySet[Look], number: str | None) -> Page[Look]:
    """Return one page of looks."""
    return Paginator(looks, PAGE_SIZE).get_page(number)


def shown_of(look_id: int) -> ShownLook | None:
    """Return a look as everybody sees it: None of one that was never shown. One query."""
    live = Look.objects.filter(pk=look_id).values("live")
    rows = LookImage.objects.filter(version__in=live).select_related("picture", "version__look")
    first = rows.order_by("position").first()
    if first is None:
        return None
    return ShownLook(
        title=title_of(first.version),
        href=reverse("portal:look-detail", args=[first.version.look.public_id]),
        cover=_cover(first),
    )


def cards_of(looks: Sequence[Look]) -> list[LookCard]:
    """Return some looks at a glance: two queries, however many they are; of none: no."""
    if not looks:
        return []
    newest = found.newest_versions([look.pk for look in looks])
    shown = {look.pk: look.live or newest.get(look.pk) for look in looks}
    covers = found.covers([one.pk for one in shown.values() if one is not None])
    cards = []
    for look in looks:
        version, last = shown[look.pk], newest.get(look.pk)
        cards.append(
            LookCard(
                look=look,
                title=title_of(version),
                href=reverse("portal:look-detail", args=[look.public_id]),
                cover=_cover(covers.get(version.pk)) if version else None,
                status=look_status(look, last),
                note=version_note(look, last),
            )
        )
    return cards


def rows_of(affiliate_id: int, looks: Sequence[Look]) -> list[LookRow]:
    """Return what the list says of some looks: five queries, however many they are; of none: no."""
    if not looks:
        return []
    earned = link_earnings(affiliate_id, [look.link_id for look in looks if look.link_id])
    stats = link_stats(affiliate_id)
    return [
        LookRow(
            look=card.look,
            title=card.title,
            href=card.href,
            cover=card.cover,
            status=card.status,
            note=card.note,
            clicks=stats.get(card.look.link_id or 0, LinkStats()).clicks,
            earned=Money(earned.get(card.look.link_id or 0, 0), card.look.shop.currency),
        )
        for card in cards_of(looks)
    ]


def _cover(image: LookImage | None) -> Sources | None:
    return sources(image) if image is not None and image.picture.deleted_at is None else None


def figures(look: Look) -> Figures:
    """Return what a look did: views and taps as they were counted, the rest through its link."""
    currency = look.shop.currency
    counts = list(
        LookCount.objects.filter(look=look)
        .values_list("surface", "act", "slot_key")
        .annotate(number=Sum("count"))
    )
    sold = _sold(look)
    clicks = 0
    if look.link is not None and look.affiliate_id is not None:
        clicks = link_stats(look.affiliate_id).get(look.link.pk, LinkStats()).clicks
    surfaces = [
        SurfaceFigures(
            surface=surface,
            views=_sum(counts, surface, "view"),
            taps=_sum(counts, surface, "tap"),
            orders=sold.get(surface, _NOTHING)[0],
            returned=sold.get(surface, _NOTHING)[1],
            earned=Money(sold.get(surface, _NOTHING)[2], currency),
        )
        for surface in Surface.values
    ]
    taps: Counter[UUID] = Counter()
    for _surface, act, key, number in counts:
        if act == "tap" and key != WHOLE:
            taps[key] += number
    return Figures(
        views=sum(one.views for one in surfaces),
        clicks=clicks,
        orders=sum(one.orders for one in surfaces),
        returned=sum(one.returned for one in surfaces),
        earned=Money(sum(one.earned.minor for one in surfaces), currency),
        surfaces=[one for one in surfaces if one.views or one.taps or one.orders],
        taps=dict(taps),
    )


_NOTHING = (0, 0, 0)


def _sum(counts: list[tuple[str, str, UUID, int]], surface: str, act: str) -> int:
    return sum(number for where, what, _key, number in counts if (where, what) == (surface, act))


def _sold(look: Look) -> dict[str, tuple[int, int, int]]:
    """Return orders, those that came back, and minor units earned, by surface.

    A landing that names no surface came from somewhere else than our pages.
    """
    if look.link is None or look.affiliate_id is None:
        return {}
    credits = Credit.objects.filter(affiliate=look.affiliate_id, touchpoint__link=look.link)
    rows = (
        with_state(credits)
        .order_by()
        .values_list("surface")
        .annotate(
            orders=number_of_orders(),
            returned=number_of_orders(among=Q(state__in=_CAME_BACK)),
            total=Coalesce(Sum("earned_minor"), 0),
        )
    )
    sold: dict[str, tuple[int, int, int]] = {}
    for place, orders, returned, total in rows:
        named = place.rpartition(":")[2]
        surface = named if named in Surface.values else Surface.OFFSITE.value
        before = sold.get(surface, _NOTHING)
        sold[surface] = (before[0] + orders, before[1] + returned, before[2] + total)
    return sold


def open_briefs(affiliate_id: int) -> list[Participation]:
    """Return the campaigns that a creator takes part in, the one that ends first first."""
    rows = Participation.objects.filter(affiliate=affiliate_id, status=PartStatus.ACCEPTED)
    return list(rows.select_related("campaign").order_by("campaign__ends_on")[:5])
