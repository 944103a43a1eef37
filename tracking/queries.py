"""What others ask about links, clicks and attributions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from affiliates.queries import terms_for
from shop.models import Order
from tracking.domain.codes import normalized
from tracking.domain.navigation import NOT_A_VISIT
from tracking.domain.references import to_uuid
from tracking.models import (
    Attribution,
    Click,
    ClickCount,
    CouponCode,
    Credit,
    Link,
    Touchpoint,
)


def watermark(now: datetime) -> datetime:
    """Return the moment up to which every click is known. Later orders wait.

    Clicks are written before their visitor is sent on, so today that is always ``now``.
    """
    return now


# --- the redirect ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSnapshot:
    """What a landing needs to know of a link."""

    pk: int
    affiliate_id: int
    destination_url: str
    sub_id: str
    hosts: tuple[str, ...]
    home_url: str
    window_days: int | None  # None: the link earns nothing today.


def find_link(code: str, now: datetime) -> LinkSnapshot | None:
    """Return the link behind /c/<code>, also when it is archived or its account is stopped."""
    if not code.isprintable():
        return None  # PostgreSQL refuses to be asked for a NUL.
    link = Link.objects.select_related("affiliate", "shop").filter(code=code).first()
    if link is None:
        return None
    live = link.archived_at is None and link.affiliate.is_active
    terms = terms_for(link.affiliate_id, now) if live else None
    return LinkSnapshot(
        pk=link.pk,
        affiliate_id=link.affiliate_id,
        destination_url=link.destination_url,
        sub_id=link.sub_id,
        hosts=tuple(link.shop.link_hosts),
        home_url=link.shop.home_url,
        window_days=terms.window_days if terms else None,
    )


# --- the affiliate's screens -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClickDay:
    """The visits through an affiliate's links on one day of the reader's time zone."""

    day: date
    clicks: int


def click_days(affiliate_id: int, since: datetime, until: datetime) -> list[ClickDay]:
    """Return one entry per day with ``since`` <= day < ``until``, also for days without visits.

    Counts visits with and without consent; requests that brought nobody are left out. Two
    queries. An hour counted without consent belongs to the day of its beginning.
    """
    clicks = Click.objects.filter(
        affiliate_id=affiliate_id, clicked_at__gte=since, clicked_at__lt=until
    ).exclude(navigation__in=NOT_A_VISIT)
    counts = ClickCount.objects.filter(
        affiliate_id=affiliate_id, hour__gte=since, hour__lt=until
    ).exclude(navigation__in=NOT_A_VISIT)
    totals: dict[date, int] = defaultdict(int)
    for day, number in clicks.values_list(TruncDate("clicked_at")).annotate(n=Count("pk")):
        totals[day] += number
    for day, number in counts.values_list(TruncDate("hour")).annotate(n=Sum("count")):
        totals[day] += number
    first, end = timezone.localdate(since), timezone.localdate(until - timedelta(microseconds=1))
    days = [first + timedelta(days=step) for step in range((end - first).days + 1)]
    return [ClickDay(day, totals[day]) for day in days]


@dataclass(frozen=True, slots=True)
class LinkStats:
    """What one link has brought."""

    clicks: int = 0
    orders: int = 0
    last_click_at: datetime | None = None


def link_stats(affiliate_id: int, *, since: datetime | None = None) -> dict[int, LinkStats]:
    """Return what each link of an affiliate has brought, by link id. Three queries.

    A link without visits and orders is missing: read it with ``.get(pk, LinkStats())``. A visit
    without consent only has its hour, so ``last_click_at`` is the last one with consent.
    """
    clicks = Click.objects.filter(affiliate_id=affiliate_id).exclude(navigation__in=NOT_A_VISIT)
    counts = ClickCount.objects.filter(affiliate_id=affiliate_id).exclude(
        navigation__in=NOT_A_VISIT
    )
    credits = Credit.objects.filter(affiliate=affiliate_id, touchpoint__link__isnull=False)
    if since is not None:
        clicks = clicks.filter(clicked_at__gte=since)
        counts = counts.filter(hour__gte=since)
        credits = credits.filter(order__placed_at__gte=since)
    rows = clicks.values_list("link_id").annotate(n=Count("pk"), last=Max("clicked_at"))
    seen = {pk: (number, last) for pk, number, last in rows}
    counted = dict(counts.values_list("link_id").annotate(n=Sum("count")))
    ordered = dict(credits.values_list("touchpoint__link").annotate(n=Count("pk")))
    return {
        pk: LinkStats(
            clicks=seen.get(pk, (0, None))[0] + counted.get(pk, 0),
            orders=ordered.get(pk, 0),
            last_click_at=seen.get(pk, (0, None))[1],
        )
        for pk in {*seen, *counted, *ordered}
    }


def code_orders(affiliate_id: int) -> dict[int, int]:
    """Return how many orders each promo code of an affiliate has won, by code id. One query."""
    credits = Credit.objects.filter(affiliate=affiliate_id, touchpoint__coupon_code__isnull=False)
    return dict(credits.values_list("touchpoint__coupon_code").annotate(n=Count("pk")))


def links_of(affiliate_id: int, *, archived: bool = False) -> QuerySet[Link]:
    """Return an affiliate's links, newest first: those in use, or the archived ones."""
    links = Link.objects.select_related("shop").filter(
        affiliate=affiliate_id, archived_at__isnull=not archived
    )
    return links.order_by("-created_at", "-pk")


def codes_of(affiliate_id: int) -> QuerySet[CouponCode]:
    """Return an affiliate's promo codes, newest first."""
    codes = CouponCode.objects.select_related("shop").filter(affiliate=affiliate_id)
    return codes.order_by("-valid_from", "-pk")


# --- the order's page --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderTrace:
    """How an order came to somebody or to nobody. ``attribution`` None: not decided yet."""

    attribution: Attribution | None
    touchpoints: list[Touchpoint] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    unknown_codes: list[str] = field(default_factory=list)
    unknown_clicks: int = 0


def trace(order_id: int) -> OrderTrace:
    """Return the trace of one order, its touchpoints newest first. Five queries at most."""
    order = Order.objects.get(pk=order_id)
    attribution = Attribution.objects.filter(order=order).first()
    if attribution is None:
        return OrderTrace(attribution=None)
    touchpoints = list(
        attribution.touchpoints.select_related("affiliate", "link", "coupon_code").order_by(
            "-at", "-won", "pk"
        )
    )
    credits = order.credits.select_related("affiliate", "touchpoint").order_by("pk")
    visitors = {to_uuid(token) for token in order.click_tokens} - {None}
    known = Click.objects.filter(visitor__in=visitors).values("visitor").distinct().count()
    return OrderTrace(
        attribution=attribution,
        touchpoints=touchpoints,
        credits=list(credits),
        unknown_codes=_unknown_codes(order.codes, touchpoints),
        unknown_clicks=len(set(order.click_tokens)) - known,
    )


def _unknown_codes(codes: Iterable[str], touchpoints: Iterable[Touchpoint]) -> list[str]:
    ours = {normalized(one.coupon_code.code) for one in touchpoints if one.coupon_code}
    return sorted({code for code in codes if normalized(code) not in ours})
