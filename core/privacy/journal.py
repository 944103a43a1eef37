"""The erasure journal: who was erased, as keyed hashes, to be erased again after a restore.

A backup holds people who were erased since. The journal is kept in the database and, line by line,
in files of the storage of photos, which no restore of the database brings back to an older state.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from core.backup_marks import JOURNAL
from core.hashing import keyed_hash
from core.models import ErasureEntry, User
from core.privacy.purging import until_done

FOLDER = JOURNAL
PERSON, BUYER, ORDER, VISITOR, PHOTO = "person", "buyer", "order", "visitor", "photo"
#: A journal of visitors is needed as long as a backup could hold their clicks.
VISITORS_KEPT = timedelta(days=400)
#: Files are named by when they were written, so that their names sort by it.
_STAMP = "%Y-%m-%dT%H-%M-%S"
#: Lines of one file at most.
_MOST = 10_000
#: Old files that are read together.
_MOST_FILES = 500


def key_of(kind: str, identity: str) -> str:
    """Return what the journal keeps of somebody: useless to whoever lacks our key."""
    return keyed_hash(f"erasure:{kind}", identity)


def key_of_user(user: User) -> str:
    """Return the key of a person. The number alone may be given again after a restore."""
    return key_of(PERSON, f"{user.pk}:{user.date_joined.isoformat()}")


def note(kind: str, keys: Iterable[str], *, now: datetime) -> None:
    """Write down that somebody was erased. In the caller's transaction; safe to repeat."""
    rows = [ErasureEntry(kind=kind, key=key, at=now) for key in keys]
    ErasureEntry.objects.bulk_create(rows, ignore_conflicts=True)


def file_pending(*, now: datetime) -> int:
    """Write the lines that are in no file yet into new files; return how many lines.

    The file is there before its rows say so: a crash between writes a line twice, never none.
    """
    return until_done(lambda: _file_some(now))


@transaction.atomic
def _file_some(now: datetime) -> int:
    rows = list(
        ErasureEntry.objects.select_for_update(skip_locked=True)
        .filter(filed_at__isnull=True)
        .order_by("pk")[:_MOST]
    )
    if not rows:
        return 0
    lines = [
        json.dumps({"kind": row.kind, "key": row.key, "at": row.at.isoformat()}) for row in rows
    ]
    _save(lines, now)
    ErasureEntry.objects.filter(pk__in=[row.pk for row in rows]).update(filed_at=now)
    return len(rows)


def recover(*, now: datetime) -> int:
    """Take over the lines of the files that the database does not know; return how many.

    Those of visitors whose 400 days are over are not.
    """
    known = set(ErasureEntry.objects.values_list("kind", "key"))
    missing: dict[tuple[str, str], ErasureEntry] = {}
    for name in _names():
        for line in _lines(name):
            entry = _read(line)
            one = (entry.kind, entry.key)
            if one not in known and not _is_over(entry, now):
                entry.filed_at = now
                missing[one] = entry
    ErasureEntry.objects.bulk_create(missing.values(), ignore_conflicts=True, batch_size=5_000)
    return len(missing)


def keys(kind: str) -> frozenset[str]:
    """Return the keys of one kind."""
    return frozenset(ErasureEntry.objects.filter(kind=kind).values_list("key", flat=True))


def old_files(*, now: datetime) -> list[str]:
    """Return the files written so long ago that every line about a visitor in them is over."""
    limit = f"{FOLDER}/{now - VISITORS_KEPT:{_STAMP}}"
    return [name for name in _names() if name < limit]


def thin_files(*, now: datetime) -> int:
    """Delete the old files; return how many. Lines that are not over go into a new one before.

    Safe to repeat: a crash between leaves lines twice, never none.
    """
    return until_done(lambda: _thin_some(now))


def _thin_some(now: datetime) -> int:
    names = old_files(now=now)[:_MOST_FILES]
    found = {line: _read(line) for name in names for line in _lines(name)}
    kept = [line for line, entry in found.items() if not _is_over(entry, now)]
    if kept:
        _save(kept, now)
    for name in names:
        default_storage.delete(name)
    return len(names)


def _save(lines: list[str], now: datetime) -> None:
    name = f"{FOLDER}/{now:{_STAMP}}-{secrets.token_hex(4)}.jsonl"
    default_storage.save(name, ContentFile("\n".join([*lines, ""]).encode()))


def _lines(name: str) -> list[str]:
    with default_storage.open(name) as file:
        said: str = file.read().decode()
    return said.splitlines()


def _read(line: str) -> ErasureEntry:
    said = json.loads(line)
    at = datetime.fromisoformat(said["at"])
    return ErasureEntry(kind=said["kind"], key=said["key"], at=at)


def _is_over(entry: ErasureEntry, now: datetime) -> bool:
    return entry.kind == VISITOR and entry.at < now - VISITORS_KEPT


def _names() -> list[str]:
    try:
        _folders, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return []
    return [f"{FOLDER}/{name}" for name in sorted(files) if name.endswith(".jsonl")]
