"""What a buyer did around the click that won: the landing, the hour before, other arrivals."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper

from affiliates.models import Affiliate
from fraud.domain.evidence import Arrival, ClickSeen, SessionSeen
from fraud.services.taps import WAS_TAP
from tracking.domain.journey import Channel, Kind
from tracking.domain.landed import CLOCKS_DIFFER, proven_by
from tracking.domain.navigation import Fact
from tracking.domain.references import to_uuid
from tracking.domain.surfaces import is_tap
from tracking.models import Credit, Touchpoint, TouchpointKind

AROUND = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
# Each visitor has a window of its own, so that a month of somebody's visits is not read.
_CLICKS = """
    SELECT w.credit, c.visitor, c.clicked_at, c.link_id, c.affiliate_id, c.navigation, c.facts,
      c.referrer_host, c.browser, c.device, c.sub_id, c.surface
    FROM unnest(%s::bigint[], %s::uuid[], %s::timestamptz[], %s::timestamptz[])
      AS w (credit, visitor, since, until)
    JOIN tracking_click c
      ON c.visitor = w.visitor AND c.clicked_at >= w.since AND c.clicked_at <= w.until
    ORDER BY c.clicked_at, c.id
"""
_EVENTS = """
    SELECT w.credit, e.visitor, e.at, e.kind, e.data
    FROM unnest(%s::bigint[], %s::uuid[], %s::timestamptz[], %s::timestamptz[])
      AS w (credit, visitor, since, until)
    JOIN tracking_journeyevent e
      ON e.visitor = w.visitor AND e.at >= w.since AND e.at <= w.until
    ORDER BY e.at, e.id
