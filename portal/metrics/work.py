"""Work that waits: queues of the broker, facts that the pulls have not taken, mails, webhooks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db.models import Count, Min, QuerySet
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from affiliates.models import (
    DisabledBecause,
    Endpoint,
    EndpointStatus,
    EventDelivery,
    EventDeliveryStatus,
)
from core.counters import totals
from core.models import Delivery, DeliveryStatus
from fraud.models import Screening
from portal.metrics.landings import add_histogram
from portal.requests import AREAS, OTHER, RESULTS
from portal.requests import KIND as REQUESTS
from shop.models import Connection, InboundEvent, InboundStatus, Order
from shop.services.health import last_delivery
from tracking.models import Credit

QUEUES = ("celery", "outside")
#: Celery's own name for what workers took and have not finished.
UNFINISHED = "unacked"
SENT_AT = "apport_sent_at"
TASKS = "tasks"
BROKER_SECONDS = 5
#: Older facts than these are the ledger check's: looking at all of them takes too long here.
LOOKED_AT = timedelta(days=7)


def requests(_now: datetime) -> Iterator[Metric]:
    """Yield what this machine's web processes counted."""
    counted = totals(settings.COUNTERS_DIR, REQUESTS)
    latency = HistogramMetricFamily(
        "apport_request_seconds", "Time of Django's answers by area.", labels=["area"]
    )
    answers = CounterMetricFamily(
        "apport_requests", "Django's answers: answered, refused (4xx), failed (5xx).",
        labels=["area", "result"],
    )  # fmt: skip
    for area in (*AREAS.values(), OTHER):
        add_histogram(latency, [area], counted, area)
        for result in RESULTS:
            answers.add_metric([area, result], counted.get(f"{area}.{result}", 0))
    yield from (latency, answers)


def tasks(_now: datetime) -> Iterator[Metric]:
    """Yield what this machine's workers counted."""
    runs = CounterMetricFamily("apport_task_runs", "Runs of tasks.", labels=["task", "result"])
    seconds = CounterMetricFamily("apport_task_seconds", "Time spent in tasks.", labels=["task"])
    for name, number in sorted(totals(settings.COUNTERS_DIR, TASKS).items()):
        task, _dot, what = name.rpartition(".")
        if what == "ns":
            seconds.add_metric([task], number / 1_000_000_000)
        else:
            runs.add_metric([task, what], number)
    yield from (runs, seconds)


def queues(_now: datetime) -> Iterator[Metric]:
    """Yield how much waits in the broker, and since when.

    :raises redis.RedisError: when the broker does not answer.
    """
    length = GaugeMetricFamily("apport_queue_messages", "Tasks that wait.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "apport_queue_oldest_seconds", "Age of the one that waits longest.", labels=["queue"]
    )
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=BROKER_SECONDS)
    try:
        for name in QUEUES:
            length.add_metric([name], client.llen(name))
            last: Any = client.lindex(name, -1)
            oldest.add_metric([name], _age(last) if last else 0)
        unfinished: Any = client.hlen(UNFINISHED)
    finally:
        client.close()
    yield from (length, oldest)
    yield GaugeMetricFamily(
        "apport_queue_unfinished", "Tasks that workers took and have not finished.", unfinished
    )


def _age(message: bytes) -> float:
    """Return the age in seconds of a task as it lies in the broker; 0 when it does not say."""
    sent_at = json.loads(message).get("headers", {}).get(SENT_AT)
    return max(time.time() - float(sent_at), 0.0) if sent_at else 0.0


