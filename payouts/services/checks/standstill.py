"""Facts that nobody pulled although a day went by: money that would be missed by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from fraud.models import Screening
from payouts.models import Adjustment
from payouts.services import claim_returns
from payouts.services.checks.difference import Difference
from shop.models import Order, ReturnLine
from tracking.models import Credit

PATIENCE = timedelta(days=1)


def differences(now: datetime) -> Iterator[Difference]:
    """Yield, for each kind of fact, how many have waited longer than a day, and since which."""
    before = now - PATIENCE
    waiting: tuple[tuple[str, QuerySet[Any]], ...] = (
        (
            "orders without attribution",
            Order.objects.filter(
                attribution__isnull=True, received_at__lt=before, placed_at__lt=before
            ),
        ),
        (
            "credits without screening",
            Credit.objects.filter(screening__isnull=True, created_at__lt=before),
        ),
        (
            "screenings without commission",
            Screening.objects.filter(credit__commission__isnull=True, screened_at__lt=before),
        ),
        ("returned lines without adjustment", _returns(before)),
        (
            "returned goods of granted claims",
            claim_returns.waiting().filter(shop_return__received_at__lt=before),
        ),
    )
    for name, rows in waiting:
        found = rows.aggregate(count=Count("pk"), first=Min("pk"))
        if found["count"]:
            yield Difference(check="left behind", subject=name, expected="none older than a day",
                             found=f"{found['count']}, the first is {found['first']}")  # fmt: skip


def _returns(before: datetime) -> QuerySet[ReturnLine]:
    handled = Adjustment.objects.filter(
        return_line=OuterRef("pk"), commission=OuterRef("line__commission_lines__commission")
    )
    return ReturnLine.objects.filter(
        ~Exists(handled),
        line__commission_lines__commission__accrued_at__lt=before,
        shop_return__received_at__lt=before,
    )
