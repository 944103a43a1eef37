"""Addresses that are told of events, how they are doing, and the log of what they were sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from affiliates.models import Endpoint, EventDelivery

#: The figures of an address are those of so long.
LATELY = timedelta(days=7)


def endpoints_of(affiliate_id: int | None) -> QuerySet[Endpoint]:
    """Return the addresses of an affiliate, or (None) of the programme, the oldest first."""
    return Endpoint.objects.standing().filter(affiliate=affiliate_id).order_by("created_at", "pk")


def with_activity(rows: QuerySet[Endpoint], *, now: datetime) -> QuerySet[Any]:
    """Annotate ``last_at`` and ``last_status`` of the newest attempt, and ``failed`` lately."""
    log = EventDelivery.objects.filter(endpoint=OuterRef("pk"), last_attempt_at__isnull=False)
    newest = log.order_by("-last_attempt_at", "-pk")
    is_failed = Q(deliveries__status="failed", deliveries__created_at__gte=now - LATELY)
    return rows.annotate(
        last_at=Subquery(newest.values("last_attempt_at")[:1]),
        last_status=Subquery(newest.values("http_status")[:1]),
        failed=Count("deliveries", filter=is_failed),
    ).prefetch_related("subscriptions")


def log_of(endpoint: Endpoint, *, state: str = "", kind: str = "") -> QuerySet[EventDelivery]:
    """Return the deliveries to an address, in one state and of one type of event if these say."""
    rows = EventDelivery.objects.filter(endpoint=endpoint).select_related("event", "endpoint")
    if state:
        rows = rows.filter(status=state)
    if kind:
        rows = rows.filter(event__type=kind)
    return rows.defer("answer")


def figures_of(endpoint: Endpoint, *, now: datetime) -> dict[str, int]:
    """Return how many deliveries of the last seven days were taken and failed, and how many wait.

    Under ``taken``, ``failed`` and ``waiting``.
    """
    rows = EventDelivery.objects.filter(endpoint=endpoint)
    lately = Q(created_at__gte=now - LATELY)
    return rows.aggregate(
        taken=Count("pk", filter=lately & Q(status="taken")),
        failed=Count("pk", filter=lately & Q(status="failed")),
        waiting=Count("pk", filter=Q(status="waiting")),
    )
