"""Visitors come, and everything is killed at random: no landing is lost, none is counted twice.

``APPORT_CHAOS_SECONDS=60 bin/test tests/chaos`` goes on for longer than every day's suite.
"""

import os
import random
import sys
import time
from collections import Counter

import pytest

from config.chaos.machine import PATIENCE, POSTGRES, REDIRECT, SHIPPER, Machine, free_port
from config.chaos.visitors import Visitors
from tracking.domain.references import to_uuid

pytestmark = pytest.mark.slow
SECONDS = int(os.environ.get("APPORT_CHAOS_SECONDS", "15"))
VISITORS_AT_ONCE = 6
FEWEST_KILLS = 3
VICTIMS = [
    (REDIRECT,), (SHIPPER,), (POSTGRES,), (REDIRECT, SHIPPER), (SHIPPER, POSTGRES),
    (REDIRECT, POSTGRES), (REDIRECT, SHIPPER, POSTGRES),
]  # fmt: skip
MAKE_LINK = """
import django
django.setup()
from tests.builders import make_link
make_link(code="chaos", destination_url="https://shop.example/chaos")
"""


@pytest.fixture
def machine():
    machine = Machine(edge=free_port())
    try:
        machine.start(POSTGRES)
        machine.manage("migrate", "--verbosity=0")
        machine.run(sys.executable, "-c", MAKE_LINK)
        machine.start(SHIPPER)
        machine.start(REDIRECT)
        yield machine
    finally:
        machine.close()


def wreak_havoc(machine, chance):
    """Kill one, two or all three at random moments until the time is over."""
    ends = time.monotonic() + SECONDS
    kills = Counter()
    while time.monotonic() < ends or sum(kills.values()) < FEWEST_KILLS:
        time.sleep(chance.uniform(0.3, 1.5))
        victims = chance.choice(VICTIMS)
        for name in victims:
            machine.kill(name)
            kills[name] += 1
        time.sleep(chance.uniform(0, 0.5))
        for name in chance.sample(victims, len(victims)):
            machine.start(name)
    return kills


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_every_answer_is_recorded_exactly_once(machine):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 so that a failure can be looked at again
    visitors = [
        Visitors(machine.ports[REDIRECT], seed + number) for number in range(VISITORS_AT_ONCE)
    ]
    for one in visitors:
        one.start()
    wait_for(lambda: all(one.tokens and one.counted for one in visitors))

    kills = wreak_havoc(machine, random.Random(seed))

    for one in visitors:
        one.stopped.set()
    for one in visitors:
        one.join()
    machine.kill(REDIRECT)
    wait_for(lambda: not list(machine.spool.glob("*.spool")))
    machine.kill(SHIPPER)

    tokens = [to_uuid(token) for one in visitors for token in one.tokens]
    rows = Counter(row[0] for row in machine.query("SELECT visitor FROM tracking_click"))
    assert len(set(tokens)) == len(tokens)
    assert [token for token in tokens if rows[token] != 1] == []
    assert max(rows.values()) == 1
    unanswered = sum((one.unanswered for one in visitors), Counter())
    assert len(tokens) <= rows.total() <= len(tokens) + unanswered[True]
    answered = sum(one.counted for one in visitors)
    [(counted,)] = machine.query("SELECT sum(count) FROM tracking_clickcount")
    assert answered <= counted <= answered + unanswered[False]
    [(visits, consented)] = machine.query(
        "SELECT sum(visits), sum(consented) FROM tracking_clickhour"
    )
    assert (visits, consented) == (rows.total() + counted, rows.total())
    assert "agree" in machine.manage("fsck_clicks")
    print(f"{kills=} {len(tokens)=} {answered=} {unanswered=}")  # noqa: T201
