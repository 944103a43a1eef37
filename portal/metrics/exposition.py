"""All metrics in Prometheus' text format. A probe that fails says so and stops no other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import redis
from django.db import DatabaseError, connection, transaction
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from portal.metrics import database, landings, money, work

Probe = Callable[[datetime], Iterable[Metric]]
#: These ask no database, and answer while it is down.
OF_THIS_MACHINE: dict[str, Probe] = {
    "processes": landings.processes,
    "requests": work.requests,
    "tasks": work.tasks,
    "queues": work.queues,
    "disk": landings.disk,
    "backups": database.backups,
}
OF_THE_DATABASE: dict[str, Probe] = {
    "spool": landings.spool,
    "hosts": landings.hosts,
    "pulls": work.pulls,
    "mails": work.mails,
    "webhooks": work.webhooks,
    "shops": work.shops,
    "holds": money.holds,
    "payouts": money.payouts,
    "ledger": money.ledger,
    "database": database.server,
}
#: A probe that takes longer is given up: the next scrape comes soon.
SET_TIMEOUT = "SET LOCAL statement_timeout = '5s'"
log = logging.getLogger(__name__)


class Facts(Collector):
    """What is true at ``now``."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        """Yield every metric, and for each probe whether it answered and how long it took."""
        up = GaugeMetricFamily("apport_probe_up", "1: the probe answered.", labels=["probe"])
        took = GaugeMetricFamily("apport_probe_seconds", "How long it took.", labels=["probe"])
        for name, probe in (OF_THIS_MACHINE | OF_THE_DATABASE).items():
            began = time.perf_counter()
            found = self._ask(name, probe)
            up.add_metric([name], int(found is not None))
            took.add_metric([name], time.perf_counter() - began)
            yield from found or ()
        yield from (up, took)

    def _ask(self, name: str, probe: Probe) -> list[Metric] | None:
        """Return what a probe found, or None when it does not answer."""
        try:
            if name in OF_THIS_MACHINE:
                return list(probe(self.now))
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(SET_TIMEOUT)
                return list(probe(self.now))
        except (DatabaseError, redis.RedisError, OSError, ValueError) as error:
            log.warning("The probe %s does not answer: %s", name, type(error).__name__)
            return None


def exposition(now: datetime) -> bytes:
    """Return every metric as text."""
    registry = CollectorRegistry()
    registry.register(Facts(now))
    return generate_latest(registry)
