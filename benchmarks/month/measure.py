"""A month compressed into an hour: how fast, at what price, and what a machine can carry."""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.month import report
from benchmarks.month.components import spent
from benchmarks.month.node import Node
from benchmarks.month.plan import VISITORS, Month
from config.chaos.machine import POSTGRES, PROGRAMS, VALKEY, WEB, Machine
from config.surroundings import CHECKOUT

PATIENCE, DRAINS_WITHIN = 120, 3_600
LOOKS_EVERY = 15.0
#: Of two seconds: what all of it takes while nobody comes.
QUIET_SECONDS = 0.3
LOAD = [sys.executable, "-m", "benchmarks.month.load"]
VERDICT = [sys.executable, "-m", "benchmarks.month.verdict"]


def main() -> None:
    """Replay, print the report, end with 1 when what was acknowledged is not in the tables."""
    options = _options()
    month = Month(visitors=options.visitors, scale=options.scale, minutes=options.minutes)
    ports = _free_port(), _free_port()
    node = Node() if options.nodes == 2 else None
    more = {
        "TRUSTED_PROXY_COUNT": "1",
        "CLICK_DURABILITY": options.durability,
        **(node.environment if node else {}),
    }
    machine = Machine(edge=ports[0], web=ports[1], more=more)
    try:
        found = _replay(machine, node, month, ports)
    finally:
        machine.close()
        if node:
            node.close()
    found = {"month": asdict(month), "nodes": options.nodes, **found}
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    sys.stdout.write(report.text(found, month))
    raise SystemExit(0 if report.is_sound(found) else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/month/run", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="Which part of the month.")
    parser.add_argument("--minutes", type=float, default=60, help="What a whole month may take.")
    parser.add_argument("--visitors", type=int, default=VISITORS)
    parser.add_argument("--durability", choices=["disk", "process"], default="disk")
    parser.add_argument("--nodes", type=int, choices=[1, 2], default=1)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _replay(
    machine: Machine, node: Node | None, month: Month, ports: tuple[int, int]
) -> dict[str, Any]:
    secret = _prepare(machine, node, ports)
    told = {"month": asdict(month), "secret": secret, "redirect": ports[0], "web": ports[1]}
    before = spent(machine)
    [(empty,)] = machine.query("SELECT pg_database_size(current_database())")
    load = subprocess.Popen(
        LOAD, cwd=CHECKOUT, env=machine.environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert load.stdin is not None  # noqa: S101 - asked for just above
    load.stdin.write(json.dumps(told))
    load.stdin.close()
    backlog = _watch(machine, load, halfway=node.move if node else None, seconds=month.seconds)
    assert load.stdout is not None  # noqa: S101 - asked for above
    found: dict[str, Any] = json.loads(load.stdout.read())
    if load.wait():
        raise SystemExit("The generator failed.")
    during = spent(machine)
    _say("The load is over. Waiting until nothing waits.")
    drained = _drain(machine)
    after = spent(machine)
    return {
        **found,
        "cpu_seconds": {name: round(after[name] - before[name], 1) for name in after},
        "cpu_seconds_of_the_load": {name: round(during[name] - before[name], 1) for name in after},
        "empty_database_bytes": empty,
        "backlog": backlog,
        "drained_seconds": round(drained, 1),
        "tables": json.loads(machine.run(*VERDICT)),
        "second_node": node.judge(machine) if node else None,
    }


def _prepare(machine: Machine, node: Node | None, ports: tuple[int, int]) -> str:
    for name in (POSTGRES, VALKEY):
        machine.start(name)
    _say("Making the tables.")
    machine.manage("migrate", "--verbosity=0")
    if node:
        node.join(machine)
    secret = machine.run(sys.executable, "-m", "benchmarks.month.world")
    for name in PROGRAMS:
        machine.start(name)
    deadline = time.monotonic() + PATIENCE
    while not all(map(_listens, ports)):
        if time.monotonic() > deadline:
            raise SystemExit("Web and redirect do not answer.")
        time.sleep(0.2)
    _settle(machine)
    return secret


def _settle(machine: Machine) -> None:
    """Wait until all of it is loaded: to begin takes seconds that are no month's."""
    deadline = time.monotonic() + PATIENCE
    is_quiet = False
    while not is_quiet and time.monotonic() < deadline:
        before = sum(spent(machine).values())
        with urlopen(f"http://localhost:{machine.ports[WEB]}/healthz") as answer:  # noqa: S310
            answer.read()
        time.sleep(2)
        is_quiet = sum(spent(machine).values()) - before < QUIET_SECONDS


def _watch(
    machine: Machine,
    load: subprocess.Popen[str],
    *,
    halfway: Callable[[Machine], object] | None,
    seconds: float,
) -> dict[str, float]:
    """Look at what waits until the load is over; return the most of each."""
    began = time.monotonic()
    most = {"spool_bytes": 0.0, "deliveries": 0.0, "orders_unattributed": 0.0}
    while load.poll() is None:
        if halfway and time.monotonic() - began > seconds / 2:
            halfway(machine)
            halfway = None
        try:
            load.wait(LOOKS_EVERY)
        except subprocess.TimeoutExpired:
            [(deliveries, orders)] = machine.query(
                "SELECT (SELECT count(*) FROM shop_inboundevent WHERE status = 'new'),"
                " (SELECT count(*) FROM shop_order o WHERE NOT EXISTS"
                " (SELECT FROM tracking_attribution a WHERE a.order_id = o.id))"
            )
            spool = sum(file.stat().st_size for file in machine.spool.glob("*.spool"))
            now = {"spool_bytes": spool, "deliveries": deliveries, "orders_unattributed": orders}
            most = {name: max(most[name], value) for name, value in now.items()}
    return most


def _drain(machine: Machine) -> float:
    began = time.monotonic()
    while any(json.loads(machine.run(*VERDICT, "--waiting")).values()):
        if time.monotonic() - began > DRAINS_WITHIN:
            raise SystemExit(f"Something still waits after {DRAINS_WITHIN} s.")
        time.sleep(2)
    return time.monotonic() - began


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
