"""The newest things that happened, of every kind, in a fixed number of bounded queries.

Nothing here says who somebody is: visitors' references and address hashes are never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Model, Prefetch, Q, QuerySet, Sum

from affiliates.models import Affiliate
from shop.models import InboundEvent, InboundStatus, Order, Return, Shop
from tracking.domain.navigation import NOT_A_VISIT
from tracking.models import Click, ClickCount, Credit, JourneyEvent, Link

Row = TypeVar("Row", bound=Model)

WINDOW = timedelta(hours=24)
#: A clock of another machine may be ahead by so much.
AHEAD = timedelta(minutes=5)
#: The hour before may still grow by what was recorded in its last seconds.
LATE = timedelta(minutes=9)
MOST = 40
MOST_COUNTS = 20
MOST_AFFILIATES = 50
#: A narrowed stream looks through so many of the newest rows, never through all.
SEARCHED = 5_000
KINDS = ("click", "count", "journey", "order", "return", "error")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the stream is narrowed to; empty is everything."""

    kind: str = ""
    affiliate: str = ""
    code: str = ""
    shop: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.affiliate or self.code or self.shop)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The rows that the filters stand for; None is no limit."""

    affiliates: list[int] | None
    links: list[int] | None
    shop: int | None
    is_narrow: bool

    @property
    def is_of_somebody(self) -> bool:
        return self.affiliates is not None or self.links is not None


@dataclass(frozen=True, slots=True)
class Named:
    """A link with the names around it."""

    code: str
    affiliate: str
    affiliate_id: str
    shop: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The landings without consent of one link in an hour."""

    link_id: int
    hour: datetime
    visits: int
    others: int


@dataclass(frozen=True, slots=True)
class Stream:
    """The newest rows of each kind. Clicks and steps are plain values without their visitor."""

    clicks: list[dict[str, Any]]
    counts: list[Counted]
    steps: list[Mapping[str, Any]]
    orders: list[Order]
    returns: list[Return]
    errors: list[InboundEvent]
    links: Mapping[int, Named]
    shops: Mapping[int, str]
    now: datetime


def shops() -> list[Shop]:
    """Return the shops that the stream can be narrowed to."""
    return list(Shop.objects.order_by("name", "pk"))


def stream(filters: Filters, known_shops: Iterable[Shop], now: datetime) -> Stream:
    """Return what happened in the last 24 hours, the newest of each kind."""
    scope = _scope(filters, {shop.code: shop.pk for shop in known_shops})
    wanted = {filters.kind} if filters.kind in KINDS else set(KINDS)
    clicks = _clicks(scope, now) if "click" in wanted else []
    counts = _counts(scope, now) if "count" in wanted else []
    of_links = {row["link_id"] for row in clicks} | {row.link_id for row in counts}
    return Stream(
        clicks=clicks,
        counts=counts,
        steps=_steps(scope, now) if "journey" in wanted else [],
        orders=_orders(scope, now) if "order" in wanted else [],
        returns=_returns(scope, now) if "return" in wanted else [],
        errors=_errors(scope, now) if "error" in wanted else [],
        links=_named(of_links),
        shops={shop.pk: shop.name for shop in known_shops},
        now=now,
    )


def _scope(filters: Filters, shop_ids: Mapping[str, int]) -> _Scope:
    affiliates = links = None
    if filters.affiliate:
        found = Affiliate.objects.filter(name__icontains=filters.affiliate).order_by("name", "pk")
        affiliates = list(found.values_list("pk", flat=True)[:MOST_AFFILIATES])
    if filters.code:
        links = list(Link.objects.filter(code=filters.code).values_list("pk", flat=True))
    shop = shop_ids.get(filters.shop, 0) if filters.shop else None
    return _Scope(affiliates, links, shop, filters.is_narrow)


def _of_link(scope: _Scope) -> Q:
    """Narrow rows that know a link and an affiliate by their ids."""
    wanted = Q()
    if scope.affiliates is not None:
        wanted &= Q(affiliate_id__in=scope.affiliates)
    if scope.links is not None:
        wanted &= Q(link_id__in=scope.links)
    if scope.shop is not None:
        wanted &= Q(link_id__in=Link.objects.filter(shop=scope.shop).values("pk"))
    return wanted


