"""What is done to the machine: each act ends by itself, so that whatever follows is repair."""

from __future__ import annotations

import random
import time
from collections import Counter
from importlib.util import find_spec

from config.chaos.machine import EVERYTHING, PROGRAMS, REDIRECT, WEB, WORKER, Machine
from payouts.proof.double import Double

KILL, FREEZE, FULL_DISK, SLOW_STRIPE, WRONG_CLOCK = (
    "kill", "freeze", "fill the disk of", "slow down", "set the clock wrong of",
)  # fmt: skip
#: How often each is drawn.
WEIGHTS = {KILL: 6, FREEZE: 4, FULL_DISK: 2, SLOW_STRIPE: 2, WRONG_CLOCK: 2}
MOST_AT_ONCE = 3
FROZEN_SECONDS = (0.5, 6.0)
FULL_SECONDS = (0.5, 4.0)
DOWN_SECONDS = (0.0, 2.0)
SKEWED_SECONDS = (4.0, 15.0)
#: Less than what a signature may be off.
MOST_SKEW_SECONDS = 90
STRIPE = "Stripe"
ENDED = "ended by itself:"
FAULTS = (
    {"do": "delay", "when": "before", "ms": 3_000},
    {"do": "drop", "when": "after"},
    {"do": "status", "when": "before", "status": 429},
    {"do": "status", "when": "after", "status": 500, "store": True},
)


class Harm:
    """Draws one act after the other, and counts them."""

    def __init__(self, machine: Machine, double: Double, chance: random.Random) -> None:
        self.machine = machine
        self.double = double
        self.chance = chance
        self.done: Counter[str] = Counter()
        self.skews = find_spec("time_machine") is not None
        self._acts = {
            KILL: self._kill,
            FREEZE: self._freeze,
            FULL_DISK: self._fill,
            SLOW_STRIPE: self._slow,
            WRONG_CLOCK: self._set_wrong,
        }

    def act(self) -> str:
        """Do one thing, undo it, and return what it was."""
        known = {what: how_often for what, how_often in WEIGHTS.items()
                 if self.skews or what != WRONG_CLOCK}  # fmt: skip
        [what] = self.chance.choices(list(known), list(known.values()))
        victims = self._acts[what]()
        said = f"{what} {', '.join(victims)}"
        for victim in victims:
            self.done[f"{what} {victim}"] += 1
        return said

    def _kill(self) -> list[str]:
        victims = self.chance.sample(EVERYTHING, self.chance.randint(1, MOST_AT_ONCE))
        for name in victims:
            self.machine.kill(name)
        time.sleep(self.chance.uniform(*DOWN_SECONDS))
        for name in self.chance.sample(victims, len(victims)):
            self.machine.start(name)
        return victims

    def _freeze(self) -> list[str]:
        victim = self.chance.choice(EVERYTHING)
        self.machine.freeze(victim, is_frozen=True)
        time.sleep(self.chance.uniform(*FROZEN_SECONDS))
        self.machine.freeze(victim, is_frozen=False)
        return [victim]

    def _fill(self) -> list[str]:
        self.machine.fill_disk(REDIRECT, is_full=True)
        time.sleep(self.chance.uniform(*FULL_SECONDS))
        self.machine.fill_disk(REDIRECT, is_full=False)
        return [REDIRECT]

    def _slow(self) -> list[str]:
        fault = self.chance.choice(FAULTS)
        self.double.ctl("faults", path="^/v1/transfers$", times=self.chance.randint(1, 5), **fault)
        return [STRIPE]

    def _set_wrong(self) -> list[str]:
        """A program whose clock is wrong for a while: as after a machine without a time server."""
        victim = self.chance.choice((REDIRECT, WEB, WORKER))
        seconds = self.chance.choice((-1, 1)) * self.chance.randint(5, MOST_SKEW_SECONDS)
        self.machine.kill(victim)
        self.machine.start(victim, skew_seconds=seconds)
        time.sleep(self.chance.uniform(*SKEWED_SECONDS))
        self.machine.kill(victim)
        self.machine.start(victim)
        return [victim]

    def revive(self) -> None:
        """Start what ended by itself, as a supervisor does; that is counted too."""
        for name in PROGRAMS:
            if self.machine.revive(name):
                self.done[f"{ENDED} {name}"] += 1