def pulls(now: datetime) -> Iterator[Metric]:
    """Yield the facts of the last week that the next stage has not taken yet."""
    since = now - LOOKED_AT
    waiting = GaugeMetricFamily(
        "apport_pull_waiting", "Facts of 7 days that a stage has not taken.", labels=["stage"]
    )
    oldest = GaugeMetricFamily(
        "apport_pull_oldest_seconds", "Age of the oldest of them.", labels=["stage"]
    )
    stages: tuple[tuple[str, QuerySet[Any], str], ...] = (
        (
            "inbound",
            InboundEvent.objects.filter(status=InboundStatus.NEW, received_at__gte=since),
            "received_at",
        ),
        (
            "attribution",
            Order.objects.filter(attribution__isnull=True, received_at__gte=since),
            "received_at",
        ),
        (
            "screening",
            Credit.objects.filter(screening__isnull=True, created_at__gte=since),
            "created_at",
        ),
        (
            "accrual",
            Screening.objects.filter(credit__commission__isnull=True, screened_at__gte=since),
            "screened_at",
        ),
    )
    for stage, rows, moment in stages:
        count, first = _count_and_first(rows, moment)
        waiting.add_metric([stage], count)
        oldest.add_metric([stage], _since(first, now))
    yield from (waiting, oldest)


def mails(now: datetime) -> Iterator[Metric]:
    """Yield the mails that are due and those that failed."""
    due, first = _count_and_first(Delivery.objects.due(now), "next_attempt_at")
    yield GaugeMetricFamily("apport_mails_due", "Mails that should have left by now.", due)
    yield GaugeMetricFamily(
        "apport_mails_due_oldest_seconds", "Since the oldest of them was due.", _since(first, now)
    )
    failed = Delivery.objects.filter(status=DeliveryStatus.FAILED).count()
    yield GaugeMetricFamily("apport_mails_failed", "Mails that nobody tries again.", failed)


def webhooks(now: datetime) -> Iterator[Metric]:
    """Yield deliveries to other people's endpoints, and the endpoints that fail."""
    deliveries = GaugeMetricFamily(
        "apport_webhook_deliveries",
        "Deliveries of events of the last 30 days by state.",
        labels=["status"],
    )
    counted = dict(EventDelivery.objects.values_list("status").annotate(Count("pk")))
    for status in EventDeliveryStatus.values:
        deliveries.add_metric([status], counted.get(status, 0))
    yield deliveries
    due, first = _count_and_first(EventDelivery.objects.due(now), "next_attempt_at")
    yield GaugeMetricFamily("apport_webhooks_due", "Deliveries that should be sent now.", due)
    yield GaugeMetricFamily(
        "apport_webhooks_due_oldest_seconds", "Since the oldest was due.", _since(first, now)
    )
    standing = Endpoint.objects.standing()
    yield GaugeMetricFamily(
        "apport_webhook_endpoints_failing",
        "Active endpoints whose last delivery failed.",
        standing.filter(status=EndpointStatus.ACTIVE, failures__gt=0).count(),
    )
    yield GaugeMetricFamily(
        "apport_webhook_endpoints_disabled",
        "Endpoints that were switched off because they failed.",
        standing.filter(disabled_because=DisabledBecause.FAILURES).count(),
    )


def shops(now: datetime) -> Iterator[Metric]:
    """Yield when each connection last sent something, and what failed."""
    silent = GaugeMetricFamily(
        "apport_shop_silent_seconds",
        "Since the platform last sent something by itself.",
        labels=["connection"],
    )
    allowed = GaugeMetricFamily(
        "apport_shop_silence_allowed_seconds",
        "For how long its silence is nothing unusual, as set on the connection.",
        labels=["connection"],
    )
    failed = GaugeMetricFamily(
        "apport_inbound_failed", "Deliveries that failed and wait.", labels=["connection"]
    )
    counted = dict(
        InboundEvent.objects.filter(status=InboundStatus.FAILED)
        .values_list("connection__code")
        .annotate(Count("pk"))
    )
    for connection in Connection.objects.order_by("code"):
        failed.add_metric([connection.code], counted.get(connection.code, 0))
        last = last_delivery(connection)
        if connection.is_active and last is not None:
            silent.add_metric([connection.code], (now - last).total_seconds())
            allowed.add_metric([connection.code], connection.silent_hours * 3600)
    yield from (silent, allowed, failed)


def _count_and_first(rows: QuerySet[Any], moment: str) -> tuple[int, datetime | None]:
    found = rows.aggregate(count=Count("pk"), first=Min(moment))
    return found["count"], found["first"]


def _since(first: datetime | None, now: datetime) -> float:
    return max((now - first).total_seconds(), 0.0) if first else 0.0