def _newest(rows: QuerySet[Row], wanted: Q, scope: _Scope) -> QuerySet[Row]:
    """Return the newest of ``rows``; narrowed, of those among the newest that are looked through.

    The id leads: it is the primary key's first column in every month.
    """
    if scope.is_narrow:
        lately = rows.order_by("-pk").values("pk")[:SEARCHED]
        rows = rows.filter(wanted, pk__in=lately)
    return rows.order_by("-pk")[:MOST]


def _clicks(scope: _Scope, now: datetime) -> list[dict[str, Any]]:
    lately = Click.objects.filter(clicked_at__gte=now - WINDOW, clicked_at__lte=now + AHEAD)
    columns = ("id", "clicked_at", "link_id", "navigation", "facts", "referrer_host", "sub_id")
    return list(_newest(lately, _of_link(scope), scope).values(*columns))


def _counts(scope: _Scope, now: datetime) -> list[Counted]:
    hours = {moment.replace(minute=0, second=0, microsecond=0) for moment in (now, now - LATE)}
    nobody = Q(navigation__in=NOT_A_VISIT)
    rows = (
        ClickCount.objects.filter(_of_link(scope), hour__in=hours)
        .values_list("link_id", "hour")
        .annotate(all=Sum("count"), others=Sum("count", filter=nobody, default=0))
        .order_by("-all", "link_id", "hour")[:MOST_COUNTS]
    )
    return [Counted(pk, hour, number - others, others) for pk, hour, number, others in rows]


def _steps(scope: _Scope, now: datetime) -> list[Mapping[str, Any]]:
    if scope.is_of_somebody:
        return []
    lately = JourneyEvent.objects.filter(at__gte=now - WINDOW, at__lte=now + AHEAD)
    wanted = Q() if scope.shop is None else Q(shop_id=scope.shop)
    return list(_newest(lately, wanted, scope).values("id", "at", "shop_id", "kind", "data"))


def _of_credit(scope: _Scope, order: str) -> Q:
    """Narrow orders, or what belongs to them, by who got them."""
    wanted = Q() if scope.shop is None else Q(shop=scope.shop)
    credits = Credit.objects.all()
    if scope.affiliates is not None:
        credits = credits.filter(affiliate__in=scope.affiliates)
    if scope.links is not None:
        credits = credits.filter(touchpoint__link__in=scope.links)
    if scope.is_of_somebody:
        wanted &= Q(**{f"{order}__in": credits.values("order")})
    return wanted


def _orders(scope: _Scope, now: datetime) -> list[Order]:
    rows = Order.objects.filter(
        _of_credit(scope, "pk"), received_at__gte=now - WINDOW, received_at__lte=now + AHEAD
    )
    credits = Credit.objects.select_related("affiliate").order_by("pk")
    return list(
        rows.select_related("attribution")
        .prefetch_related(Prefetch("credits", credits))
        .order_by("-received_at", "-pk")[:MOST]
    )


def _returns(scope: _Scope, now: datetime) -> list[Return]:
    rows = Return.objects.filter(
        _of_credit(scope, "order"), received_at__gte=now - WINDOW, received_at__lte=now + AHEAD
    )
    return list(rows.select_related("order").order_by("-received_at", "-pk")[:MOST])


def _errors(scope: _Scope, now: datetime) -> list[InboundEvent]:
    if scope.is_of_somebody:
        return []
    lately = InboundEvent.objects.order_by("-pk").values("pk")[:SEARCHED]
    rows = InboundEvent.objects.defer("body").filter(
        pk__in=lately, status=InboundStatus.FAILED, status_changed_at__gte=now - WINDOW
    )
    if scope.shop is not None:
        rows = rows.filter(shop=scope.shop)
    return list(rows.order_by("-status_changed_at", "-pk")[:MOST])


def _named(link_ids: Iterable[int]) -> dict[int, Named]:
    rows = Link.objects.filter(pk__in=list(link_ids)).select_related("affiliate", "shop")
    return {
        link.pk: Named(
            link.code, link.affiliate.name, str(link.affiliate.public_id), link.shop.name
        )
        for link in rows
    }
