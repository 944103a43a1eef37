"""A test order on its way: what came since somebody set out to place one, and what did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from core.money import Money
from shop import refused_deliveries
from shop.connectors.contract import Connector
from shop.models import (
    Connection,
    DroppedFile,
    InboundEvent,
    LineKind,
    Order,
    SignedWith,
    SyncKind,
    SyncRun,
)
from shop.services.connections import active_secrets, poller_of

#: So long a test order may be on its way before something is wrong.
PATIENCE = timedelta(minutes=10)
MOST = 10


@dataclass(frozen=True, slots=True)
class Arrived:
    """An order that came, with what its goods come to."""

    order: Order
    lines: int
    goods: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came since ``began_at``, the newest first. ``is_over``: it should have come by now."""

    began_at: datetime
    is_over: bool
    orders: Sequence[Arrived]
    deliveries: Sequence[InboundEvent]
    files: Sequence[DroppedFile]
    rounds: Sequence[SyncRun]

    @property
    def has_arrived(self) -> bool:
        """Whether what a test is to show is there: an order, a file or products."""
        return bool(self.orders or self.files or self.rounds)

    @property
    def is_late(self) -> bool:
        """Whether nothing came in the time that it may take."""
        return self.is_over and not self.has_arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """What keeps deliveries from arriving, as far as it can be seen from here."""

    is_paused: bool
    has_secret: bool
    refused: int
    check_error: str
    dead_topics: Sequence[str]
    can_be_asked: bool


def trial_of(connection: Connection, platform: Connector, *, now: datetime) -> Trial | None:
    """Return the last trial of a connection; None before the first. Four queries."""
    since = connection.tried_at
    if since is None:
        return None
    orders = Order.objects.filter(connection=connection, received_at__gte=since, is_addition=False)
    events = InboundEvent.objects.filter(connection=connection, received_at__gte=since)
    files = DroppedFile.objects.filter(connection=connection, read_at__gte=since)
    rounds = SyncRun.objects.filter(
        connection=connection, kind=SyncKind.CATALOGUE, finished_at__gte=since, error=""
    )
    sent = events.exclude(signed_with=SignedWith.ASKED).defer("body")
    return Trial(
        began_at=since,
        is_over=since + PATIENCE <= now,
        orders=_arrived(orders),
        deliveries=list(sent.order_by("-received_at", "-pk")[:MOST]),
        files=list(files.order_by("-read_at", "-pk")[:MOST]),
        rounds=[] if platform.tells_orders else list(rounds.order_by("-started_at")[:MOST]),
    )


def _arrived(orders: QuerySet[Order]) -> list[Arrived]:
    goods = Q(lines__kind=LineKind.PRODUCT)
    rows = orders.annotate(
        line_count=Count("lines"), goods_minor=Sum("lines__net_minor", filter=goods, default=0)
    )
    return [
        Arrived(row, row.line_count, Money(row.goods_minor, row.currency))
        for row in rows.order_by("-received_at", "-pk")[:MOST]
    ]


def obstacles_of(connection: Connection, *, now: datetime) -> Obstacles:
    """Return what is known to keep deliveries from arriving."""
    return Obstacles(
        is_paused=connection.paused_at is not None,
        has_secret=active_secrets(connection).exists(),
        refused=sum(refused_deliveries.refused_since(connection.shop_id, now=now).values()),
        check_error=connection.check_error,
        dead_topics=connection.dead_topics,
        can_be_asked=poller_of(connection) is not None,
    )
