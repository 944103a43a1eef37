"""Runs simulations over the rows that were filled in, and times each."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from affiliates.models import Group
from benchmarks.simulation.rows import BEGINS, RULES, fill
from benchmarks.upkeep import vacuum
from core.models import User
from payouts.models import Simulation
from payouts.services import simulation_runs

TICKS = os.sysconf("SC_CLK_TCK")
CONTENT: dict[str, Any] = {
    "basis": "reference",
    "rate_bps": 1_800,
    "window_days": 30,
    "hold_days": 30,
    "minimum_payout_minor": 2_000,
    "currency": "EUR",
    "payment_days": [10],
    "rules": {
        **RULES,
        "tiers": {
            "metric": "margin",
            "every": "quarter",
            "steps": [{"at": 50_000, "rate_bps": 2_200}, {"at": 500_000, "rate_bps": 2_600}],
        },
    },
}
POLICY = {"number": 0, "name": "Bench", "rules": {"code": "always"}}


def measure(orders: int) -> dict[str, dict[str, float]]:
    """Fill the database, then run draft terms alone, and draft terms under another policy."""
    started = time.monotonic()
    group = fill(orders)
    vacuum()
    filled = {"wall_s": time.monotonic() - started}
    author = User.objects.create_user("bench@example.com", name="Bench")
    return {
        "filling": filled,
        "draft terms": _run(_asked(author, group, None), orders),
        "draft terms and policy": _run(_asked(author, group, POLICY), orders),
    }


def _asked(author: User, group: Group, policy: dict[str, Any] | None) -> Simulation:
    now = timezone.now()
    draft = {"draft": 0, "name": "Bench", "group": group.pk, "affiliate": None, "holder": "Bench"}
    return Simulation.objects.create(
        name="Bench",
        terms=[{**draft, "content": CONTENT}],
        policy=policy,
        period_from=BEGINS.date(),
        period_to=BEGINS.date() + timedelta(days=366),
        author=author,
        created_at=now,
        status_changed_at=now,
    )


def _run(simulation: Simulation, orders: int) -> dict[str, float]:
    wall, own, server = time.monotonic(), time.process_time(), _server_seconds()
    simulation_runs.run_next(clock=timezone.now)
    wall, own = time.monotonic() - wall, time.process_time() - own
    server = _server_seconds() - server
    simulation.refresh_from_db()
    if not simulation.is_done or simulation.done != orders:
        raise RuntimeError(f"{simulation.done} orders were run: {simulation.problem}")
    return {
        "wall_s": wall,
        "processor_s": own + server,
        "of_which_postgresql_s": server,
        "for_100000_orders_processor_s": (own + server) * 100_000 / orders,
    }


def _server_seconds() -> float:
    """Return the processor time of this connection's database process so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
