"""Money: what is held, how payouts stand, and whether the books agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min
from prometheus_client.core import GaugeMetricFamily, Metric

from fraud.models import Case, CaseStatus
from payouts.models import (
    Batch,
    BatchStatus,
    Block,
    BlockKind,
    Item,
    ItemStatus,
    LedgerCheck,
    PayoutHold,
    PayoutStop,
)


def holds(now: datetime) -> Iterator[Metric]:
    """Yield what people or rules hold back."""
    cases = Case.objects.filter(status=CaseStatus.OPEN).aggregate(
        count=Count("pk"), first=Min("opened_at")
    )
    yield GaugeMetricFamily("apport_cases_open", "Cases that a person must decide.", cases["count"])
    yield GaugeMetricFamily(
        "apport_cases_oldest_seconds", "Age of the oldest open case; 0: none.",
        (now - cases["first"]).total_seconds() if cases["first"] else 0,
    )  # fmt: skip
    blocks = GaugeMetricFamily(
        "apport_commissions_blocked", "Blocks that are not released.", labels=["kind"]
    )
    counted = dict(
        Block.objects.filter(released_at__isnull=True).values_list("kind").annotate(Count("pk"))
    )
    for kind in BlockKind.values:
        blocks.add_metric([kind], counted.get(kind, 0))
    yield blocks
    yield GaugeMetricFamily(
        "apport_payout_holds", "Payees and payments that people hold back.",
        PayoutHold.objects.at(now).count(),
    )  # fmt: skip


def payouts(now: datetime) -> Iterator[Metric]:
    """Yield batches and payments by state, and those whose fate nobody knows."""
    batches = GaugeMetricFamily("apport_batches", "Batches by state.", labels=["status"])
    counted = dict(Batch.objects.values_list("status").annotate(Count("pk")))
    for status in BatchStatus.values:
        batches.add_metric([status], counted.get(status, 0))
    items = GaugeMetricFamily("apport_payouts", "Payments by state.", labels=["status"])
    stands = {
        row["status"]: row
        for row in Item.objects.values("status").annotate(
            count=Count("pk"), first=Min("status_changed_at")
        )
    }
    for status in ItemStatus.values:
        items.add_metric([status], stands[status]["count"] if status in stands else 0)
    yield from (batches, items)
    doubtful = [
        stands[status]["first"]
        for status in (ItemStatus.SENDING, ItemStatus.UNKNOWN)
        if status in stands
    ]
    yield GaugeMetricFamily(
        "apport_payouts_doubtful_oldest_seconds",
        "Since a payment is being sent, or its fate is unknown; 0: none.",
        max(((now - first).total_seconds() for first in doubtful), default=0),
    )
    yield GaugeMetricFamily(
        "apport_payouts_stopped", "1 while all payouts are stopped.",
        int(PayoutStop.objects.filter(ended_at__isnull=True).exists()),
    )  # fmt: skip


def ledger(now: datetime) -> Iterator[Metric]:
    """Yield when the books were last checked, and what was found."""
    last = LedgerCheck.objects.order_by("-at", "-pk").first()
    yield GaugeMetricFamily(
        "apport_ledger_check_age_seconds", "Since the last check; -1: never.",
        (now - last.at).total_seconds() if last else -1,
    )  # fmt: skip
    yield GaugeMetricFamily(
        "apport_ledger_differences", "Differences that the last check found.",
        len(last.differences) if last else 0,
    )  # fmt: skip
