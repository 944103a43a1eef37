"""What lies in a folder of backups: each base with a mark that says that it is complete."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

MARK = "apport-backup.json"
BASES, LOG, MEDIA = "bases", "wal", "media"
#: Below ``media``: what a restore laid out, one name a line, until it was compared with the rows.
RESTORED = "restored-files.txt"
#: Below ``media``: files that live for a week, and are made again when somebody asks.
SHORT_LIVED = ("data-requests", "exports")
#: Below ``media``: who was erased. It has to outlive whatever is restored.
JOURNAL = "erasure-journal"


@dataclass(frozen=True, slots=True)
class Base:
    """A complete copy of the database server, from a moment between its two times."""

    directory: Path
    began_at: datetime
    ended_at: datetime
    server_version: int
    first_log: str


def bases(folder: Path) -> list[Base]:
    """Return the complete bases in ``folder``, oldest first; one without a mark is none.

    :raises ValueError: for a mark that cannot be read.
    """
    return sorted(
        (_base(mark) for mark in folder.glob(f"{BASES}/*/{MARK}")), key=lambda base: base.ended_at
    )


def newest(folder: Path) -> Base | None:
    """Return the newest complete base, or None."""
    found = bases(folder)
    return found[-1] if found else None


def write_mark(base: Base) -> None:
    """Say that a base is complete."""
    said = asdict(base)
    del said["directory"]
    (base.directory / MARK).write_text(json.dumps(said, default=str, indent=1) + "\n")


def _base(mark: Path) -> Base:
    said = json.loads(mark.read_text())
    return Base(
        directory=mark.parent,
        began_at=datetime.fromisoformat(said["began_at"]),
        ended_at=datetime.fromisoformat(said["ended_at"]),
        server_version=int(said["server_version"]),
        first_log=said["first_log"],
    )
