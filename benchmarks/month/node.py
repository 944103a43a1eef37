"""A second PostgreSQL, to which the month so far is moved while it goes on."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.month.components import processor_seconds
from config import data_directory, embedded, roles
from config.chaos.machine import Machine
from config.data_directory import Lock
from config.embedded import Servers
from config.processes import holders

#: ``tracking.services.far_months.SERVER``
SERVER = "apport_far"
QUESTIONS = [sys.executable, "-m", "benchmarks.month.questions"]


class Node:
    """Lives as long as the benchmark, in a directory of its own."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="apport-node-"))
        data_directory.prepare(self.directory)
        self.lock = Lock(self.directory)
        self.lock.acquire("benchmarks/month")
        self.servers = Servers(self.lock)
        self.servers.start(valkey=False)
        self.sockets = str(self.directory / "run")
        self.environment = {
            "CLICKS_NODE_URL": f"postgresql://{roles.OWNER}@/{roles.DATABASE}?host={self.sockets}"
        }
        self.before: dict[str, float] = {}
        self.moved: dict[str, Any] = {}

    def join(self, machine: Machine) -> None:
        """Let the machine's PostgreSQL know this one, as docs/operations.md says."""
        place = f"host '{self.sockets}', dbname '{roles.DATABASE}', fetch_size '10000'"
        with psycopg.connect(
            host=str(machine.directory / "run"), user=embedded.SUPERUSER, dbname=roles.DATABASE,
            autocommit=True,
        ) as superuser:  # fmt: skip
            superuser.execute("CREATE EXTENSION postgres_fdw")
            server = f"CREATE SERVER {SERVER} FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({place})"
            superuser.execute(server.encode())
            superuser.execute(f"GRANT USAGE ON FOREIGN SERVER {SERVER} TO {roles.OWNER}".encode())
            for role in (roles.OWNER, roles.APPLICATION):
                superuser.execute(
                    f"CREATE USER MAPPING FOR {role} SERVER {SERVER}"
                    f" OPTIONS (user '{roles.OWNER}', password_required 'false')".encode()
                )

    def move(self, machine: Machine) -> None:
        """Move the month of clicks and journeys, in the middle of its landings."""
        sys.stderr.write("Moving the month so far to the second server.\n")
        said = machine.manage("move_months", f"{datetime.now(UTC):%Y-%m}").splitlines()
        rows = sum(int(line.split()[1]) for line in said)
        seconds = sum(float(line.split()[4]) for line in said)
        self.moved = {
            "rows moved": rows,
            "seconds it took": round(seconds, 1),
            "rows a second": round(rows / max(seconds, 0.1)),
        }
        sys.stderr.write(f"{self.moved}\n")

    def judge(self, machine: Machine) -> dict[str, Any]:
        """Return what moving took, what lies where, and how fast both are asked."""
        used = processor_seconds(holders(self.lock.path))
        return {
            **self.moved,
            "processor seconds of the second server": round(used, 1),
            **json.loads(machine.run(*QUESTIONS)),
        }

    def close(self) -> None:
        """End it and throw it away."""
        self.servers.stop()
        self.lock.release()
        shutil.rmtree(self.directory)
