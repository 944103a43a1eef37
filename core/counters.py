"""What the processes of one machine count, each in a small mapped file of its own.

Adding is a write to memory, some 0.2 µs, and asks no server. A file is locked (flock) while its
process lives; what dead ones counted is folded into one sum, so that no number ever falls.
"""

from __future__ import annotations

import fcntl
import json
import logging
import mmap
import os
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SUFFIX = ".count"
#: Upper ends of the buckets of durations, in nanoseconds; one more bucket has no end.
BOUNDS_NS = (
    250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
    100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 10_000_000_000,
)  # fmt: skip
#: The names of what :meth:`Counters.took` counts, behind a prefix: buckets, then the sum in ns.
DURATION = (*(f"le_{bound}" for bound in BOUNDS_NS), "le_inf", "ns")
_NUMBER = 8
_log = logging.getLogger(__name__)


class Counters:
    """Named numbers of this process in ``directory``, in a file of its ``kind``. Threads share it.

    Where no file can be written the numbers stay in memory: nobody waits, and nobody reads them.
    """

    def __init__(self, directory: Path, kind: str, names: Sequence[str]) -> None:
        self._slots = {name: slot for slot, name in enumerate(names)}
        self._lock = threading.Lock()
        self._descriptor = -1
        size = len(names) * _NUMBER
        try:
            memory: mmap.mmap | bytearray = self._map(directory, kind, names)
            offset = len(memory) - size
        except OSError as error:
            _log.warning("Nothing is counted in %s: %s", directory, error)
            memory, offset = bytearray(size), 0
        self._numbers = memoryview(memory)[offset:].cast("Q")

    def slot(self, name: str) -> int:
        """Return where ``name`` is counted.

        :raises KeyError: for a name that was not given at the beginning.
        """
        return self._slots[name]

    def add(self, slot: int, number: int = 1) -> None:
        """Add ``number`` at ``slot``."""
        with self._lock:
            self._numbers[slot] += number

    def took(self, first_slot: int, ns: int, *slots: int) -> None:
        """Count a duration in nanoseconds from ``first_slot`` on, and one at each of ``slots``.

        ``first_slot`` is the slot of the first name of :data:`DURATION`.
        """
        numbers = self._numbers
        with self._lock:
            numbers[first_slot + bisect_left(BOUNDS_NS, ns)] += 1
            numbers[first_slot + len(BOUNDS_NS) + 1] += ns
            for slot in slots:
                numbers[slot] += 1

    def close(self) -> None:
        """Let go of the file: the next reader folds it."""
        if self._descriptor >= 0:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)  # What is mapped keeps it open.
            os.close(self._descriptor)
            self._descriptor = -1

    def _map(self, directory: Path, kind: str, names: Sequence[str]) -> mmap.mmap:
        """Begin a file: its length in eight bytes, its names, its numbers."""
        header = json.dumps(list(names)).encode()
        header += b" " * (-len(header) % _NUMBER)
        text = len(header).to_bytes(_NUMBER, "little") + header + bytes(len(names) * _NUMBER)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = directory / f"{kind}-{os.getpid()}-{time.time_ns()}{SUFFIX}"
        draft = path.with_suffix(".draft")
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, text)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            draft.rename(path)
            memory = mmap.mmap(descriptor, len(text))
        except OSError:
            os.close(descriptor)
            draft.unlink(missing_ok=True)
            raise
        self._descriptor = descriptor
        return memory


def duration_names(prefix: str) -> tuple[str, ...]:
    """Return the names under which durations of ``prefix`` are counted, in their order."""
    return tuple(f"{prefix}.{name}" for name in DURATION)


def totals(directory: Path, kind: str) -> dict[str, int]:
    """Return what all processes of ``kind`` on this machine counted, also those that ended.

    Files of dead processes are folded into the sum meanwhile.

    :raises OSError: when the directory cannot be read.
    """
    if not directory.is_dir():
        return {}
    with _alone(directory):
        folded, names = _folded(directory, kind)
        for name in names:  # Left by a reader that died after it wrote the sum.
            (directory / name).unlink(missing_ok=True)
        living: Counter[str] = Counter()
        dead: list[str] = []
        for path in sorted(directory.glob(f"{kind}-*{SUFFIX}")):
            numbers, is_dead = _read(path)
            (folded if is_dead else living).update(numbers)
            dead += [path.name] if is_dead else []
        if dead:
            _fold(directory, kind, folded, dead)
        return dict(folded + living)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _folded(directory: Path, kind: str) -> tuple[Counter[str], list[str]]:
    try:
        said = json.loads((directory / f"{kind}.sum").read_text())
    except FileNotFoundError:
        return Counter(), []
    return Counter(said["numbers"]), list(said["files"])


def _fold(directory: Path, kind: str, numbers: Counter[str], files: list[str]) -> None:
    """Write the sum with the names of the files in it, then delete them: no crash counts twice."""
    path = directory / f"{kind}.sum"
    draft = path.with_suffix(".sum.draft")
    draft.write_text(json.dumps({"numbers": numbers, "files": files}))
    draft.rename(path)
    for name in files:
        (directory / name).unlink(missing_ok=True)


def _read(path: Path) -> tuple[dict[str, int], bool]:
    """Return the numbers of a file that are not nought, and whether its process has ended."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        is_dead = True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            is_dead = False
        text = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    finally:
        os.close(descriptor)
    begins = _NUMBER + int.from_bytes(text[:_NUMBER], "little")
    numbers = memoryview(text)[begins:].cast("Q")
    names = json.loads(text[_NUMBER:begins])
    return {name: number for name, number in zip(names, numbers, strict=True) if number}, is_dead
