"""A machine of our own to be cruel to: every process of a small shop, each to be killed alone."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from config import data_directory, embedded, programs
from config.celery import OUTSIDE, PULLS
from config.data_directory import Lock
from config.embedded import DidNotStart, Servers
from config.processes import holders, kill_group, kill_holders, spawn
from config.surroundings import CHECKOUT

POSTGRES, VALKEY, REDIRECT, SHIPPER = "postgres", "valkey", "redirect", "shipper"
WEB, WORKER, SLOW_WORKER, BEAT = "web", "worker", "outside", "beat"
SERVERS = (POSTGRES, VALKEY)
PROGRAMS = (REDIRECT, SHIPPER, WEB, WORKER, SLOW_WORKER, BEAT)
EVERYTHING = (*SERVERS, *PROGRAMS)
PATIENCE = 60
#: Its ``sitecustomize`` sets the clock of a process wrong by SKEW seconds.
SKEWED = Path(__file__).parent / "skew"
SKEW = "APPORT_CHAOS_SKEW"


class Machine:
    """Starts what a small shop runs, kills it without a warning, starts it again.

    Only the thread that lives as long as the machine may start anything: the kernel ties each
    process to the thread that began it.
    """

    def __init__(self, *, edge: int, web: int = 0, more: Mapping[str, str] | None = None) -> None:
        self.ports = {REDIRECT: edge, WEB: web}
        self.directory = Path(tempfile.mkdtemp(prefix="apport-chaos-"))
        self.spool = self.directory / "spool"
        self.locks = {name: self._lock_of(name) for name in SERVERS}
        self.log = (self.directory / "logs" / "chaos.log").open("a")
        self.environment = {
            **os.environ,
            **embedded.addresses(self.directory),
            "REDIS_URL": embedded.addresses(self.locks[VALKEY].directory)["REDIS_URL"],
            **data_directory.load_secrets(self.directory),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(CHECKOUT),
            "APPORT_EMBEDDED": "1",
            "APPORT_DATA_DIR": str(self.directory),
            "SPOOL_DIR": str(self.spool),
            "CLICK_DURABILITY": "disk",
            "PUBLIC_URL": f"http://localhost:{web or edge}",
            **(more or {}),
        }
        self._servers: dict[str, Servers] = {}
        self._programs: dict[str, subprocess.Popen[bytes]] = {}

    def _lock_of(self, name: str) -> Lock:
        """A directory and a lock for each server: who holds the lock is killed with it."""
        directory = self.directory if name == POSTGRES else self.directory / name
        data_directory.prepare(directory)
        lock = Lock(directory)
        lock.acquire("chaos")
        return lock

    def run(self, *command: str, said: str = "") -> str:
        """Run a command of the product to its end, tell it ``said``, and return what it said.

        :raises RuntimeError: when it failed, with its words.
        """
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=CHECKOUT,
            text=True,
            capture_output=True,
            check=False,
            input=said,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def manage(self, *arguments: str) -> str:
        """Run a management command, as ``run`` does."""
        return self.run(sys.executable, "manage.py", *arguments)

    def start(self, name: str, *, skew_seconds: int = 0) -> None:
        """Start one of ``EVERYTHING``; ``skew_seconds``: how far its clock is ahead of ours."""
        if name in SERVERS:
            self._start_server(name)
            return
        environment = dict(self.environment)
        if skew_seconds:
            environment[SKEW] = str(skew_seconds)
            environment["PYTHONPATH"] = f"{SKEWED}:{CHECKOUT}"
        self._programs[name] = spawn(
            self._command(name), environment=environment, output=self.log,
            on_parent_death=signal.SIGKILL,
        )  # fmt: skip

    def _command(self, name: str) -> list[str]:
        port = self.ports.get(name, 0)
        commands = {
            REDIRECT: programs.granian(programs.REDIRECT, port, interface="rsgi"),
            WEB: programs.granian(programs.SITE, port, "--blocking-threads=4"),
            SHIPPER: programs.shipper("--every=50"),
            WORKER: programs.worker(PULLS, processes=2),
            SLOW_WORKER: programs.worker(OUTSIDE, processes=2),
            BEAT: programs.beat(self.directory),
        }
        return commands[name]

    def kill(self, name: str) -> None:
        """End one of ``EVERYTHING`` as a power switch would, children and all."""
        if name in SERVERS:
            kill_holders(self.locks[name].path)
            self._servers[name].stop()  # Nothing is left to stop, only to bury.
            return
        program = self._programs.pop(name)
        kill_group(program.pid)
        program.wait()

    def revive(self, name: str) -> bool:
        """Start a program that ended by itself; return whether it had."""
        program = self._programs.get(name)
        if program is None or program.poll() is None:
            return False
        self.kill(name)
        self.start(name)
        return True

    def freeze(self, name: str, *, is_frozen: bool) -> None:
        """Stop one of ``EVERYTHING`` in the middle of whatever it does, or let it go on."""
        how = signal.SIGSTOP if is_frozen else signal.SIGCONT
        with suppress(ProcessLookupError):
            if name not in SERVERS:
                os.killpg(self._programs[name].pid, how)
                return
        for pid in holders(self.locks[name].path) if name in SERVERS else []:
            with suppress(ProcessLookupError):
                os.kill(pid, how)

    def fill_disk(self, name: str, *, is_full: bool) -> None:
        """Let a program write no byte more to any file, as on a full disk, or write again."""
        limit = 0 if is_full else resource.RLIM_INFINITY
        for pid in _group(self._programs[name].pid):
            with suppress(ProcessLookupError):
                hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, hard))

    def _start_server(self, name: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                server = self._servers[name] = Servers(self.locks[name])
                server.start(postgres=name == POSTGRES, valkey=name == VALKEY)
                return
            except (DidNotStart, psycopg.OperationalError):
                # What is left of the one that was killed may still hold its memory.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def pids(self, name: str) -> list[int]:
        """Return the living processes of one of ``EVERYTHING``."""
        if name in SERVERS:
            return holders(self.locks[name].path)
        return _group(self._programs[name].pid)

    def query(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        """Return the rows of one statement."""
        place = str(self.directory / "run")
        with psycopg.connect(host=place, user=embedded.SUPERUSER, dbname="apport") as database:
            return database.execute(statement).fetchall()

    def close(self) -> None:
        """End everything and throw the machine away."""
        for name in list(self._programs):
            self.kill(name)
        for name in list(self._servers):
            self.kill(name)
        self.log.close()
        for lock in self.locks.values():
            lock.release()
        shutil.rmtree(self.directory)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _group(leader: int) -> list[int]:
    """Return the processes of the group that ``spawn`` made."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(ProcessLookupError):
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == leader:
                found.append(int(entry.name))
    return found
