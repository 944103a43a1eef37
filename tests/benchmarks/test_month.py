"""The month that is replayed: it sends what the doors take, and the report says what was."""

import asyncio

import pytest

from benchmarks.month import report
from benchmarks.month.client import Clock, InStep, Kind, Lane, Pace
from benchmarks.month.components import COMPONENTS
from benchmarks.month.plan import Month
from benchmarks.month.shop import Shop
from benchmarks.month.visitors import Visitors
from shop.connectors import generic
from tracking.domain.journey import parse
from tracking.domain.references import is_reference

MONTH = Month(scale=0.001, affiliate_share=0.5)
LANDED = b"HTTP/1.1 302 Found\r\nset-cookie: ap_ref=AAECAwQFBgcICQoLDA0ODw; Path=/"
TOLD = b"HTTP/1.1 200 OK"


def played(script, answers):
    """Run a script to its end; return what it asked for."""
    asked, head = [], None
    try:
        while True:
            kind, request = script.send(head)
            asked.append((kind, request))
            head = answers[kind]
    except StopIteration:
        return asked


def test_visits_are_what_the_doors_take():
    visitors = Visitors(MONTH)
    answers = {Kind.LANDING: LANDED, Kind.JOURNEY: TOLD}
    asked = [one for _ in range(200) for one in played(visitors.visit(), answers)]
    told = [request for kind, request in asked if kind == Kind.JOURNEY]
    calls = [parse(request.partition(b"\r\n\r\n")[2]) for request in told]
    landings = sum(kind == Kind.LANDING for kind, _request in asked)
    assert all(call.consent for call in calls)
    assert sum(len(call.events) for call in calls) == visitors.events > len(calls)
    assert visitors.clicks + visitors.counts == landings > 50
    assert all(map(is_reference, [*visitors.landed, *visitors.strangers]))


def test_a_refused_landing_is_followed_by_nothing():
    visitors = Visitors(Month(affiliate_share=1, consent_share=1))
    refused = {Kind.LANDING: b"HTTP/1.1 503 Service Unavailable"}
    assert [kind for kind, _ in played(visitors.visit(), refused)] == [Kind.LANDING]
    assert (visitors.clicks, visitors.counts, visitors.events) == (0, 0, 0)


def test_orders_and_returns_are_what_the_door_takes():
    shop = Shop(Month(return_share=1), "s3cret", "localhost", lambda: "")
    answers = {Kind.ORDER: TOLD, Kind.RETURN: TOLD}
    asked = [one for _ in range(60) for one in played(shop.sale(), answers)]
    while shop.going_back:
        asked += played(shop.comes_back(), answers)
    bodies = [generic.read(request.partition(b"\r\n\r\n")[2]) for _kind, request in asked]
    assert {body["schema"] for body in bodies} == {generic.ORDER, generic.RETURN}
    assert (shop.orders, shop.returns) == (60, 60)


class Wire:
    """The other end of a lane's connection."""

    def __init__(self):
        self.written = []
        self.is_closed = False

    def write(self, data):
        self.written.append(data)

    def close(self):
        self.is_closed = True


def test_an_answer_may_come_in_pieces():
    async def talk():
        clock, wire, heads = Clock(), Wire(), []

        def script():
            heads.append((yield Kind.ORDER, b"first"))
            heads.append((yield Kind.ORDER, b"second"))

        lane = Lane(Pace(1, 0.0), clock, script)
        lane.pace.ends += 60
        lane.connection_made(wire)
        await asyncio.sleep(0)
        for piece in (b"HTTP/1.1 200 OK\r\ncontent-le", b"ngth: 3\r\n\r\na", b"bc"):
            assert wire.written == [b"first"]
            lane.data_received(piece)
        lane.data_received(b"HTTP/1.1 409 Conflict\r\n\r\n")
        return clock, wire, heads

    clock, wire, heads = asyncio.run(talk())
    assert wire.written == [b"first", b"second"]
    assert wire.is_closed
    assert [head[9:12] for head in heads] == [b"200", b"409"]
    assert clock.refused == {"order 409": 1}
    assert clock.figures(1)["order"]["requests"] == 2


def test_the_shop_keeps_step_with_its_visitors():
    visits = Pace(100, 60)
    sales = InStep(10, visits)
    assert not sales.may_take
    for _ in range(25):
        visits.wait()
    taken = 0
    while sales.may_take:
        assert sales.wait() == 0.0
        taken += 1
    assert taken == 3
    assert not sales.is_over
    visits.ends = visits.began - 1
    assert sales.is_over


@pytest.mark.parametrize("lost", [0, 1])
def test_the_report_says_whether_anything_is_lost(lost):
    path = {"requests": 10, "per_second": 1, "p50_ms": 1, "p99_ms": 2, "most_ms": 3, "errors": 0}
    found = {
        "replayed": 1, "seconds": 9, "late_seconds": 0, "drained_seconds": 1, "visits": 100,
        "backlog": {}, "refused": {}, "paths": {"landing": path}, "generator_cpu_seconds": 1,
        "cpu_seconds": dict.fromkeys(COMPONENTS, 1.0),
        "cpu_seconds_of_the_load": dict.fromkeys(COMPONENTS, 1.0),
        "acknowledged": {"clicks": 6}, "second_node": None, "empty_database_bytes": 0,
        "tables": {
            "rows": {"clicks": 6 - lost}, "credits": 1, "commissions": 1, "sizes": [],
            "failed": 0, "database_bytes": 1_000_000,
        },
    }  # fmt: skip
    said = report.text(found, MONTH)
    assert ("MISSED: lost or twice" in said) == bool(lost)
    # Six processor seconds for 100 visits: two processors carry 33 a second.
    assert "at most 33 visits of the shop a second" in said
