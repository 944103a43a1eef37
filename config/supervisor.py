"""Keep a handful of processes running: prefix what they say, restart what falls, stop in order."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from config.processes import kill_group, spawn

STEADY_SECONDS = 20
LONGEST_PAUSE_SECONDS = 30
STOP_SECONDS = 8


@dataclass(frozen=True)
class Program:
    """One process to keep running, and what it needs beyond our environment.

    ``late`` ones start when the others are ready, so that nobody waits for them.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    late: bool = False


@dataclass
class Child:
    """The life of one program: the process of the moment and how often it fell lately."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    falls: int = 0
    unfinished_line: bytes = b""


class Supervisor:
    """Runs programs until SIGINT or SIGTERM. One thread: the kernel ties children to it."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        held: Sequence[int] = (),
        write: Callable[[str], object] = sys.stdout.write,
    ) -> None:
        self.children = [
            Child(program, restart_at=inf if program.late else 0.0) for program in programs
        ]
        self.held = held
        self.write = write
        self.stopping = False
        self._selector = selectors.DefaultSelector()
        self._width = max((len(program.name) for program in programs), default=0)

    def run(
        self, is_ready: Callable[[], bool], announce: Callable[[], None], *, patience: float
    ) -> int:
        """Run until told to stop; return the exit status.

        ``announce`` is called once, when ``is_ready`` first says yes; without a yes in ``patience``
        seconds everything is stopped and the status is 1.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        deadline, announced, status = time.monotonic() + patience, False, 0
        while not self.stopping:
            self.turn(0.2)
            if not announced and is_ready():
                announced = True
                announce()
                self.start_late()
            elif not announced and time.monotonic() > deadline:
                self._say("house", f"Not ready after {patience:.0f} seconds: giving up.")
                status = 1
                break
        self.stop()
        return status

    def turn(self, seconds: float) -> None:
        """Pass on what was said within ``seconds``, then look after whoever fell."""
        for key, _events in self._selector.select(seconds):
            self._read(key.data)
        now = time.monotonic()
        for child in self.children:
            if child.process and child.process.poll() is not None:
                self._fell(child, now)
            elif not child.process and now >= child.restart_at:
                self._start(child)

    def stop(self) -> None:
        """Ask all to stop, last started first; kill what has not stopped in time."""
        running = [child for child in reversed(self.children) if child.process]
        for child in running:
            if child.process:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(map(_is_alive, running)):
            for key, _events in self._selector.select(0.1):
                self._read(key.data)
        for child in running:
            if child.process:
                kill_group(child.process.pid)
                child.process.wait()
                self._forget(child)

    def _ask_to_stop(self, _signal: int, _frame: object) -> None:
        self.stopping = True

    def start_late(self) -> None:
        """Let those start that waited for the others."""
        for child in self.children:
            child.restart_at = 0.0 if child.restart_at == inf else child.restart_at

    def _start(self, child: Child) -> None:
        child.process = spawn(
            child.program.command,
            environment={**os.environ, "PYTHONUNBUFFERED": "1", **child.program.environment},
            output=subprocess.PIPE,
            held=self.held,
        )
        child.started_at = time.monotonic()
        if child.process.stdout:
            os.set_blocking(child.process.stdout.fileno(), False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _fell(self, child: Child, now: float) -> None:
        if not child.process:
            return
        status = child.process.returncode
        kill_group(child.process.pid)
        self._forget(child)
        child.falls = child.falls + 1 if now - child.started_at < STEADY_SECONDS else 1
        pause = restart_pause(child.falls)
        child.restart_at = now + pause
        self._say(child.program.name, f"ended with status {status}; starting again in {pause} s")

    def _forget(self, child: Child) -> None:
        """Read the last words, then let go of the process."""
        if child.process and child.process.stdout:
            self._read(child)
            if child.process.stdout.fileno() in self._selector.get_map():
                self._selector.unregister(child.process.stdout)
            child.process.stdout.close()
        child.process = None

    def _read(self, child: Child) -> None:
        if not child.process or not child.process.stdout:
            return
        try:
            said = os.read(child.process.stdout.fileno(), 65_536)
        except BlockingIOError:
            return
        if not said:
            if child.process.stdout.fileno() in self._selector.get_map():
                self._selector.unregister(child.process.stdout)
            return
        *lines, child.unfinished_line = (child.unfinished_line + said).split(b"\n")
        for line in lines:
            self._say(child.program.name, line.decode(errors="replace").rstrip("\r"))

    def _say(self, name: str, line: str) -> None:
        self.write(f"{name:<{self._width}} | {line}\n")
        sys.stdout.flush()


def restart_pause(falls: int) -> int:
    """Return the seconds to wait after the ``falls``-th fall in a row: 1, 2, 4 ... 30."""
    return int(min(2 ** (falls - 1), LONGEST_PAUSE_SECONDS))


def _is_alive(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None
