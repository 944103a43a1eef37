"""Asks Django itself, without a network between: every middleware, view, query, template."""

from __future__ import annotations

import math
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from affiliates.models import Affiliate
from benchmarks.pages.places import places
from config.routes import routes
from core.models import User
from payouts.models import Batch
from portal.demo.people import PEOPLE

_TICKS = os.sysconf("SC_CLK_TCK")
#: Whose pages begin how. Hugo sees what Fiona sees.
_PARTNER, _MANAGER, _FINANCE = ("/portal/", "/apply/"), ("/manage/",), ("/finance/", "/search/")
_AREAS = {
    "visitor": ("/",),
    "ada": _PARTNER,
    "ines": _PARTNER,
    "nadia": _PARTNER,
    "sam": (*_MANAGER, "/search/", "/notifications/", "/preferences/"),
    "fiona": _FINANCE,
}


@dataclass(frozen=True, slots=True)
class Timed:
    """One address as somebody asks for it. ``processor_ms``: of one ask, the database's included.

    It holds when the machine is busy, the others do not; it counts in steps of ten milliseconds
    for all asks together.
    """

    who: str
    route: str
    address: str
    p50_ms: float
    p95_ms: float
    processor_ms: float
    queries: int
    sql_ms: float
    size: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Found:
    """Every page, the p95 of all asks, and the routes that nobody came to."""

    pages: list[Timed]
    p95_ms: float
    unreached: list[str]


class _Queries:
    """Counts statements and how long they took."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - began


def measure(*, asks: int, only: str, tell: Callable[[str], object]) -> Found:
    """Ask each page ``asks`` times as each person, after once to make it ready."""
    pages, times, reached = [], [], set()
    for who, areas in _AREAS.items():
        client = _client(who)
        addresses = list(places(client, _first(who), areas, only))
        tell(f"{who}: {len(addresses)} pages\n")
        reached.update(route for route, _address in addresses)
        for route, address in addresses:
            timed, took = _asked(client, who, route, address, asks)
            pages.append(timed)
            times += took
    unreached = [
        route for route in routes() if route not in reached and f"/{route}".startswith(only)
    ]
    return Found(pages, p95(times), unreached)


def _client(who: str) -> Client:
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0], "accept-language": "fr"})
    email = next((person.email for person in PEOPLE if person.key == who), None)
    if email is not None:
        client.force_login(User.objects.get(email=email))
    return client


def _first(who: str) -> list[str]:
    """Where each begins: staff with the accounts and batches of which there is most."""
    if who not in {"sam", "fiona"}:
        return []
    known = [person.name for person in PEOPLE]
    largest = Affiliate.objects.filter(name__in=["Le Carnet d'Ada", *known]).order_by("pk")
    area = "/manage/affiliates/" if who == "sam" else "/finance/ledger/"
    batches = Batch.objects.order_by("-total_minor").values_list("public_id", flat=True)[:2]
    of_batches = [f"/finance/batches/{one}/" for one in batches] if who == "fiona" else []
    return [*(f"{area}{one.public_id}/" for one in largest[:2]), *of_batches]


def _asked(
    client: Client, who: str, route: str, address: str, asks: int
) -> tuple[Timed, list[float]]:
    client.get(address)
    took, queries, answer = [], _Queries(), None
    before, own = _of_database(), time.process_time()
    for _ask in range(asks):
        began = time.perf_counter()
        with connection.execute_wrapper(queries):
            answer = client.get(address)
        took.append((time.perf_counter() - began) * 1_000)
    spent = time.process_time() - own + _of_database() - before
    timed = Timed(
        who=who,
        route=route,
        address=address,
        p50_ms=statistics.median(took),
        p95_ms=p95(took),
        processor_ms=spent * 1_000 / asks,
        queries=round(queries.count / asks),
        sql_ms=queries.seconds * 1_000 / asks,
        size=len(answer.content) if answer is not None else 0,
    )
    return timed, took


def p95(took: list[float]) -> float:
    """Return what 95 of 100 are not above."""
    return sorted(took)[math.ceil(len(took) * 0.95) - 1]


def _of_database() -> float:
    """Return how many seconds of a processor our connection's process has taken so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = after_name[11:13]
    return (int(user) + int(system)) / _TICKS
