"""The proof itself: workers are killed, Stripe misbehaves, and Stripe's own count decides."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from core.models import User
from fraud.evaluation.scratch import scratch_database
from payouts.models import Batch, BatchStatus, Item
from payouts.proof import world, yesterday
from payouts.proof.double import Double, running_double
from payouts.proof.sums import sums_of
from payouts.proof.workers import Crew, Peril
from payouts.services import batches, checks

KEY = "sk_test_proof"
A_DAY = 25 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large the proof is, and how much goes wrong in it."""

    items: int
    kills: int
    workers: int
    hands: int
    seed: int
    limit_seconds: int
    is_sabotaged: bool
    is_restored: bool


def prove(plan: Plan, *, address: str = "") -> dict[str, Any]:
    """Pay ``plan.items`` payees through the double while workers die; return what was found.

    Everything happens in a database that is made for it and dropped.

    :raises NoDouble, NoScratchDatabase: when there is nothing to prove it with.
    """
    with running_double(address) as double, _settings(double), scratch_database():
        double.ctl("reset")
        double.ctl("fund", amount=plan.items * world.MOST * 2)
        peril = Peril.of(kills=plan.kills, items=plan.items, is_sabotaged=plan.is_sabotaged)
        crew, now = world.people(), peril.now()
        world.owe(double, items=plan.items, crew=crew, seed=plan.seed, now=now)
        if not plan.is_restored:
            return _pay(double, plan, peril, crew, now)
        with yesterday.kept() as bring_back:
            first = _pay(double, plan, peril, crew, now)
            bring_back()
            _a_day_later(double, peril)
            return {**_pay(double, plan, peril, crew, now), "before_the_restore": first}


def _pay(
    double: Double, plan: Plan, peril: Peril, crew: list[User], now: datetime
) -> dict[str, Any]:
    """Make a batch of all that is owed as of ``now``, carry it out, and say what was found."""
    began = time.monotonic()
    batch = world.begun_batch(crew, now=now)
    assembled = round(time.monotonic() - began, 1)
    _misbehave(double, plan)
    workers = Crew(batch.pk, workers=plan.workers, hands=plan.hands, peril=peril)
    course = _run(batch, workers, double, plan, peril, crew)
    return _found(batch, double, peril, workers, {"seconds_to_assemble": assembled, **course})


def _a_day_later(double: Double, peril: Peril) -> None:
    """Let a day go by for everybody: Stripe forgets its keys."""
    double.ctl("clock", advance=A_DAY)
    peril.ahead_seconds.value += A_DAY


@contextmanager
def _settings(double: Double) -> Iterator[None]:
    """Lead everything of this process, and of those that it forks, to the double."""
    wanted = {
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_API_BASE": double.address,
        "STRIPE_MODE": "test",
        "PAYOUTS_NEED_MANDATE": False,
    }
    before = {name: getattr(settings, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)


def _misbehave(double: Double, plan: Plan) -> None:
    """Lose answers, refuse for speed, and store 500s, all over the run."""
    if not plan.kills:
        return
    chance = random.Random(plan.seed)  # noqa: S311 no secret
    for number in range(plan.items // 50):
        skip = chance.randrange(plan.items)
        fault = (
            {"when": "after", "do": "drop"},
            {"when": "before", "status": 429},
            {"when": "after", "status": 500, "store": True},
        )[number % 3]
        double.ctl("faults", path="^/v1/transfers$", skip=skip, **fault)


def _run(
    batch: Batch, workers: Crew, double: Double, plan: Plan, peril: Peril, crew: list[User]
) -> dict[str, Any]:
    """Kill and replace workers until nothing waits; do what people would have to do."""
    chance = random.Random(plan.seed)  # noqa: S311 no secret
    began, decided, resumed, memory, is_late = time.monotonic(), 0, 0, [], not plan.kills
    while time.monotonic() - began < plan.limit_seconds:
        status = Batch.objects.values_list("status", flat=True).get(pk=batch.pk)
        if status in Batch.DONE:
            break
        if status == BatchStatus.PAUSED:
            batches.resume(batch_id=batch.pk, actor_id=crew[1].pk, reason="Proof", now=peril.now())
            resumed += 1
        if not is_late and batch.items.filter(status__in=Item.PAID).count() * 2 > plan.items:
            workers.stop()
            _a_day_later(double, peril)
            is_late = True
        decided += world.decide_unknown(batch, crew, reason="Proof", now=peril.now())
        workers.replace_dead()
        memory.append(workers.memory_kib())
        time.sleep(chance.uniform(0.02, 0.3))
        if workers.killed < plan.kills - plan.kills // 2:
            workers.kill_one()
    seconds = time.monotonic() - began
    workers.stop()
    return {
        "seconds": round(seconds, 1),
        "resumed": resumed,
        "decided_by_two_people": decided,
        "was_a_day_late": is_late and bool(plan.kills),
        "worker_mib": _mib(memory),
        "assembler_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _mib(samples: list[int]) -> dict[str, int]:
    """Return what the largest worker held early, late and at most; ``samples`` are in KiB."""
    tenth = len(samples) // 10 + 1
    parts = {"early": samples[tenth : 2 * tenth], "late": samples[-tenth:], "peak": samples}
    return {name: max(part, default=0) // 1024 for name, part in parts.items()}


def _found(
    batch: Batch,
    double: Double,
    peril: Peril,
    workers: Crew,
    course: dict[str, Any],
) -> dict[str, Any]:
    sums = sums_of(double, batch.items.all())
    statuses = list(batch.items.values_list("status", flat=True))
    differences = [str(one) for one in checks.check()]
    found = {
        "items": len(statuses),
        "batch": Batch.objects.get(pk=batch.pk).status,
        "statuses": {status: statuses.count(status) for status in sorted(set(statuses))},
        "killed": {
            "before_the_call": peril.before.value,
            "after_the_call": peril.after.value,
            "anywhere": workers.killed,
        },
        **course,
        "per_second": round(len(statuses) / max(course["seconds"], 1), 1),
        "duplicates": len(sums.duplicates),
        "paid_twice_minor": sum(
            one["net"] - one["net"] // one["count"] for one in sums.duplicates.values()
        ),
        "stripe_net_minor": sums.stripe_net_minor,
        "sent_minor": sum(sums.ours.values()),
        "ledger_minor": sums.ledger_minor,
        "lost": len(sums.ours.keys() ^ sums.theirs.keys()),
        "differences": differences,
    }
    found["ok"] = (
        found["batch"] in Batch.DONE
        and not found["duplicates"]
        and not found["lost"]
        and found["stripe_net_minor"] == found["sent_minor"] == found["ledger_minor"]
        and not differences
    )
    return found
