"""Everything known about the way of one order to us: its message, reference, clicks, journey."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Upper

from core import audit
from core.models import User
from shop.connectors import generic
from shop.models import InboundEvent, InboundStatus, Order
from tracking.domain.codes import normalized
from tracking.domain.references import to_uuid
from tracking.models import Attribution, CouponCode, Credit, JourneyEvent, Link
from tracking.queries import VisitorClick, clicks_of_visitors

JOURNEY_VIEWED = "order.journey_viewed"
MOST_FOUND = 10
MOST_STEPS = 100
#: How far back the clicks of a visitor are looked up: as long as months are kept.
LOOK_BACK = timedelta(days=400)
#: How long before the order its journey is looked at, and how long after it.
JOURNEY = timedelta(days=60)
AFTER = timedelta(days=1)
#: Orders that the share with a reference is taken of.
SAMPLE = 100
#: A delivery waits at most so long before it is worked on, unless somebody replays it.
MOST_WAITING = timedelta(days=30)
MOST_MESSAGES = 50


class Carried(StrEnum):
    """What the order carried as ap_ref."""

    NOTHING = "nothing"
    FOREIGN = "foreign"  # Not of our form.
    UNKNOWN = "unknown"  # Of our form, and nothing is recorded under it.
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Message:
    """The delivery that brought the order. ``among`` others when it cannot be told apart."""

    event_id: str
    received_at: datetime
    among: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the visitor did in the shop."""

    at: datetime
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderPath:
    """What is known of how an order came. ``sampled`` of the shop's orders ``with_reference``."""

    order: Order
    message: Message | None
    carried: Carried
    visitors: int
    clicks: Sequence[VisitorClick]
    links: dict[int, Link]
    steps: Sequence[Step]
    codes: Sequence[tuple[str, str]]  # Each code and whose it is; empty: nobody's.
    attribution: Attribution | None
    credits: Sequence[Credit]
    sampled: int
    with_reference: int

    @property
    def kinds(self) -> set[str]:
        """The kinds of steps that were seen before the order."""
        return {step.kind for step in self.steps if step.at <= self.order.placed_at}


def find(search: str) -> list[Order]:
    """Return the orders with a number or an id of the shop, the newest first."""
    wanted = Q(number__in=[search, f"#{search}"]) | Q(external_id=search)
    rows = Order.objects.filter(wanted).select_related("shop")
    return list(rows.order_by("-placed_at", "-pk")[:MOST_FOUND])


def path_of(order: Order) -> OrderPath:
    """Return what is known of one order's way, in nine queries at most."""
    visitors = [one for one in map(to_uuid, set(order.click_tokens)) if one is not None]
    clicks = clicks_of_visitors(visitors, order.placed_at - LOOK_BACK, order.placed_at + AFTER)
    steps = _steps(visitors, order.placed_at)
    sample = _sample(order)
    credits = order.credits.select_related("affiliate", "touchpoint").order_by("pk")
    return OrderPath(
        order=order,
        message=_message(order),
        carried=_carried(order, visitors, is_known=bool(clicks or steps)),
        visitors=len(visitors),
        clicks=clicks,
        links=_links(clicks),
        steps=steps,
        codes=_codes(order),
        attribution=Attribution.objects.filter(order=order).first(),
        credits=list(credits),
        sampled=len(sample),
        with_reference=sum(map(bool, sample)),
    )


def _carried(order: Order, visitors: Sequence[UUID], *, is_known: bool) -> Carried:
    if not order.click_tokens:
        return Carried.NOTHING
    if not visitors:
        return Carried.FOREIGN
    return Carried.KNOWN if is_known else Carried.UNKNOWN


def _steps(visitors: Sequence[UUID], placed_at: datetime) -> list[Step]:
    """Return the last steps around the order, oldest first."""
    if not visitors:
        return []
    rows = JourneyEvent.objects.filter(
        visitor__in=visitors, at__gte=placed_at - JOURNEY, at__lte=placed_at + AFTER
    ).order_by("-at", "-pk")[:MOST_STEPS]
    return [Step(*row) for row in reversed(rows.values_list("at", "kind", "data"))]


def _links(clicks: Sequence[VisitorClick]) -> dict[int, Link]:
    ids = {click.link_id for click in clicks}
    return Link.objects.select_related("affiliate").in_bulk(ids) if ids else {}


def _codes(order: Order) -> list[tuple[str, str]]:
    if not order.codes:
        return []
    names = {normalized(code) for code in order.codes}
    rows = CouponCode.objects.annotate(upper=Upper("code")).filter(
        shop=order.shop_id, upper__in=names
    )
    owners = dict(rows.values_list("upper", "affiliate__name"))
    return [(code, owners.get(normalized(code), "")) for code in order.codes]


def _sample(order: Order) -> list[list[str]]:
    """Return the references of the shop's newest orders."""
    rows = Order.objects.filter(shop=order.shop_id, is_test=False).order_by("-received_at")
    return list(rows.values_list("click_tokens", flat=True)[:SAMPLE])


def _message(order: Order) -> Message | None:
    """Return the delivery that was worked on when the order was stored.

    Several may have been worked on at that moment: then their bytes tell, while they are kept.
    """
    rows = InboundEvent.objects.filter(
        shop=order.shop_id,
        status=InboundStatus.DONE,
        topic=generic.ORDER,
        received_at__gte=order.received_at - MOST_WAITING,
        received_at__lte=order.received_at,
        status_changed_at=order.received_at,
    ).order_by("pk")
    found = list(rows.defer("body")[:MOST_MESSAGES])
    if len(found) > 1:
        own = [event for event in rows[:MOST_MESSAGES] if _is_of(event, order)]
        found = own[:1] or found
    if not found:
        return None
    return Message(found[0].event_id, found[0].received_at, among=len(found))


def _is_of(event: InboundEvent, order: Order) -> bool:
    try:
        said = json.loads(bytes(event.body))
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("id") == order.external_id


@transaction.atomic
def log_look(order: Order, viewer: User, *, now: datetime) -> None:
    """Keep that ``viewer`` saw what a visitor did; within an hour one entry is enough."""
    audit.record_look(actor=viewer, verb=JOURNEY_VIEWED, subject=order, at=now)
