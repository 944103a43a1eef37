"""A machine of our own to be cruel to: PostgreSQL, the shipper and the redirect on a socket."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from config import data_directory, embedded
from config.data_directory import Lock
from config.embedded import DidNotStart, Servers
from config.processes import kill_group, kill_holders, spawn

ROOT = Path(__file__).parent.parent.parent
SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT)}
MAKE_LINK = """
import django
django.setup()
from tests.builders import make_link
make_link(code="chaos", destination_url="https://shop.example/chaos")
"""
POSTGRES, SHIPPER, REDIRECT = "postgres", "shipper", "redirect"
PATIENCE = 60


class Machine:
    """Starts what a small shop runs, kills it without a warning, starts it again."""

    def __init__(self, port):
        self.port = port
        self.directory = Path(tempfile.mkdtemp(prefix="apport-chaos-"))
        data_directory.prepare(self.directory)
        self.spool = self.directory / "spool"
        self.lock = Lock(self.directory)
        self.lock.acquire("bin/test")
        self.log = (self.directory / "logs" / "chaos.log").open("a")
        self.environment = {
            **os.environ,
            **SETTINGS,
            **embedded.addresses(self.directory),
            **data_directory.load_secrets(self.directory),
            "APPORT_EMBEDDED": "1",
            "APPORT_DATA_DIR": str(self.directory),
            "SPOOL_DIR": str(self.spool),
            "CLICK_DURABILITY": "disk",
            "PUBLIC_URL": f"http://localhost:{port}",
        }
        self.children = {}

    def prepare(self):
        self.start(POSTGRES)
        self.run(sys.executable, "manage.py", "migrate", "--verbosity=0")
        self.run(sys.executable, "-c", MAKE_LINK)
        self.start(SHIPPER)
        self.start(REDIRECT)

    def run(self, *command):
        """Run a command of the product to its end and return what it said."""
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name):
        """Start one of the three. Only from the thread that lives as long as it should."""
        if name == POSTGRES:
            self._start_postgres()
            return
        commands = {
            SHIPPER: [sys.executable, "manage.py", "ship_clicks", "--every=50"],
            REDIRECT: [
                sys.executable, "-m", "granian", "--interface=rsgi", "--host=127.0.0.1",
                f"--port={self.port}", "--workers=1", "--log-level=warning", "--no-access-log",
                "tracking.redirect.rsgi:app",
            ],
        }  # fmt: skip
        self.children[name] = spawn(
            commands[name], environment=self.environment, output=self.log,
            on_parent_death=signal.SIGKILL,
        )  # fmt: skip

    def kill(self, name):
        """End one of the three as a power switch would, children and all."""
        if name == POSTGRES:
            kill_holders(self.lock.path)
            self.postgres.stop()  # Nothing is left to stop, only to bury.
            return
        child = self.children.pop(name)
        kill_group(child.pid)
        child.wait()

    def _start_postgres(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.postgres = Servers(self.lock)
                self.postgres.start(valkey=False)
                return
            except (DidNotStart, psycopg.OperationalError):
                # What is left of the one that was killed may still hold its memory.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def query(self, statement):
        """Return the rows of one statement."""
        place = str(self.directory / "run")
        with psycopg.connect(host=place, user=embedded.SUPERUSER, dbname="apport") as database:
            return database.execute(statement).fetchall()

    def close(self):
        for name in list(self.children):
            self.kill(name)
        self.kill(POSTGRES)
        self.log.close()
        self.lock.release()
        shutil.rmtree(self.directory)
