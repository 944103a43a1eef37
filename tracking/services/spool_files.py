"""The spool files of one directory, as the shipper finds them at the beginning of a pass."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db.models import Q

from tracking.domain.pieces import whole_lines
from tracking.domain.spool_line import LONGEST_LINE
from tracking.models import SpoolFile

SUFFIX = ".spool"
#: What one transaction takes: some 15,000 lines, when the shipper is that far behind.
BATCH_BYTES = 2 * 1024 * 1024
VANISHED, SHRANK, UNREADABLE = "vanished", "shrank", "unreadable"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class OpenFile:
    """One file. ``is_dead``: nobody writes any more, and we hold its lock."""

    path: Path
    descriptor: int
    size: int
    offset: int
    is_dead: bool

    def read(self, most: int) -> Piece:
        """Return the next lines, of about ``most`` bytes."""
        begins = self.offset
        data = os.pread(self.descriptor, min(most, self.size - begins), begins)
        is_end = begins + len(data) >= self.size
        lines, used = whole_lines(data, is_final=is_end and self.is_dead)
        self.offset += used
        return Piece(self, lines, begins, self.offset, is_end and self.is_dead)


@dataclass(slots=True)
class Piece:
    """Some lines of one file. ``is_last``: the file holds no more, and never will."""

    file: OpenFile
    lines: list[bytes]
    begins: int
    ends: int
    is_last: bool


@dataclass(slots=True)
class Found:
    """The files that hold something to ship, oldest first, and what is wrong with others."""

    files: list[OpenFile] = field(default_factory=list)
    #: False when the directory is away: nobody knows what it holds.
    is_whole: bool = True
    alarms: list[str] = field(default_factory=list)

    @property
    def waiting_bytes(self) -> int:
        return sum(file.size - file.offset for file in self.files)


def find(directory: Path, *, host: str, now: datetime, stack: ExitStack) -> Found:
    """Open the files of ``directory`` that hold something new, until ``stack`` is left.

    A file that is gone before its end, is shorter than what was shipped of it, or cannot be
    opened is an alarm: logged once, kept in its row. When it comes back, it is shipped.
    """
    if not directory.is_dir():
        return Found(is_whole=False, alarms=[f"There is no directory {directory}"])
    names = {path.name for path in directory.glob(f"*{SUFFIX}")}
    rows = SpoolFile.objects.filter(Q(name__in=names) | Q(host=host, finished_at__isnull=True))
    known = {row.name: row for row in rows}
    found = Found()
    for row in known.values():
        if row.name not in names and not (directory / row.name).exists():
            _alarm(row, VANISHED, now, found)
    for name in sorted(names, key=_age):
        row = known.get(name) or SpoolFile(name=name, host=host, began_at=now)
        try:
            file = _open(directory / name, row.shipped_bytes, stack)
        except FileNotFoundError:
            continue  # The next pass knows whether that was right.
        except OSError:
            _alarm(row, UNREADABLE, now, found)
            continue
        if file.size < file.offset:
            _alarm(row, SHRANK, now, found)
        elif file.is_dead or file.size > file.offset:
            found.files.append(file)
    return found


def batches(files: Iterable[OpenFile]) -> Iterator[list[Piece]]:
    """Yield the lines of all files, as much at once as one transaction takes."""
    pieces: list[Piece] = []
    room = BATCH_BYTES
    for file in files:
        is_more = True
        while is_more:
            piece = file.read(max(room, 2 * LONGEST_LINE))
            if piece.lines or piece.is_last:
                pieces.append(piece)
            room -= piece.ends - piece.begins
            is_more = piece.ends > piece.begins and file.offset < file.size
            if room <= 0:
                yield pieces
                pieces, room = [], BATCH_BYTES
    if pieces:
        yield pieces


def _open(path: Path, offset: int, stack: ExitStack) -> OpenFile:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    stack.callback(os.close, descriptor)
    is_dead = True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        is_dead = False
    # After the question for the lock: the size of a dead file is final.
    return OpenFile(path, descriptor, os.fstat(descriptor).st_size, offset, is_dead)


def _age(name: str) -> tuple[str, str]:
    return name.removesuffix(SUFFIX).rpartition("-")[2].zfill(20), name


def _alarm(row: SpoolFile, problem: str, now: datetime, found: Found) -> None:
    said = f"{row.name}: {problem} after {row.shipped_bytes} bytes were shipped"
    found.alarms.append(said)
    if row.problem != problem:
        _log.error("Spool file %s", said)
        row.problem, row.updated_at = problem, now
        row.save()
