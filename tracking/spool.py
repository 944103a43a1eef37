"""The spool: facts appended to this process's own files, where the shipper finds them.

A file is locked (flock) while it may still grow. Another begins after 64 MB or 10 minutes.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import socket
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from weakref import WeakSet

from django.conf import settings

from tracking.domain.spool_line import loss_line

SUFFIX = ".spool"
LARGEST_FILE = 64 * 1024 * 1024
LONGEST_SECONDS = 600.0
BACKGROUND_SYNC_SECONDS = 0.010
OLD_DRAFT_SECONDS = 60
DISK = "disk"
_log = logging.getLogger(__name__)


class SpoolFull(Exception):
    """The disk did not take a record, for want of space or worse. The record is lost."""


class Spool:
    """Files of one process in ``directory``, named ``<host>-<pid>-<nanoseconds>.spool``.

    Threads may share it; a forked child begins a file of its own. ``lost`` counts records that
    could not be written; the next one that can takes the number along.
    """

    def __init__(
        self,
        directory: Path,
        host: str,
        *,
        max_bytes: int = LARGEST_FILE,
        max_seconds: float = LONGEST_SECONDS,
    ) -> None:
        self.directory = directory
        self.host = host
        self.max_bytes = max_bytes
        self.max_seconds = max_seconds
        self.lost = 0
        self._begin()
        _open_spools.add(self)

    def _begin(self) -> None:
        self._file = -1
        self._size = 0
        self._full_at = 0.0
        self._appended = 0
        self._synced = 0
        self._doubtful = range(0)
        self._retired: list[int] = []
        self._append_lock = threading.Lock()
        self._sync_lock = threading.Lock()

    def append(self, *lines: bytes) -> int:
        """Write lines, all of them or none; return the ticket that ``sync`` takes.

        They survive the death of this process at once, that of the machine after ``sync``.

        :raises SpoolFull: when they could not be written; the loss is counted.
        """
        with self._append_lock:
            lost = self.lost
            said = (*lines, loss_line(time.time_ns() // 1000, lost)) if lost else lines
            try:
                ticket = self._append(b"".join(said), len(lines))
            except OSError as error:
                self._lose(error, len(lines))
                raise SpoolFull(str(error)) from error
            if lost:
                _log.error("The spool in %s is written again; %d were lost.", self.directory, lost)
                self.lost = 0
            return ticket

    def sync(self, ticket: int) -> None:
        """Return when everything up to ``ticket`` is on the disk. One call serves all who wait.

        :raises SpoolFull: when the disk failed: nobody knows what it kept of the record.
        """
        with self._sync_lock:
            if self._synced < ticket:
                self._sync()
            if ticket in self._doubtful:
                raise SpoolFull("The disk did not confirm the record.")

    @property
    def unsynced(self) -> int:
        """The ticket of the last record, if it is not known to be on the disk; else 0."""
        return self._appended if self._appended > self._synced else 0

    def close(self) -> None:
        """Let the shipper have the file to its end. The next record begins another."""
        with self._sync_lock:
            with self._append_lock:
                self._retire()
            self._sync()

    def forget(self) -> None:
        """In a forked child: leave the files to the parent."""
        for file in (self._file, *self._retired):
            if file >= 0:
                os.close(file)
        self.lost = 0
        self._begin()

    def _sync(self) -> None:
        with self._append_lock:
            file, appended = self._file, self._appended
            retired, self._retired = self._retired, []
        failure: OSError | None = None
        for descriptor in [*retired, file]:
            try:
                if descriptor >= 0:
                    os.fdatasync(descriptor)
            except OSError as error:
                failure = error
        for descriptor in retired:
            os.close(descriptor)
        if failure:
            # What was not confirmed once may be confirmed wrongly later: begin another file.
            self._doubtful = range(self._synced + 1, appended + 1)
            with self._append_lock:
                self._retire()
                self._lose(failure, len(self._doubtful))
        self._synced = appended

    def _append(self, text: bytes, count: int) -> int:
        if (
            self._file < 0
            or self._size + len(text) > self.max_bytes
            or time.monotonic() > self._full_at
        ):
            self._retire()
            self._open()
        written = os.write(self._file, text)
        if written != len(text):
            self._cut()
            raise OSError(f"{written} of {len(text)} bytes were written")
        self._size += written
        self._appended += count
        return self._appended

    def _lose(self, error: OSError, count: int = 1) -> None:
        if not self.lost:
            _log.error("The spool in %s cannot be written: %s", self.directory, error)
        self.lost += count

    def _open(self) -> None:
        """Begin a file: under another name until it is locked, so that no shipper takes it."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(self.directory)
        name = f"{self.host}-{os.getpid()}-{time.time_ns()}"
        draft = self.directory / f"{name}.draft"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        file = os.open(draft, flags, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            draft.rename(self.directory / f"{name}{SUFFIX}")
            _sync_directory(self.directory)
        except OSError:
            os.close(file)
            draft.unlink(missing_ok=True)
            raise
        self._file, self._size = file, 0
        self._full_at = time.monotonic() + self.max_seconds

    def _retire(self) -> None:
        if self._file >= 0:
            self._retired.append(self._file)
            self._file = -1

    def _cut(self) -> None:
        """Cut a torn last line off; a file that cannot even be cut is left to the shipper."""
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            self._retire()


def host_name() -> str:
    """Return how this machine is called in the names of its spool files."""
    return re.sub(r"[^A-Za-z0-9.]", "_", socket.gethostname())[:60] or "host"


def spool() -> Spool:
    """Return this process's own spool; its first record begins a file."""
    with _own_lock:
        return _own_spool(settings.SPOOL_DIR, settings.CLICK_DURABILITY)


@cache
def _own_spool(directory: Path, durability: str) -> Spool:
    own = Spool(directory, host_name())
    if durability != DISK:
        threading.Thread(target=_sync_in_background, args=[own], daemon=True).start()
    return own


def _sync_in_background(own: Spool) -> None:
    while True:
        time.sleep(BACKGROUND_SYNC_SECONDS)
        ticket = own.unsynced
        if ticket:
            with suppress(SpoolFull):  # It is logged and counted where it happens.
                own.sync(ticket)


def _sweep(directory: Path) -> None:
    """Remove what was begun by processes that died before it had a name."""
    for draft in directory.glob("*.draft"):
        with suppress(FileNotFoundError):  # Somebody was quicker.
            if time.time() - draft.stat().st_mtime > OLD_DRAFT_SECONDS:
                draft.unlink()


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _after_fork() -> None:
    global _own_lock  # noqa: PLW0603
    for inherited in list(_open_spools):
        inherited.forget()
    _own_lock = threading.Lock()
    _own_spool.cache_clear()


_own_lock = threading.Lock()
_open_spools: WeakSet[Spool] = WeakSet()
os.register_at_fork(after_in_child=_after_fork)
