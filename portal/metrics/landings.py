"""Landings: how fast, how many lost, how far the spool is behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from core.counters import BOUNDS_NS, totals
from tracking.models import SpoolFile, SpoolHost, SpoolReject
from tracking.redirect.counting import ANSWERS, KIND, LANDING, LOST, TOLD
from tracking.spool import SUFFIX

NS = 1_000_000_000


def processes(_now: datetime) -> Iterator[Metric]:
    """Yield what the redirect processes of this machine counted."""
    counted = totals(settings.COUNTERS_DIR, KIND)
    latency = HistogramMetricFamily(
        "apport_landing_seconds",
        "From the request for /c/ to its answer, the wait for the disk included.",
    )
    add_histogram(latency, [], counted, LANDING)
    yield latency
    answers = CounterMetricFamily(
        "apport_landings", "Landings by how they were answered.", labels=["answer"]
    )
    for name in ANSWERS:
        answers.add_metric([name], counted.get(name, 0))
    yield answers
    yield CounterMetricFamily(
        "apport_landing_lines_lost",
        "Lines of landings and journeys that no disk took; their visitors were sent on.",
        counted.get(LOST, 0),
    )
    told = CounterMetricFamily("apport_journey_calls", "Calls of /j by result.", labels=["result"])
    for name in TOLD:
        told.add_metric([name.removeprefix("told.")], counted.get(name, 0))
    yield told


def add_histogram(
    family: HistogramMetricFamily, labels: list[str], counted: dict[str, int], prefix: str
) -> None:
    """Add the durations that were counted behind ``prefix``."""
    so_far, buckets = 0, []
    for bound in BOUNDS_NS:
        so_far += counted.get(f"{prefix}.le_{bound}", 0)
        buckets.append((str(bound / NS), so_far))
    buckets.append(("+Inf", so_far + counted.get(f"{prefix}.le_inf", 0)))
    family.add_metric(labels, buckets, counted.get(f"{prefix}.ns", 0) / NS)


def spool(now: datetime) -> Iterator[Metric]:
    """Yield what waits in this machine's spool, and the room on its disk."""
    waiting, files, oldest = _waiting(settings.SPOOL_DIR)
    yield GaugeMetricFamily(
        "apport_spool_waiting_bytes", "In this machine's spool, not shipped yet.", waiting
    )
    yield GaugeMetricFamily("apport_spool_files", "Files of this machine's spool.", files)
    yield GaugeMetricFamily(
        "apport_spool_oldest_seconds",
        "Age of the last line of the file that waits longest; 0: nothing waits.",
        max(now.timestamp() - oldest, 0) if oldest else 0,
    )


def disk(_now: datetime) -> Iterator[Metric]:
    """Yield the room on the spool's disk, once there is a spool."""
    if settings.SPOOL_DIR.is_dir():
        usage = shutil.disk_usage(settings.SPOOL_DIR)
        yield GaugeMetricFamily("apport_spool_disk_free_bytes", "On the spool's disk.", usage.free)
        yield GaugeMetricFamily("apport_spool_disk_bytes", "Size of the spool's disk.", usage.total)


def _waiting(directory: Path) -> tuple[int, int, float]:
    """Return bytes and files that wait, and when the one that waits longest was last written."""
    sizes: dict[str, tuple[int, float]] = {}
    for path in directory.glob(f"*{SUFFIX}"):
        try:
            status = path.stat()
        except FileNotFoundError:  # It was shipped this moment.
            continue
        sizes[path.name] = (status.st_size, status.st_mtime)
    shipped = dict(SpoolFile.objects.filter(name__in=sizes).values_list("name", "shipped_bytes"))
    left = {name: size - shipped.get(name, 0) for name, (size, _at) in sizes.items()}
    behind = [sizes[name][1] for name, rest in left.items() if rest > 0]
    return sum(left.values()), len(sizes), min(behind, default=0.0)


def hosts(now: datetime) -> Iterator[Metric]:
    """Yield how far each machine's shipper is, and what waits for it."""
    behind = GaugeMetricFamily(
        "apport_shipper_behind_seconds", "Landings older than this are known.", labels=["host"]
    )
    silent = GaugeMetricFamily(
        "apport_shipper_silent_seconds", "Since the shipper's last sign of life.", labels=["host"]
    )
    lost = CounterMetricFamily(
        "apport_spool_records_lost", "Records that no disk took, as shipped.", labels=["host"]
    )
    for row in SpoolHost.objects.order_by("name"):
        behind.add_metric([row.name], (now - row.watermark).total_seconds())
        silent.add_metric([row.name], (now - row.beat_at).total_seconds())
        lost.add_metric([row.name], row.lost)
    yield from (behind, silent, lost)
    yield GaugeMetricFamily(
        "apport_spool_rejects", "Lines that nobody could read.", SpoolReject.objects.count()
    )
    yield GaugeMetricFamily(
        "apport_spool_problem_files",
        "Spool files that vanished, shrank or cannot be opened.",
        SpoolFile.objects.exclude(problem="").filter(finished_at__isnull=True).count(),
    )
