"""The generator, a process of its own: visitors and shop at once, all by one event loop.

``python -m benchmarks.month.load`` reads what to do as JSON and prints what it found as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from math import inf
from typing import Any

import uvloop

from benchmarks.month.client import Clock, InStep, Lane, Pace
from benchmarks.month.plan import Month
from benchmarks.month.shop import Shop
from benchmarks.month.visitors import Visitors

VISITORS_AT_ONCE, SHOP_AT_ONCE = 64, 4
SAY_EVERY = 10.0
RETURNS_PER_SECOND = 200


async def replay(told: dict[str, Any]) -> dict[str, Any]:
    """Let the month happen; return how it was answered and what was acknowledged."""
    month = Month(**told["month"])
    clock, visitors = Clock(), Visitors(month)
    shop = Shop(month, told["secret"], f"localhost:{told['web']}", visitors.buyer)
    visits = Pace(month.visits, month.seconds)
    sales = InStep(month.orders, visits)
    began = time.monotonic()
    saying = asyncio.ensure_future(_say(visits, clock, began))
    await asyncio.gather(
        *(_lane(told["redirect"], visits, clock, visitors.visit) for _ in range(VISITORS_AT_ONCE)),
        *(_lane(told["web"], sales, clock, shop.sale) for _ in range(SHOP_AT_ONCE)),
    )
    seconds = time.monotonic() - began
    saying.cancel()
    left = len(shop.going_back)
    late_returns = Pace(left, left / RETURNS_PER_SECOND)
    late_returns.ends = inf  # However long it takes: they are of the orders that were replayed.
    await _lane(told["web"], late_returns, clock, shop.comes_back)
    return {
        "seconds": round(seconds, 1),
        "late_seconds": round(visits.late, 1),
        "replayed": round(visits.taken / month.visits, 4),
        "visits": visits.taken,
        "paths": clock.figures(seconds),
        "refused": dict(clock.refused),
        "acknowledged": {
            "clicks": visitors.clicks, "counts": visitors.counts, "events": visitors.events,
            "orders": shop.orders, "returns": shop.returns,
        },
        "generator_cpu_seconds": round(time.process_time(), 1),
    }  # fmt: skip


async def _lane(port: int, pace: Pace, clock: Clock, scripts: Any) -> None:
    """Ask by one connection, and by another one after it broke, until the pace is over."""
    loop = asyncio.get_running_loop()
    while not pace.is_over:
        _transport, lane = await loop.create_connection(
            lambda: Lane(pace, clock, scripts), "127.0.0.1", port
        )
        await lane.done


async def _say(visits: Pace, clock: Clock, began: float) -> None:
    while True:
        await asyncio.sleep(SAY_EVERY)
        asked = sum(map(len, clock.took.values()))
        passed = time.monotonic() - began
        sys.stderr.write(
            f"{passed:6.0f} s  {visits.taken / visits.total:6.1%} of the visits,"
            f" {asked / passed:,.0f} requests a second, {visits.late:.1f} s late at most,"
            f" {clock.refused.total()} refused\n"
        )


if __name__ == "__main__":
    gc.disable()  # It keeps numbers and short texts, and nothing that goes in circles.
    sys.stdout.write(json.dumps(uvloop.run(replay(json.load(sys.stdin)))))
