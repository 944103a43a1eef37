"""``bin/manage restore``: a backup becomes a database server again, as it was at a moment.

Nothing that is there is ever overwritten: the result is a new directory.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config import backups, data_directory, env
from config.data_directory import Lock
from config.embedded import DidNotStart, Servers
from config.surroundings import say
from core.backup_marks import LOG, MEDIA, RESTORED, Base, bases

REPLAYED = "replay"


class RestoreRefused(Exception):
    """Nothing was restored; the message says why and what to do."""


@dataclass(frozen=True)
class Wish:
    """What is to be restored: ``until`` None means the last moment that the log knows."""

    folder: Path
    into: Path
    until: datetime | None = None
    secrets: Path | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``bin/manage restore`` takes."""
    parser.add_argument("folder", type=Path, help="The folder of backups.")
    parser.add_argument(
        "--into", type=Path, required=True, metavar="DIRECTORY",
        help="A data directory that is not there yet, or empty.",
    )  # fmt: skip
    parser.add_argument(
        "--until", type=_moment, metavar="TIME",
        help="With its zone, as 2026-11-23T09:30:00+01:00; without: as late as the log goes.",
    )  # fmt: skip
    parser.add_argument(
        "--secrets", type=Path, metavar="FILE",
        help="The secrets.env of the old data directory, where FIELD_KEYS is not set.",
    )  # fmt: skip


def main(arguments: list[str]) -> None:
    """Restore as the command line asks, and say what comes next.

    :raises SystemExit: with a sentence when nothing was restored.
    """
    parser = argparse.ArgumentParser(prog="bin/manage restore", description=__doc__)
    add_arguments(parser)
    run(parser.parse_args(arguments))


def run(options: argparse.Namespace) -> None:
    """Do what the parsed ``options`` ask.

    :raises SystemExit: with a sentence when nothing was restored.
    """
    wish = Wish(options.folder, options.into, options.until, options.secrets)
    try:
        base = restore(wish)
    except (RestoreRefused, DidNotStart, data_directory.Unusable) as refusal:
        raise SystemExit(str(refusal)) from refusal
    at = f"{wish.until:%Y-%m-%d %H:%M:%S %Z}" if wish.until else "the end of the log"
    say(
        f"Restored from {base.directory.name} to {at}: {wish.into / 'pg'}\n"
        "Before anybody works with it:\n"
        f"  APPORT_DATA_DIR={wish.into} bin/manage check_ledger\n"
        f"  APPORT_DATA_DIR={wish.into} bin/manage fsck_clicks\n"
        "and let the people and photos be forgotten again that were since (docs/privacy.md):\n"
        f"  APPORT_DATA_DIR={wish.into} bin/manage privacy --reapply"
    )


def restore(wish: Wish) -> Base:
    """Make a data directory whose server is as it was at a moment; return the base it came from.

    :raises RestoreRefused: when something is there already, no base fits, or secrets are missing.
    :raises DidNotStart: when the log does not reach that moment.
    """
    base = _base(wish)
    into = wish.into.expanduser().resolve()
    if into.exists() and any(into.iterdir()):
        raise RestoreRefused(f"{into} is not empty, and nothing is ever overwritten.")
    if wish.secrets is None and not env.text("FIELD_KEYS"):
        raise RestoreRefused(
            "Without FIELD_KEYS and HASH_KEY of the old installation nobody can read bank data:"
            " set them, or give --secrets the old secrets.env."
        )
    data_directory.choose(into, str(into))
    data_directory.prepare(into)
    lock = Lock(into)
    lock.acquire("bin/manage restore")
    try:
        _lay_out(wish, base, into)
        servers = Servers(lock)
        _hand_over(into, servers)
        servers.replay(*_replay_options(wish, into))
        shutil.rmtree(into / REPLAYED)
    finally:
        lock.release()
    return base


def _base(wish: Wish) -> Base:
    """Return the newest base that was complete before the moment."""
    found = bases(wish.folder)
    if not found:
        raise RestoreRefused(f"{wish.folder} holds no complete backup.")
    fitting = [base for base in found if wish.until is None or base.ended_at <= wish.until]
    if not fitting:
        raise RestoreRefused(
            f"The oldest backup was complete at {found[0].ended_at:%Y-%m-%d %H:%M:%S %Z}:"
            " no earlier moment can be restored."
        )
    if wish.until is not None and not (wish.folder / LOG).is_dir():
        raise RestoreRefused(
            f"{wish.folder} holds no log: only the moments of its backups can be restored."
            " Leave --until out, and let bin/manage backup --follow run from now on."
        )
    return fitting[-1]


def _lay_out(wish: Wish, base: Base, into: Path) -> None:
    shutil.copytree(base.directory, into / "pg", symlinks=True)
    for name in ("postgresql.conf", "pg_hba.conf", "pg_ident.conf"):
        (into / "pg" / name).touch()  # Some distributions keep them elsewhere.
    (into / "pg" / "recovery.signal").touch()
    replayed = into / REPLAYED
    replayed.mkdir(mode=0o700)
    for path in sorted((wish.folder / LOG).glob("*")):
        name = path.name.removesuffix(".partial")
        if name.endswith(".history") or name[8:] >= base.first_log[8:]:
            target = replayed / name
            if not (path.suffix == ".partial" and (wish.folder / LOG / name).exists()):
                shutil.copyfile(path, target)
    (replayed / "pg_hba.conf").write_text("local all all trust\n")
    if (wish.folder / MEDIA).is_dir():
        media = into / "media"
        backups.copy_missing(wish.folder / MEDIA, media)
        names = (path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())
        (media / RESTORED).write_text("".join(f"{name}\n" for name in sorted(names)))
    if wish.secrets is not None:
        shutil.copyfile(wish.secrets, into / "secrets.env")
        (into / "secrets.env").chmod(0o600)


def _hand_over(into: Path, servers: Servers) -> None:
    """Give the database's files to whom the server will run as."""
    (into / "pg").chmod(0o700)
    if servers.identity is None:
        return
    for top in (into / "pg", into / REPLAYED):
        for path in (top, *top.rglob("*")):
            os.chown(path, servers.identity.uid, servers.identity.gid, follow_symlinks=False)


def _replay_options(wish: Wish, into: Path) -> list[str]:
    """Return the settings with which the server reads its log up to the moment."""
    source = shlex.quote(str(into / REPLAYED)).replace("%", "%%")
    options = [
        f'restore_command=cp {source}/%f "%p"',
        "recovery_target_action=promote",
        # It takes nobody in before it is done, so that it needs nothing of the old server's size.
        "hot_standby=off",
        "archive_mode=off",
        "ssl=off",
        "shared_preload_libraries=",
        f"hba_file={into / REPLAYED / 'pg_hba.conf'}",
    ]
    if wish.until is not None:
        options.append(f"recovery_target_time={wish.until.isoformat()}")
    return options


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text} is no time such as 2026-11-23T09:30:00+01:00."
        ) from error
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} does not say its zone, such as +01:00 or Z.")
    return moment
