"""Facts that endpoints are told of: each becomes one event, however often it is told (HK4-HK6)."""

from __future__ import annotations

import secrets
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from affiliates.domain.event_types import API_VERSION, EVENT_TYPES, PING, Audience
from affiliates.models import (
    Endpoint,
    EndpointStatus,
    Event,
    EventDelivery,
    EventDeliveryStatus,
    EventKey,
    Subscription,
)
from affiliates.services import endpoints
from core import locks
from core.nudge import nudge

SEND = "affiliates.tasks.send_events"
#: Facts are looked for so far back. Events are kept for longer, that they were told for good.
LOOK_BACK, KEPT = timedelta(days=7), timedelta(days=35)
DELIVERIES_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened. ``key`` names it within its type; ``at`` is added to ``data``."""

    type: str
    key: str
    at: datetime
    affiliate_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def tell(facts: Iterable[Fact], *, now: datetime) -> int:
    """Write the events of facts, and a delivery to each endpoint that wants it; return how many.

    Safe to repeat and to race: one fact is one event, with its deliveries, or nothing.
    """
    by_key = {f"{fact.type}:{fact.key}": fact for fact in facts}
    if not by_key:
        return 0
    with transaction.atomic():
        locks.hold("events told")
        known = set(EventKey.objects.filter(key__in=by_key).values_list("key", flat=True))
        fresh = {key: fact for key, fact in by_key.items() if key not in known}
        EventKey.objects.bulk_create([EventKey(key=key) for key in fresh])
        events = Event.objects.bulk_create([_event(key, fact, now) for key, fact in fresh.items()])
        _deliver(events, now)
        if events:
            nudge(SEND)
    return len(events)


def _event(key: str, fact: Fact, now: datetime) -> Event:
    return Event(
        public_id=new_id(now),
        key=key,
        type=fact.type,
        affiliate_id=fact.affiliate_id,
        happened_at=fact.at,
        created_at=now,
        api_version=API_VERSION,
        data={**fact.data, "at": rfc3339(fact.at)},
    )


def _deliver(events: list[Event], now: datetime) -> None:
    owners = {_owner(event) for event in events}
    of_owner = Q(endpoint__affiliate__in=owners - {None})
    if None in owners:
        of_owner |= Q(endpoint__affiliate__isnull=True)
    wanted: dict[tuple[str, int | None], list[Subscription]] = defaultdict(list)
    for one in Subscription.objects.filter(
        of_owner, type__in={event.type for event in events}, endpoint__in=Endpoint.objects.told()
    ).select_related("endpoint"):
        wanted[one.type, one.endpoint.affiliate_id].append(one)
    rows = [
        _delivery(event, one.endpoint, now)
        for event in events
        for one in wanted[event.type, _owner(event)]
        if one.since <= event.happened_at
    ]
    EventDelivery.objects.bulk_create(rows)


def _owner(event: Event) -> int | None:
    """Return whose endpoints are told: events for the programme may be about an affiliate."""
    is_theirs = EVENT_TYPES[event.type].audience == Audience.AFFILIATE
    return event.affiliate_id if is_theirs else None


def _delivery(event: Event, endpoint: Endpoint, now: datetime) -> EventDelivery:
    """Return a delivery; to a disabled endpoint it failed at once, and can be sent again."""
    is_off = endpoint.status == EndpointStatus.DISABLED
    return EventDelivery(
        event=event,
        endpoint=endpoint,
        status=EventDeliveryStatus.FAILED if is_off else EventDeliveryStatus.WAITING,
        error="disabled" if is_off else "",
        status_changed_at=now,
        created_at=now,
        first_due_at=now,
        next_attempt_at=now,
    )


@transaction.atomic
def ping(*, endpoint_id: int, now: datetime) -> EventDelivery:
    """Write an event that is about nothing, for one endpoint: a person tries it.

    :raises AskedTooOften: when this minute's tries and repetitions are used up.
    """
    rows = Endpoint.objects.standing().select_for_update(no_key=True)
    endpoint = rows.get(pk=endpoint_id)
    endpoints.count_asking(endpoint, now=now)
    public_id = new_id(now)
    event = Event.objects.create(
        public_id=public_id,
        key=f"{PING}:{public_id}",
        type=PING,
        affiliate_id=endpoint.affiliate_id,
        happened_at=now,
        created_at=now,
        api_version=API_VERSION,
        data={},
    )
    delivery = _delivery(event, endpoint, now)
    delivery.save(force_insert=True)
    nudge(SEND)
    return delivery


def over(*, now: datetime) -> int:
    """Return how many deliveries and events :func:`purge` would delete."""
    deliveries = EventDelivery.objects.filter(created_at__lt=now - DELIVERIES_KEPT)
    return deliveries.count() + Event.objects.filter(created_at__lt=now - KEPT).count()


def purge(*, now: datetime) -> int:
    """Delete deliveries after 30 days and events after 35; return how many rows went.

    The keys of events stay: a fact whose row moves again long after is not told a second time.
    """
    deliveries, _by_model = EventDelivery.objects.filter(
        created_at__lt=now - DELIVERIES_KEPT
    ).delete()
    events, _by_model = Event.objects.filter(created_at__lt=now - KEPT).delete()
    return deliveries + events


def body_of(event: Event) -> dict[str, Any]:
    """Return what is sent of an event: the same in every attempt, to every endpoint."""
    return {
        "id": str(event.public_id),
        "type": event.type,
        "created_at": rfc3339(event.created_at),
        "api_version": event.api_version,
        "data": event.data,
    }


def rfc3339(moment: datetime) -> str:
    """Return a moment in UTC, to the second: ``2026-11-23T08:30:00Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def new_id(now: datetime) -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): its first 48 bits are the milliseconds since 1970."""
    ms = round(now.timestamp() * 1_000)
    drawn = secrets.randbits(74)
    high, low = drawn >> 62, drawn & (2**62 - 1)
    return uuid.UUID(int=ms << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)
