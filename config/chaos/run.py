"""The run itself: load, harm, quiet, and the question what is true."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from signal import SIGKILL
from typing import Any

from config.chaos.buyers import Buyers
from config.chaos.harm import Harm
from config.chaos.machine import PATIENCE, POSTGRES, PROGRAMS, VALKEY, Machine, free_port
from config.chaos.visitors import Visitors
from config.processes import spawn
from core.errors import DomainError
from payouts.proof.double import Double, running_double

STRIPE_KEY = "sk_test_chaos"
CODE = "chaos"
VISITORS_AT_ONCE = 4
VISIT_PAUSE_SECONDS = 0.02
BREATHER_SECONDS = (0.5, 4.0)
#: Beat ticks each minute: a fact passes four stages.
DRAINS_WITHIN_SECONDS = 900


class Failed(DomainError):
    """The machine did not come up, or did not come to rest."""

    code = "chaos_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long, how much, and the seed with which it can be had again."""

    minutes: float
    orders_per_second: float
    payees: int
    seed: int
    say: Callable[[str], object]


def run(plan: Plan) -> dict[str, Any]:
    """Run everything on a machine of its own, harm it, and return what was found.

    :raises Failed: when it does not come up, or its backlog does not drain.
    :raises NoDouble: outside a checkout.
    """
    with ExitStack() as stack:
        double = stack.enter_context(running_double(""))
        machine = stack.enter_context(_machine(double))
        secret = _prepare(machine, double, plan)
        finance = _finance(machine)
        load = Load(machine, secret, plan)
        harm = Harm(machine, double, random.Random(plan.seed))  # noqa: S311 no secret
        plan.say(f"Seed {plan.seed}. Everything runs.")
        seconds = _wreak_havoc(harm, plan)
        harm.revive()
        load.stop()
        finance.kill()
        finance.wait()
        plan.say("Everybody stopped. Waiting until nothing waits.")
        drained = _drain(machine, harm)
        told = {**load.told(), "double": double.address}
        found = machine.run(sys.executable, "-m", "config.chaos.verdict", said=json.dumps(told))
        return {
            "seed": plan.seed,
            "harmed_seconds": round(seconds),
            "drained_seconds": round(drained),
            "harm": dict(sorted(harm.done.items())),
            "clock_was_set_wrong": harm.skews,
            **load.figures(),
            "spool": machine.manage("fsck_clicks").strip(),
            **json.loads(found),
        }


class Load:
    """Who visits and buys."""

    def __init__(self, machine: Machine, secret: str, plan: Plan) -> None:
        self.visitors = [
            Visitors(machine.ports["redirect"], plan.seed + number, code=CODE, pages=True,
                     pause=VISIT_PAUSE_SECONDS)
            for number in range(VISITORS_AT_ONCE)
        ]  # fmt: skip
        self.buyers = Buyers(
            machine.ports["web"], secret, self.visitors, per_second=plan.orders_per_second,
            seed=plan.seed,
        )  # fmt: skip
        self._threads: list[Visitors | Buyers] = [*self.visitors, self.buyers]
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        """Let everybody end what they began."""
        for one in self._threads:
            one.stopped.set()
        for one in self._threads:
            one.join()

    def told(self) -> dict[str, Any]:
        """Return what was acknowledged."""
        return {
            "tokens": [token for one in self.visitors for token in one.tokens],
            "told": [token for one in self.visitors for token in one.told],
            "orders": sorted(self.buyers.orders),
            "returns": sorted(self.buyers.returns),
        }

    def figures(self) -> dict[str, int]:
        """Return how much there was."""
        unanswered = sum((one.unanswered for one in self.visitors), Counter[bool]())
        return {
            "visits_without_consent": sum(one.counted for one in self.visitors),
            "visits_without_a_place_to_keep_them": sum(one.refused for one in self.visitors),
            "visits_unanswered": unanswered.total(),
            "deliveries_tried": self.buyers.tries,
        }


@contextmanager
def _machine(double: Double) -> Iterator[Machine]:
    more = {
        "STRIPE_SECRET_KEY": STRIPE_KEY,
        "STRIPE_API_BASE": double.address,
        "STRIPE_MODE": "test",
        "PAYOUTS_NEED_MANDATE": "0",
    }
    machine = Machine(edge=free_port(), web=free_port(), more=more)
    try:
        yield machine
    finally:
        machine.close()


def _prepare(machine: Machine, double: Double, plan: Plan) -> str:
    for name in (POSTGRES, VALKEY):
        machine.start(name)
    plan.say("Making the tables.")
    machine.manage("migrate", "--verbosity=0")
    secret = machine.run(
        sys.executable, "-m", "config.chaos.world", f"--double={double.address}",
        f"--payees={plan.payees}", f"--seed={plan.seed}",
    )  # fmt: skip
    for name in PROGRAMS:
        machine.start(name)
    deadline = time.monotonic() + PATIENCE
    while not all(_listens(port) for port in machine.ports.values()):
        if time.monotonic() > deadline:
            raise Failed("Web and redirect do not answer.")
        time.sleep(0.2)
    return secret


def _finance(machine: Machine, *options: str) -> subprocess.Popen[bytes]:
    return spawn(
        [sys.executable, "-m", "config.chaos.finance", *options],
        environment=machine.environment, output=machine.log, on_parent_death=SIGKILL,
    )  # fmt: skip


def _wreak_havoc(harm: Harm, plan: Plan) -> float:
    began = time.monotonic()
    while time.monotonic() - began < plan.minutes * 60:
        time.sleep(harm.chance.uniform(*BREATHER_SECONDS))
        harm.revive()
        plan.say(f"{time.monotonic() - began:5.0f} s  {harm.act()}")
    return time.monotonic() - began


def _drain(machine: Machine, harm: Harm) -> float:
    """Wait until nothing waits; nobody helps but finance, who decides what is theirs to decide."""
    finance = _finance(machine, "--finish")
    began = time.monotonic()
    try:
        while True:
            harm.revive()
            waiting = json.loads(
                machine.run(sys.executable, "-m", "config.chaos.verdict", "--waiting")
            )
            if not any(waiting.values()) and finance.poll() is not None:
                return time.monotonic() - began
            if time.monotonic() - began > DRAINS_WITHIN_SECONDS:
                raise Failed(f"Still waiting after {DRAINS_WITHIN_SECONDS} s: {waiting}")
            time.sleep(2)
    finally:
        finance.kill()
        finance.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
