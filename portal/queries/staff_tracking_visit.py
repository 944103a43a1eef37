"""One test visit, followed by the mark in its address: what arrived of it so far."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Sum

from portal.queries.staff_tracking_order import Step
from shop.models import Order
from tracking.domain.references import to_text
from tracking.models import Click, ClickCount, JourneyEvent, Link

#: How long a test visit is followed.
LASTS = timedelta(minutes=30)
MOST_STEPS = 50
_MARK = re.compile(r"debug-[a-z0-9]{6}")
_SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Visit:
    """A test visit that is waited for. ``base``: the counted landings when it began."""

    mark: str
    since: datetime
    base: int

    def is_over(self, now: datetime) -> bool:
        return now >= self.since + LASTS


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of it. ``counted``: landings without consent, of anybody, since it began."""

    clicks: list[dict[str, Any]]
    counted: int
    steps: list[Step]
    orders: list[Order]


def find_link(code: str) -> Link | None:
    """Return the link with a code, if there is one."""
    return Link.objects.select_related("shop", "affiliate").filter(code=code).first()


def begin(link: Link, now: datetime) -> Visit:
    """Return a new visit through ``link``, with a mark of its own."""
    mark = "debug-" + "".join(secrets.choice(_SIGNS) for _ in range(6))
    return Visit(mark, now, _counted(link, now))


def read(mark: str, since: str, base: str, now: datetime) -> Visit | None:
    """Return the visit that an address names; None when nobody here made it."""
    numbers = (since, base)
    if not _MARK.fullmatch(mark) or not all(re.fullmatch(r"[0-9]{1,12}", one) for one in numbers):
        return None
    try:
        began = datetime.fromtimestamp(int(since), UTC)
    except (OverflowError, ValueError):
        return None
    if not now - timedelta(days=1) <= began <= now + timedelta(minutes=1):
        return None
    return Visit(mark, began, int(base))


def arrived(link: Link, visit: Visit, now: datetime) -> Arrived:
    """Return what came of a visit, in four queries at most."""
    rows = Click.objects.filter(
        clicked_at__gte=visit.since, clicked_at__lte=visit.since + LASTS, sub_id=visit.mark
    ).filter(link_id=link.pk)
    columns = ("clicked_at", "visitor", "navigation", "facts", "referrer_host")
    clicks = list(rows.order_by("clicked_at", "pk").values(*columns)[:MOST_STEPS])
    visitors = {click.pop("visitor") for click in clicks} - {None}
    steps: list[Step] = []
    orders: list[Order] = []
    if visitors:
        events = JourneyEvent.objects.filter(
            visitor__in=visitors, at__gte=visit.since, at__lte=visit.since + LASTS
        )
        rows_of = events.order_by("at", "pk").values_list("at", "kind", "data")
        steps = [Step(*row) for row in rows_of[:MOST_STEPS]]
        found = Order.objects.filter(received_at__gte=visit.since, received_at__lte=now)
        references = [to_text(visitor) for visitor in visitors]
        orders = list(found.filter(click_tokens__overlap=references).order_by("pk")[:10])
    counted = max(_counted(link, visit.since) - visit.base, 0)
    return Arrived(clicks, counted, steps, orders)


def _counted(link: Link, since: datetime) -> int:
    """Return the landings counted for a link from the hour of ``since`` on."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    rows = ClickCount.objects.filter(link_id=link.pk, hour__gte=hour)
    return rows.aggregate(n=Sum("count"))["n"] or 0
