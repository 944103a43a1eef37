"""The erasure journal: who was erased, as keyed hashes, to be erased again after a restore.

A backup holds people who were erased since. The journal is kept in the database and, line by line,
in files of the storage of photos, which no restore of the database brings back to an older state.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from core.hashing import keyed_hash
from core.models import ErasureEntry, User

FOLDER = "erasure-journal"
PERSON, BUYER, ORDER, VISITOR, PHOTO = "person", "buyer", "order", "visitor", "photo"
#: Lines of one file at most.
_MOST = 10_000


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
    filed = 0
    while count := _file_some(now):
        filed += count
    return filed


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
    name = f"{FOLDER}/{now:%Y-%m-%dT%H-%M-%S}-{secrets.token_hex(4)}.jsonl"
    default_storage.save(name, ContentFile("\n".join([*lines, ""]).encode()))
    ErasureEntry.objects.filter(pk__in=[row.pk for row in rows]).update(filed_at=now)
    return len(rows)


def recover(*, now: datetime) -> int:
    """Take over the lines of the files that the database does not know; return how many."""
    known = set(ErasureEntry.objects.values_list("kind", "key"))
    missing: dict[tuple[str, str], ErasureEntry] = {}
    for name in _names():
        with default_storage.open(name) as file:
            for line in file.read().decode().splitlines():
                said = json.loads(line)
                one = (said["kind"], said["key"])
                if one not in known:
                    at = datetime.fromisoformat(said["at"])
                    missing[one] = ErasureEntry(kind=one[0], key=one[1], at=at, filed_at=now)
    ErasureEntry.objects.bulk_create(missing.values(), ignore_conflicts=True, batch_size=5_000)
    return len(missing)


def keys(kind: str) -> frozenset[str]:
    """Return the keys of one kind."""
    return frozenset(ErasureEntry.objects.filter(kind=kind).values_list("key", flat=True))


def _names() -> list[str]:
    try:
        _folders, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return []
    return [f"{FOLDER}/{name}" for name in sorted(files) if name.endswith(".jsonl")]
