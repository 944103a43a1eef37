"""What managers see of the connections with platforms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from shop.connectors import generic
from shop.connectors.contract import Connector
from shop.connectors.registry import connector
from shop.models import (
    Connection,
    CustomerRequest,
    Difference,
    InboundEvent,
    InboundStatus,
    Order,
    Shop,
    SyncRun,
)
from shop.services.connections import generic_of
from shop.services.dead_letters import kept_for
from shop.services.health import Health, health_of

RECENT = 10


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """A connection with its platform and its health."""

    connection: Connection
    platform: Connector
    health: Health


@dataclass(frozen=True, slots=True)
class Replayable:
    """Deliveries of one topic that failed: since when, and until when the oldest body is kept."""

    topic: str
    count: int
    oldest: datetime
    kept_until: datetime


def connections(*, now: datetime) -> list[ConnectionRow]:
    """Return every connection; a shop's own signed webhook is one, used or not."""
    for shop in Shop.objects.exclude(connections__connector=generic.NAME):
        generic_of(shop, now=now)
    return [row_of(one, now=now) for one in Connection.objects.select_related("shop")]


def row_of(connection: Connection, *, now: datetime) -> ConnectionRow:
    """Return one connection as it is listed."""
    return ConnectionRow(
        connection, connector(connection.connector), health_of(connection, now=now)
    )


def rounds(connection: Connection) -> Sequence[SyncRun]:
    """Return the last rounds of asking, the newest first."""
    return list(SyncRun.objects.filter(connection=connection).order_by("-started_at")[:RECENT])


def open_differences(connection: Connection) -> QuerySet[Difference]:
    """Return what the platform said otherwise and nobody has explained, the oldest first."""
    rows = Difference.objects.filter(
        connection=connection, repaired_at__isnull=True, explained_at__isnull=True
    )
    return rows.select_related("event").order_by("found_at", "pk")


def failed_by_topic(connection: Connection) -> list[Replayable]:
    """Return the failed deliveries of a connection by topic, the most first."""
    failed = InboundEvent.objects.filter(connection=connection, status=InboundStatus.FAILED)
    counted = failed.values_list("topic").annotate(
        count=Count("pk"), oldest=Min("status_changed_at")
    )
    return [
        Replayable(topic, count, oldest, oldest + kept_for())
        for topic, count, oldest in counted.order_by("-count", "topic")
    ]


def open_requests(connection: Connection) -> QuerySet[CustomerRequest]:
    """Return what customers asked and nobody answered, and the last that were answered."""
    rows = CustomerRequest.objects.filter(connection=connection)
    return rows.order_by("done_at", "due_at")


def newest_order(connection: Connection, *, is_test: bool) -> Order | None:
    """Return the order that came last through a connection."""
    rows = Order.objects.filter(connection=connection, is_test=is_test)
    return rows.order_by("-received_at").first()
