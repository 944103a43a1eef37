"""Visitors come, and everything is killed at random: no landing is lost, none is counted twice.

``APPORT_CHAOS_SECONDS=60 bin/test tests/chaos`` goes on for longer than every day's suite.
"""

import os
import random
import socket
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException

import pytest

from tests.chaos.machine import PATIENCE, POSTGRES, REDIRECT, SHIPPER, Machine
from tracking.domain.references import to_uuid

pytestmark = pytest.mark.slow
SECONDS = int(os.environ.get("APPORT_CHAOS_SECONDS", "15"))
VISITORS_AT_ONCE = 6
FEWEST_KILLS = 3
CONSENT = 0.6
VICTIMS = [
    (REDIRECT,), (SHIPPER,), (POSTGRES,), (REDIRECT, SHIPPER), (SHIPPER, POSTGRES),
    (REDIRECT, POSTGRES), (REDIRECT, SHIPPER, POSTGRES),
]  # fmt: skip
BROWSER = {
    "Host": "shop.example",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Referer": "https://blog.example/dresses",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-User": "?1",
}


class Visitors(threading.Thread):
    """Follow the link again and again, and remember every answer."""

    def __init__(self, port, seed):
        super().__init__(daemon=True)
        self.port = port
        self.chance = random.Random(seed)
        self.stopped = threading.Event()
        self.tokens = []
        self.counted = 0
        #: Asked, but nobody knows what became of it: with consent, without.
        self.unanswered = Counter()

    def run(self):
        connection = None
        while not self.stopped.is_set():
            consent = self.chance.random() < CONSENT
            try:
                if connection is None:
                    connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
                    connection.connect()
            except OSError:
                connection = None
                time.sleep(0.02)
                continue
            try:
                self._follow(connection, consent)
            except (OSError, HTTPException):
                self.unanswered[consent] += 1
                connection.close()
                connection = None
        if connection is not None:
            connection.close()

    def _follow(self, connection, consent):
        cookie = {"Cookie": "ap_consent=1" if consent else "ap_consent=0"}
        connection.request("GET", "/c/chaos", headers={**BROWSER, **cookie})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302
        if not answer.getheader("Location").startswith("https://shop.example/chaos"):
            return  # A redirect that began without a database knows no links yet.
        token = (answer.getheader("Set-Cookie") or "").partition("ap_ref=")[2][:22]
        if token:
            self.tokens.append(token)
        else:
            assert not consent
            self.counted += 1


@pytest.fixture
def machine():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    machine = Machine(port)
    try:
        machine.prepare()
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
    visitors = [Visitors(machine.port, seed + number) for number in range(VISITORS_AT_ONCE)]
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
    assert "agree" in machine.run(sys.executable, "manage.py", "fsck_clicks")
    print(f"{kills=} {len(tokens)=} {answered=} {unanswered=}")  # noqa: T201
