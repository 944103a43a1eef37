"""What a command needs around it: a database, a broker and secrets, embedded when not given."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from pathlib import Path

from config import data_directory, embedded
from config.data_directory import AlreadyRunning, Lock
from config.embedded import Servers

CHECKOUT = Path(__file__).resolve().parent.parent
GUEST_PATIENCE_SECONDS = 60
SERVER_VARIABLES = ("DATABASE_URL", "REDIS_URL")


def say(line: str) -> None:
    """Tell the person at the terminal, on the error stream so that output stays clean."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _is_given(name: str) -> bool:
    """Tell whether the environment says ``name``, or names the file that does."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


class Surroundings:
    """The servers around one command. ``owned`` says whether this process started them."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.directory = data_directory.choose(CHECKOUT, os.environ.get("APPORT_DATA_DIR", ""))
        self.missing = [name for name in SERVER_VARIABLES if not _is_given(name)]
        self.owned = False
        self._servers: Servers | None = None
        data_directory.prepare(self.directory)
        self._lock = Lock(self.directory)
        self._guests = os.open(self.directory / "guests", os.O_RDWR | os.O_CREAT, 0o600)

    def own(self) -> None:
        """Take the directory for this process alone.

        :raises AlreadyRunning: when another process has it.
        """
        self._lock.acquire(self.command)
        self.owned = True

    def start(self) -> None:
        """Start what the environment does not name, and point the environment at it.

        :raises DidNotStart: when a server does not.
        """
        self._servers = Servers(self._lock)
        self._servers.start(
            postgres="DATABASE_URL" in self.missing, valkey="REDIS_URL" in self.missing
        )
        self._publish()

    def join(self) -> None:
        """Use the servers of whoever runs them already, or own them and start them.

        :raises DidNotStart: when a server does not, or the owner's never answer.
        """
        deadline = time.monotonic() + GUEST_PATIENCE_SECONDS
        while True:
            try:
                self.own()
            except AlreadyRunning as running:
                fcntl.flock(self._guests, fcntl.LOCK_SH)
                if self._answers():
                    self._publish()
                    return
                fcntl.flock(self._guests, fcntl.LOCK_UN)
                if time.monotonic() > deadline:
                    raise embedded.DidNotStart(f"{running} Its servers do not answer.") from running
                time.sleep(0.2)
            else:
                self.start()
                return

    def close(self, *, patience: float | None = None) -> None:
        """Stop what we started, once nobody else uses it.

        ``patience`` is how many seconds others get to finish; None waits for as long as they need.
        """
        if self.owned:
            self._wait_for_guests(patience)
            if self._servers:
                self._servers.stop()
        os.close(self._guests)
        self._lock.release()

    def wipe(self) -> None:
        """Throw the data away. Only the owner may, before starting."""
        data_directory.wipe(self.directory)
        data_directory.prepare(self.directory)

    def child_descriptors(self) -> list[int]:
        """Return what children keep open, so that the directory is taken until all have ended."""
        return [self._lock.descriptor]

    def _answers(self) -> bool:
        checks = {
            "DATABASE_URL": embedded.postgres_answers,
            "REDIS_URL": embedded.valkey_answers,
        }
        return all(checks[name](self.directory) for name in self.missing)

    def _wait_for_guests(self, patience: float | None) -> None:
        started, told = time.monotonic(), False
        while True:
            try:
                fcntl.flock(self._guests, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waited = time.monotonic() - started
                if patience is not None and waited > patience:
                    return
                if waited > 1 and not told:
                    say("Another command still uses these servers: waiting for it to finish.")
                    told = True
                time.sleep(0.1)
            else:
                return

    def _publish(self) -> None:
        there = embedded.addresses(self.directory)
        os.environ.update({name: there[name] for name in self.missing})
        os.environ["APPORT_DATA_DIR"] = str(self.directory)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        os.environ.pop("APPORT_EMBEDDED", None)
        if "DATABASE_URL" in self.missing:
            os.environ["DATABASE_OWNER_URL"] = there["DATABASE_OWNER_URL"]
            os.environ["APPORT_EMBEDDED"] = "1"
            for name, value in data_directory.load_secrets(self.directory).items():
                if not _is_given(name):
                    os.environ[name] = value
