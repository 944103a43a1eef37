"""Real worker processes that die at random, and the rail that kills them around its calls."""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import close_old_connections, connections

from payouts.gateways import stripe as gateway
from payouts.gateways.rail import Answer, Order
from payouts.models import Batch, BatchStatus
from payouts.services import stripe_runs

LEASE = timedelta(seconds=3)
log = logging.getLogger(__name__)
_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Peril:
    """What all workers share: how many deaths are left, those that were, and how late it is."""

    left: Synchronized[int]
    before: Synchronized[int]
    after: Synchronized[int]
    ahead_seconds: Synchronized[int]
    one_in: int
    is_sabotaged: bool

    @classmethod
    def of(cls, *, kills: int, items: int, is_sabotaged: bool) -> Peril:
        """Return the peril of a run of ``items`` payouts: half of ``kills`` around calls."""
        around = kills // 2
        return cls(
            left=_fork.Value("i", around),
            before=_fork.Value("i", 0),
            after=_fork.Value("i", 0),
            ahead_seconds=_fork.Value("i", 0),
            one_in=max(2, items // max(1, around)),
            is_sabotaged=is_sabotaged,
        )

    def now(self) -> datetime:
        """Return the time, as it is after the day that nobody worked."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead_seconds.value)


class PerilousRail(gateway.StripeRail):
    """Stripe, where the worker may die right before or right after it was asked.

    Sabotaged, it forgets the key that was committed and makes one up for each call.
    """

    def __init__(self, rail: gateway.StripeRail, peril: Peril) -> None:
        super().__init__(rail.client)
        self._peril, self._chance = peril, random.Random(os.getpid())  # noqa: S311 no secret

    def send(self, order: Order) -> Answer:
        self._perhaps_die(self._peril.before)
        if self._peril.is_sabotaged:
            order = _with_other_key(order)
        answer = super().send(order)
        self._perhaps_die(self._peril.after)
        return answer

    def _perhaps_die(self, counter: Synchronized[int]) -> None:
        if self._chance.randrange(2 * self._peril.one_in):
            return
        with self._peril.left.get_lock():
            if not self._peril.left.value:
                return
            self._peril.left.value -= 1
            counter.value += 1
        os.kill(os.getpid(), signal.SIGKILL)


def _with_other_key(order: Order) -> Order:
    return Order(
        item_id=order.item_id,
        group=order.group,
        payee=order.payee,
        destination=order.destination,
        amount=order.amount,
        attempt=order.attempt,
        key=uuid4().hex,
    )


class Crew:
    """Some workers on one batch; whoever dies is replaced."""

    def __init__(self, batch_id: int, *, workers: int, hands: int, peril: Peril) -> None:
        self._batch_id, self._hands, self._peril = batch_id, hands, peril
        self._count = workers
        self._members: list[ForkProcess] = []
        self.killed = 0

    def replace_dead(self) -> None:
        """Start as many workers as are missing."""
        self._members = [one for one in self._members if one.is_alive()]
        while len(self._members) < self._count:
            connections.close_all()
            member = _fork.Process(
                target=_work, args=(self._batch_id, self._hands, self._peril), daemon=True
            )
            member.start()
            self._members.append(member)

    def kill_one(self) -> None:
        """Kill a worker, whatever it is doing."""
        alive = [one for one in self._members if one.is_alive() and one.pid]
        if alive:
            random.choice(alive).kill()  # noqa: S311 no secret
            self.killed += 1

    def stop(self) -> None:
        """Kill everybody and wait for their end."""
        for one in self._members:
            one.kill()
        for one in self._members:
            one.join()
        self._members = []

    def memory_kib(self) -> int:
        """Return the resident memory of the largest worker."""
        return max((_resident_kib(one.pid) for one in self._members if one.pid), default=0)


def _resident_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def _work(batch_id: int, hands: int, peril: Peril) -> None:
    """What a worker does until the batch is over: what the task does, again and again."""
    rail: Any = PerilousRail(gateway.connect(), peril)
    while Batch.objects.get(pk=batch_id).status == BatchStatus.EXECUTING:
        try:
            stripe_runs.run(
                batch_id=batch_id,
                clock=peril.now,
                rail=rail,
                hands=hands,
                lease=LEASE,
                alone=False,
            )
        except RuntimeError:  # A payout left under two names: the oracle counts it.
            log.exception("A payout left twice.")
        close_old_connections()
        time.sleep(0.1)
    os._exit(0)