"""


class OrderClick(NamedTuple):
    """A click that came with an order, as the attribution kept it."""

    pk: int
    affiliate_id: int
    at: datetime
    link_id: int
    navigation: str
    facts: int
    is_same_origin: bool
    is_tap: bool


class _Click(NamedTuple):
    visitor: UUID
    at: datetime
    link_id: int
    affiliate_id: int
    navigation: str
    facts: int
    referrer_host: str
    browser: int
    device: int
    sub_id: str
    surface: str

    @property
    def is_tap(self) -> bool:
        return is_tap(self.surface, self.navigation, self.facts)


class _Event(NamedTuple):
    visitor: UUID
    at: datetime
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Visit:
    """The click that won, and what its visitor did around it; ``None`` is not known."""

    click: ClickSeen | None = None
    session: SessionSeen | None = None


def clicks_with_orders(order_ids: Collection[int]) -> dict[int, list[OrderClick]]:
    """Return the clicks that came with each order, by order. One query."""
    rows = Touchpoint.objects.filter(
        kind=TouchpointKind.CLICK, attribution__order__in=order_ids
    ).values_list("attribution__order", "pk", "affiliate", "at", "link", "navigation", "facts",
                  "link__shop__link_origin",
                  ExpressionWrapper(WAS_TAP, BooleanField()))  # fmt: skip
    found: dict[int, list[OrderClick]] = defaultdict(list)
    for order_id, pk, affiliate_id, at, link_id, navigation, facts, origin, was_tap in rows:
        click = OrderClick(
            pk, affiliate_id, at, link_id or 0, navigation, facts, bool(origin), was_tap
        )
        found[order_id].append(click)
    return found


def visits_of(
    credits: Iterable[Credit], clicks: Mapping[int, Sequence[OrderClick]]
) -> dict[int, Visit]:
    """Return what is known of the click that won each credit. Three queries.

    A credit that a promo code won has none. Of a click whose visitor was erased the facts stay as
    the attribution kept them, and nothing is known of the session.
    """
    winners = {
        credit.pk: one
        for credit in credits
        for one in clicks.get(credit.order_id, ())
        if one.pk == credit.touchpoint_id
    }
    windows = [
        (credit.pk, visitor, winners[credit.pk].at - 2 * AROUND, winners[credit.pk].at + AROUND)
        for credit in credits
        if credit.pk in winners
        for visitor in filter(None, map(to_uuid, set(credit.order.click_tokens)))
    ]
    near, told = _clicks(windows), _events(windows)
    kinds = _kinds({click.affiliate_id for found in near.values() for click in found})
    sub_ids = {credit.pk: credit.sub_id for credit in credits}
    return {
        pk: _visit(winner, near.get(pk, ()), told.get(pk, ()), kinds, sub_ids[pk])
        for pk, winner in winners.items()
    }


def _visit(
    winner: OrderClick,
    near: Sequence[_Click],
    told: Sequence[_Event],
    kinds: Mapping[int, str],
    sub_id: str,
) -> Visit:
    click = next(
        (one for one in near if (one.at, one.link_id) == (winner.at, winner.link_id)), None
    )
    if click is None:
        kept = ClickSeen(
            at=winner.at, navigation=winner.navigation, facts=Fact(winner.facts), sub_id=sub_id
        )
        return Visit(kept)
    later = (one.at for one in near if one.visitor == click.visitor and one.at > click.at)
    facts = proven_by(
        click.facts,
        navigation=click.navigation,
        clicked_at=click.at,
        landings=[
            (event.at, event.data)
            for event in told
            if event.kind == Kind.LANDING and event.visitor == click.visitor
        ],
        next_click_at=next(later, None),
        is_same_origin=winner.is_same_origin,
    )
    seen = ClickSeen(
        at=click.at,
        navigation=click.navigation,
        facts=facts,
        referrer_host=click.referrer_host,
        browser=click.browser,
        device=click.device,
        sub_id=sub_id,
    )
    return Visit(seen, _session(click, facts, near, told, kinds))


def _session(
    click: _Click,
    facts: Fact,
    near: Sequence[_Click],
    told: Sequence[_Event],
    kinds: Mapping[int, str],
) -> SessionSeen | None:
    """Return what came before the affiliate brought the visitor, unless we could not see it.

    We could when the shop's pages tell of this visitor, and consent was there before: what a page
    tells at the moment of consent began before that. A tap in a look brought nobody: there is
    nothing that came before it, and it is nobody's arrival.
    """
    if click.is_tap:
        return None
    near = [one for one in near if not one.is_tap]
    own = (one for one in near if one.affiliate_id == click.affiliate_id)
    began = next((one for one in own if one.at >= click.at - AROUND), click)
    around = [event for event in told if event.at >= began.at - AROUND]
    if not around or began.facts & Fact.EXCHANGED:
        return None
    before = [event for event in around if event.at < began.at - CLOCKS_DIFFER]
    changes = [event for event in before if event.kind == Kind.BASKET_CHANGED]
    basket = changes[-1] if changes and _pieces(changes[-1]) else None
    checkouts = [event for event in before if event.kind == Kind.CHECKOUT_OPENED]
    pages = [event for event in before if event.kind != Kind.SESSION_STARTED]
    return SessionSeen(
        page_before_s=_seconds_before(began, pages),
        basket_before_s=None if basket is None else (began.at - basket.at) // _SECOND,
        basket_items=0 if basket is None else _pieces(basket),
        checkout_before_s=_seconds_before(began, checkouts),
        arrivals=_arrivals(click, near, told, kinds),
        was_seen=None if Fact.LANDED not in facts else Fact.UNSEEN not in facts,
    )


def _arrivals(
    click: _Click, near: Iterable[_Click], told: Iterable[_Event], kinds: Mapping[int, str]
) -> tuple[Arrival, ...]:
    """Return the other visits of the hour on either side, oldest first.

    Those that other affiliates brought, and those that came by other ways.
    """
    found = [
        Arrival(
            seconds=_seconds_after(click, one.at),
            channel=Channel.AFFILIATE.value,
            affiliate_id=one.affiliate_id,
            affiliate_kind=kinds.get(one.affiliate_id, ""),
        )
        for one in near
        if one.affiliate_id != click.affiliate_id and one.at >= click.at - AROUND
    ]
    found += [
        Arrival(seconds=_seconds_after(click, event.at), channel=event.data["channel"])
        for event in told
        if event.kind == Kind.SESSION_STARTED
        and event.data.get("channel", Channel.AFFILIATE) != Channel.AFFILIATE
        and event.at >= click.at - AROUND
    ]
    return tuple(sorted(found, key=lambda one: one.seconds))


def _pieces(event: _Event) -> int:
    """Return how many pieces a basket held; one with a value and no count holds at least one."""
    items = event.data.get("items")
    return int(items) if items is not None else int(bool(event.data.get("value_minor")))


def _seconds_before(began: _Click, events: Sequence[_Event]) -> int | None:
    return (began.at - events[-1].at) // _SECOND if events else None


def _seconds_after(click: _Click, at: datetime) -> int:
    """Return whole seconds towards the click, negative before it."""
    return (at - click.at) // _SECOND if at >= click.at else -((click.at - at) // _SECOND)


Windows = Sequence[tuple[int, UUID, datetime, datetime]]


def _clicks(windows: Windows) -> dict[int, list[_Click]]:
    found: dict[int, list[_Click]] = defaultdict(list)
    for pk, *fields in _rows(_CLICKS, windows):
        found[pk].append(_Click(*fields))
    return found


def _events(windows: Windows) -> dict[int, list[_Event]]:
    found: dict[int, list[_Event]] = defaultdict(list)
    for pk, visitor, at, kind, data in _rows(_EVENTS, windows):
        found[pk].append(_Event(visitor, at, kind, json.loads(data)))
    return found


def _rows(statement: str, windows: Windows) -> list[tuple[Any, ...]]:
    if not windows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*windows, strict=True)])
        return list(cursor.fetchall())


def _kinds(affiliate_ids: Collection[int]) -> dict[int, str]:
    rows = Affiliate.objects.filter(pk__in=affiliate_ids)
    return dict(rows.values_list("pk", "kind"))
