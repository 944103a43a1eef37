"""What came from each shop in the last 24 hours: the facts of the installation check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q

from portal.queries.staff_tracking import DAY, Landings
from portal.queries.staff_tracking import day as day_of
from portal.queries.staff_tracking_order import LOOK_BACK
from shop.models import InboundEvent, InboundStatus, Order, Shop
from shop.refused_deliveries import refused_since
from tracking.domain.navigation import Fact
from tracking.domain.references import to_uuid
from tracking.models import Click, JourneyEvent

#: Of so many of the newest orders of all shops, and deliveries, at most.
MOST_ORDERS = 1_000
MOST_DELIVERIES = 5_000

_CLICKS = """
SELECT l.shop_id, count(*), max(c.clicked_at), count(*) FILTER (WHERE c.facts & %s <> 0)
FROM tracking_click c JOIN tracking_link l ON l.id = c.link_id
WHERE c.clicked_at >= %s AND c.clicked_at <= %s
GROUP BY l.shop_id
"""
#: Cookies written on the shop's origin came back to /c/, or its redirect was seen by the page.
_OWN_ORIGIN = Fact.STRICT_SEEN | Fact.LAX_SEEN | Fact.OWN_HOP_ONLY


@dataclass(slots=True)
class ShopFacts:
    """What came from one shop. Moments are of the newest; None is none in 24 hours."""

    shop: Shop
    landings: Landings = field(default_factory=Landings)
    clicks: int = 0
    last_click: datetime | None = None
    own_origin: int = 0  # Landings that prove that /c/ is on the shop's own origin.
    steps: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    redirects_seen: int = 0  # Landing pages that saw the redirect of /c/.
    orders: int = 0
    with_reference: int = 0
    with_known: int = 0
    last_order: datetime | None = None
    deliveries: int = 0
    failed: int = 0
    last_delivery: datetime | None = None
    refused: Mapping[str, int] = field(default_factory=dict)  # By the code of the refusal.


def shop_facts(now: datetime) -> list[ShopFacts]:
    """Return what came from every shop in the last 24 hours, in eight queries."""
    found = {shop.pk: ShopFacts(shop) for shop in Shop.objects.order_by("name", "pk")}
    for shop_id, landings in day_of(now).by_shop.items():
        if shop_id in found:
            found[shop_id].landings = landings
    _add_clicks(found, now)
    _add_steps(found, now)
    _add_orders(found, now)
    _add_deliveries(found, now)
    for facts in found.values():
        facts.refused = refused_since(facts.shop.pk, now=now)
    return list(found.values())


def _add_clicks(found: Mapping[int, ShopFacts], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CLICKS, [int(_OWN_ORIGIN), now - DAY, now])
        for shop_id, number, newest, own in cursor.fetchall():
            facts = found[shop_id]
            facts.clicks, facts.last_click, facts.own_origin = number, newest, own


def _add_steps(found: Mapping[int, ShopFacts], now: datetime) -> None:
    rows = (
        JourneyEvent.objects.filter(at__gte=now - DAY, at__lte=now)
        .values_list("shop_id", "kind")
        .annotate(n=Count("pk"), at_=Max("at"), hops=Count("pk", filter=Q(data__redirects__gte=1)))
        .order_by("shop_id", "kind")
    )
    for shop_id, kind, number, newest, hops in rows:
        if shop_id in found:
            found[shop_id].steps[kind] = (number, newest)
            found[shop_id].redirects_seen += hops


def _add_orders(found: Mapping[int, ShopFacts], now: datetime) -> None:
    rows = list(
        Order.objects.filter(received_at__gte=now - DAY, received_at__lte=now, is_test=False)
        .order_by("-received_at")
        .values_list("shop_id", "click_tokens", "received_at")[:MOST_ORDERS]
    )
    visitors_of = [_visitors(tokens) for _shop, tokens, _at in rows]
    known = _known({one for visitors in visitors_of for one in visitors}, now)
    for (shop_id, tokens, received_at), visitors in zip(rows, visitors_of, strict=True):
        facts = found[shop_id]
        facts.orders += 1
        facts.with_reference += bool(tokens)
        facts.with_known += bool(visitors & known)
        facts.last_order = max(facts.last_order or received_at, received_at)


def _visitors(tokens: Iterable[str]) -> set[UUID]:
    return {one for one in map(to_uuid, tokens) if one is not None}


def _known(visitors: set[UUID], now: datetime) -> set[UUID]:
    """Return those under whose reference anything is recorded."""
    if not visitors:
        return set()
    period: dict[str, Any] = {"visitor__in": visitors}
    clicks = Click.objects.filter(**period, clicked_at__gte=now - LOOK_BACK, clicked_at__lte=now)
    known = {one for one in clicks.values_list("visitor", flat=True).distinct() if one}
    steps = JourneyEvent.objects.filter(**period, at__gte=now - LOOK_BACK, at__lte=now)
    return known | set(steps.values_list("visitor", flat=True).distinct())


def _add_deliveries(found: Mapping[int, ShopFacts], now: datetime) -> None:
    newest = InboundEvent.objects.order_by("-pk").values("pk")[:MOST_DELIVERIES]
    rows = (
        InboundEvent.objects.filter(pk__in=newest, received_at__gte=now - DAY)
        .values_list("shop_id")
        .annotate(
            n=Count("pk"),
            failed=Count("pk", filter=Q(status=InboundStatus.FAILED)),
            newest=Max("received_at"),
        )
        .order_by("shop_id")
    )
    for shop_id, number, failed, last in rows:
        facts = found[shop_id]
        facts.deliveries, facts.failed, facts.last_delivery = number, failed, last


def newest_of_each(facts: ShopFacts) -> dict[str, datetime | None]:
    """Return when the newest thing of each kind came; steps under their own kinds."""
    newest: dict[str, datetime | None] = defaultdict(lambda: None)
    newest |= {kind: at for kind, (_number, at) in facts.steps.items()}
    newest |= {"click": facts.last_click, "order": facts.last_order}
    newest["delivery"] = facts.last_delivery
    return newest
