"""What lies in a folder of backups: each base with a mark that says that it is complete."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

MARK = "apport-backup.json"
BASES, LOG, MEDIA = "bases", "wal", "media"


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
