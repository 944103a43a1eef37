"""Copies of the database server and of its log, made by PostgreSQL's own programs.

A folder of backups holds ``bases/`` (whole copies), ``wal/`` (the log, while it is followed) and
``media/`` (files that people sent). The newest base and the log together lead to any moment.
``media-gone.json`` says since when files are known to be deleted.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from config import embedded
from config.processes import spawn, stop
from core.backup_marks import (
    BASES,
    JOURNAL,
    LOG,
    MEDIA,
    RESTORED,
    SHORT_LIVED,
    Base,
    bases,
    write_mark,
)

SLOT = "apport"
UNFINISHED = ".part"
GONE = "media-gone.json"
#: How long a program has to end after it was asked to.
PATIENCE_SECONDS = 20


class BackupRefused(Exception):
    """No backup was made; the message says why and what to do."""


@dataclass(frozen=True)
class Server:
    """A server that can be copied, as variables for PostgreSQL's programs (libpq)."""

    environment: Mapping[str, str]
    programs: Path

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run one of PostgreSQL's programs and return what it says.

        :raises BackupRefused: when it fails, with its own words.
        """
        done = subprocess.run(
            [self.programs / program, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BackupRefused(f"{program} failed: {done.stdout.strip()[-2000:]}")
        return done.stdout


def server(url: str, data_directory: Path) -> Server:
    """Return the server at ``url``, or without one the embedded one of ``data_directory``.

    ``url`` names a role with the right REPLICATION; its password is not shown to other users.
    """
    environment = {**embedded.SERVER_ENVIRONMENT, "PGCONNECT_TIMEOUT": "10"}
    if url:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        said = {
            "PGHOST": options.get("host") or unquote(parts.hostname or ""),
            "PGPORT": str(parts.port or options.get("port", "")),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
            "PGSSLMODE": options.get("sslmode", ""),
            "PGSSLROOTCERT": options.get("sslrootcert", ""),
        }
        environment |= {name: value for name, value in said.items() if value}
    else:
        environment |= {"PGHOST": str(data_directory / "run"), "PGUSER": embedded.SUPERUSER}
    return Server(environment, embedded.postgres_binaries(None))


def take(folder: Path, source: Server, media: Path | None = None) -> Base:
    """Copy the whole server into ``folder`` and see that every byte arrived; return the copy.

    A copy that was interrupted is left as ``.part`` and counts for nothing. ``media``: files whose
    content never changes; those that are not there yet are copied.

    :raises BackupRefused: when a program of PostgreSQL fails.
    """
    (folder / BASES).mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    began_at = datetime.now(UTC)
    final = folder / BASES / f"{began_at:%Y%m%dT%H%M%SZ}"
    draft = final.with_name(final.name + UNFINISHED)
    source.run(
        "pg_basebackup", "--pgdata", draft, "--format=plain", "--wal-method=stream",
        "--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password",
    )  # fmt: skip
    source.run("pg_verifybackup", "--quiet", draft)
    base = Base(
        directory=draft,
        began_at=began_at,
        ended_at=datetime.now(UTC),
        server_version=int((draft / "PG_VERSION").read_text()),
        first_log=_first_log(draft),
    )
    write_mark(base)
    draft.rename(final)
    if media is not None and media.is_dir():
        copy_missing(media, folder / MEDIA)
        for name in SHORT_LIVED:
            shutil.rmtree(folder / MEDIA / name, ignore_errors=True)
    return bases(folder)[-1]


def _first_log(directory: Path) -> str:
    """Return the name of the first file of the log that this base needs."""
    label = (directory / "backup_label").read_text()
    return label.partition("(file ")[2].partition(")")[0]


def copy_missing(source: Path, target: Path) -> int:
    """Copy the files that ``target`` lacks; return how many. Those there are never changed.

    Files that are to live for a week only are left out.
    """
    copied = 0
    for name in sorted(_files(source)):
        path, twin = source / name, target / name
        if name.split("/")[0] in (*SHORT_LIVED, RESTORED) or twin.exists():
            continue
        twin.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = twin.with_name(f".{twin.name}{UNFINISHED}")
        shutil.copy2(path, draft)
        draft.rename(twin)
        copied += 1
    return copied


def _files(directory: Path) -> set[str]:
    """Return the names of the files below a directory, as from there."""
    return {
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def forget_gone(folder: Path, media: Path, *, now: datetime) -> int:
    """Delete the copies of files that were gone before the oldest base; return how many.

    When one is first missed is kept: until the oldest base is younger than that, a moment can be
    restored at which a row names it. The erasure journal stays. Without any file in ``media``
    nothing is missed: that is a disk that is not there.
    """
    live, oldest = _files(media), next(iter(bases(folder)), None)
    if not live or oldest is None:
        return 0
    marks = folder / GONE
    known: dict[str, str] = json.loads(marks.read_text()) if marks.exists() else {}
    missing = {
        name: known.get(name, now.isoformat())
        for name in sorted(_files(folder / MEDIA) - live)
        if name.split("/")[0] != JOURNAL
    }
    over = [name for name, at in missing.items() if datetime.fromisoformat(at) <= oldest.began_at]
    for name in over:
        (folder / MEDIA / name).unlink()
        del missing[name]
    draft = marks.with_name(f".{marks.name}{UNFINISHED}")
    draft.write_text(json.dumps(missing, indent=1) + "\n")
    draft.rename(marks)
    return len(over)


def prune(folder: Path, source: Server, *, keep: int, media: Path | None = None) -> list[str]:
    """Delete all but the newest ``keep`` bases, and what only older ones needed.

    That is the log before the oldest that stays, and copies of files that are gone from ``media``
    since. Return the names of the bases that went.

    :raises BackupRefused: for fewer than one.
    """
    if keep < 1:
        raise BackupRefused("At least one backup has to stay: --keep 1 or more.")
    *old, _newest = bases(folder)
    going = old[: max(len(old) + 1 - keep, 0)]
    for base in going:
        shutil.rmtree(base.directory)
    if going and (folder / LOG).is_dir():
        first = bases(folder)[0].first_log
        source.run("pg_archivecleanup", folder / LOG, first)
        for partial in (folder / LOG).glob("*.partial"):
            if partial.name < first:
                partial.unlink()
    if media is not None and media.is_dir():
        forget_gone(folder, media, now=datetime.now(UTC))
    return [base.directory.name for base in going]


def follow_command(folder: Path, source: Server) -> Sequence[str | Path]:
    """Return the command that keeps the server's log, each write as it is committed."""
    return (
        source.programs / "pg_receivewal", "--directory", folder / LOG, "--slot", SLOT,
        "--synchronous", "--no-password",
    )  # fmt: skip


def follow(folder: Path, source: Server) -> int:
    """Keep the server's log in ``folder`` until this process is ended; return the status.

    The slot makes the server keep what we have not read, also while nobody follows.

    :raises BackupRefused: when the slot cannot be made.
    """
    log = folder / LOG
    log.mkdir(mode=0o700, parents=True, exist_ok=True)
    source.run(
        "pg_receivewal", "--directory", log, "--slot", SLOT, "--create-slot", "--if-not-exists"
    )
    child = spawn(
        list(follow_command(folder, source)),
        environment=dict(source.environment),
        output=os.dup(2),
        on_parent_death=signal.SIGINT,
    )
    try:
        return child.wait()
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        stop(child, signal.SIGINT, patience=PATIENCE_SECONDS)
