"""The questions, each asked often enough for its percentiles."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import md5
from multiprocessing import get_context
from uuid import UUID

import django
from django.utils import timezone

django.setup()  # The processes that attribute begin here. Before anything that has models.

from affiliates.models import Affiliate  # noqa: E402
from benchmarks.clicks.rows import CLICKS_PER_VISITOR, DAYS, begin  # noqa: E402
from benchmarks.upkeep import vacuum  # noqa: E402
from config.celery import keep_what_stays  # noqa: E402
from shop.models import Order, Shop  # noqa: E402
from tracking.domain.references import to_text  # noqa: E402
from tracking.models import Attribution, Outcome  # noqa: E402
from tracking.queries import click_days, clicks_of_visitors, link_stats, visits  # noqa: E402
from tracking.services.attributions import attribute_order, catch_up  # noqa: E402

LOOK_BACK = timedelta(days=30)
SINGLY = 1_500
CORES = 2
BATCH = 1_000


def ask(clicks: int, orders: int) -> dict[str, float]:
    """Return the milliseconds of every question and the orders attributed per second."""
    chance = random.Random(1)
    affiliates = list(Affiliate.objects.values_list("pk", flat=True))
    now = timezone.localtime()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ninety_days = today - timedelta(days=90)

    def look_up() -> None:
        until = begin() + timedelta(days=chance.uniform(30, DAYS))
        clicks_of_visitors([_visitor(clicks, chance)], until - LOOK_BACK, until)

    return {
        **_timed("lookup", look_up, 5_000),
        **_timed(
            "affiliate_report",
            lambda: click_days(chance.choice(affiliates), ninety_days, today),
            500,
        ),
        **_timed(
            "links_report",
            lambda: link_stats(chance.choice(affiliates), since=ninety_days),
            500,
        ),
        **_timed("all_affiliates_report", lambda: visits(ninety_days.date(), today.date()), 20),
        **_attributed(clicks, orders, chance),
    }


def _timed(name: str, question: Callable[[], object], times: int) -> dict[str, float]:
    for _warm_up in range(max(times // 20, 2)):
        question()
    took = []
    for _turn in range(times):
        started = time.perf_counter()
        question()
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    sys.stderr.write(f"{name}: p50 {took[times // 2]:.2f} ms\n")
    return {f"{name}_p50_ms": took[times // 2], f"{name}_p99_ms": took[int(times * 0.99)]}


def _attributed(clicks: int, orders: int, chance: random.Random) -> dict[str, float]:
    shop = Shop.objects.get(code="bench")
    now = timezone.now()
    # Orders come in the order of time, as a shop sends them.
    placed = sorted(begin() + timedelta(days=chance.uniform(30, DAYS - 1)) for _ in range(orders))
    Order.objects.bulk_create(
        [
            Order(
                shop=shop,
                external_id=f"B{one}",
                number=f"B{one}",
                placed_at=placed_at,
                received_at=now,
                source_updated_at=now,
                currency="EUR",
                click_tokens=[to_text(_visitor(clicks, chance))],
            )
            for one, placed_at in enumerate(placed)
        ],
        batch_size=2_000,
    )
    vacuum("shop_order")  # Not the attributions: vacuumed empty, they are planned for as empty.
    # Processes of their own: a forked one would share the parent's connection.
    with get_context("spawn").Pool(CORES, initializer=keep_what_stays) as pool:
        rates = pool.map(_singly, [(core, now) for core in range(CORES)])
        alone_singly = pool.apply(_singly, [(0, now)])
        batches = pool.map(_in_batches, [(orders // 2 // CORES, now)] * CORES)
        alone = pool.apply(_in_batches, [(orders // 5, now)])
    won = Attribution.objects.filter(outcome=Outcome.ATTRIBUTED).count()
    return {
        "orders_per_second_singly": sum(rates),
        "orders_per_second_singly_one_process": alone_singly,
        "orders_per_second_in_batches": sum(batches),
        "orders_per_second_in_batches_one_process": alone,
        "orders_attributed_to_somebody": won,
    }


def _singly(asked: tuple[int, datetime]) -> float:
    """Attribute orders one by one that no other process takes; return how many a second."""
    part, now = asked
    chosen = iter(
        Order.objects.filter(attribution=None)
        .order_by("-pk")
        .values_list("pk", flat=True)[part * SINGLY : (part + 1) * SINGLY]
    )
    return _rate(lambda: attribute_order(order_id=next(chosen), now=now), SINGLY)


def _in_batches(asked: tuple[int, datetime]) -> float:
    """Attribute that many orders by the pull that the workers share; return how many a second."""
    orders, now = asked
    batches = catch_up(now=now, limit=BATCH)
    return _rate(lambda: next(batches), orders)


def _rate(step: Callable[[], int], wanted: int) -> float:
    done, started = 0, time.perf_counter()
    while done < wanted:
        done += step()
    return done / (time.perf_counter() - started)


def _visitor(clicks: int, chance: random.Random) -> UUID:
    number = int(chance.random() * clicks / CLICKS_PER_VISITOR)
    return UUID(md5(f"v{number}".encode(), usedforsecurity=False).hexdigest())
