"""The programs that are measured: started, pinned to one core, and their processor time read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

SERVER_CORE, LOAD_CORE = "1", "0"
HERE = Path(__file__).resolve().parent


@dataclass
class Contender:
    """One way to answer ``/c/<code>``; ``helpers`` are the servers that work for it."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    helpers: list[int] = field(default_factory=list)

    def processor_seconds(self) -> float:
        """Return the user and system time that all its processes have taken so far."""
        return sum(map(processor_seconds, [*family(self.process.pid), *self._helpers()]))

    def _helpers(self) -> Iterable[int]:
        for parent in self.helpers:
            yield from family(parent)

    def stop(self) -> None:
        """End it and wait."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True)
class Round:
    """What one run of wrk found."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float  # Server side, per request.


def start(name: str, port: int, command: list[str], environment: dict[str, str]) -> Contender:
    """Start ``command`` on the servers' core and wait until its port answers."""
    process = subprocess.Popen(
        ["taskset", "-c", SERVER_CORE, *command], env={**os.environ, **environment}
    )
    deadline = time.monotonic() + 60
    probe = ["curl", "-s", "-o", os.devnull, "-m", "2", f"http://127.0.0.1:{port}/c/bench0"]
    while subprocess.run(probe, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{name} does not answer on port {port}.")
        time.sleep(0.2)
    return Contender(name, port, process)


def granian(target: str, interface: str, port: int, *options: str) -> list[str]:
    """Return the command of one granian worker."""
    fixed = f"--host 127.0.0.1 --port {port} --workers 1 --interface {interface}"
    fixed += " --http 1 --no-ws --log-level warning"
    command = [sys.executable, "-m", "granian", *fixed.split()]
    return [*command, "--no-access-log", *options, target]


def measure(contender: Contender, connections: int, seconds: int, *, pause_ms: int = 0) -> Round:
    """Load ``contender`` for some seconds and read what it took.

    Each connection waits ``pause_ms`` between two requests: without, it asks as fast as it can.
    """
    before = contender.processor_seconds()
    done = subprocess.run(
        [
            *("taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"),
            *(
                "--latency",
                "-s",
                str(HERE / "load.lua"),
                f"http://127.0.0.1:{contender.port}",
                "--",
                str(pause_ms),
            ),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    used = contender.processor_seconds() - before
    said = done.stdout
    if "Non-2xx or 3xx" in said:
        raise SystemExit(f"{contender.name} did not redirect:\n{said}")
    requests = int(_found(r"(\d+) requests in", said))
    return Round(
        requests=requests,
        per_second=float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        p50_ms=_milliseconds(_found(r"^ +50% +(\S+)", said)),
        p99_ms=_milliseconds(_found(r"^ +99% +(\S+)", said)),
        cpu_us=used / requests * 1e6,
    )


def family(pid: int) -> list[int]:
    """Return ``pid`` and all its living descendants."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [pid, *(one for child in text.split() for one in family(int(child)))]


def processor_seconds(pid: int) -> float:
    """Return what process ``pid`` has taken, in nanoseconds' precision where the kernel has it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except (OSError, IndexError):
        return 0.0


def pin(pid: int, core: str) -> None:
    """Move a running process, its threads and descendants to one core."""
    for one in family(pid):
        subprocess.run(["taskset", "-acp", core, str(one)], capture_output=True, check=False)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise SystemExit(f"wrk said nothing like {pattern!r}:\n{text}")
    return match[1]


def _milliseconds(text: str) -> float:
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()  # type: ignore[union-attr]
    return float(number) * units[unit]
