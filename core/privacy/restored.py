"""What a restore brought back of files: those that no row names any more are deleted again.

A folder of backups keeps a deleted photo as long as a moment can be restored at which it was there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.core.files.storage import default_storage

from core import data_requests, exports
from core.backup_marks import RESTORED
from core.privacy import registry
from core.privacy.tables import model_of

_AT_ONCE = 1_000


def delete_unnamed() -> int:
    """Delete the files that the restore laid out and that no row names; return how many.

    Only those: whoever looks at a restored database beside the storage of what runs loses nothing.
    Safe to repeat; a second time there is nothing to compare.
    """
    if not default_storage.exists(RESTORED):
        return 0
    with default_storage.open(RESTORED) as file:
        names = file.read().decode().splitlines()
    gone = 0
    for name in _unnamed(names):
        default_storage.delete(name)
        gone += 1
    default_storage.delete(RESTORED)
    return gone


def forget_missing(*, now: datetime) -> int:
    """Let go of exports and copies whose files no restore brings back; return how many."""
    return exports.expire_missing(now=now) + data_requests.forget_missing()


def _unnamed(names: list[str]) -> Iterator[str]:
    for stored in registry.files():
        rows = model_of(stored.model)._default_manager
        found = [name for name in names if name.startswith(stored.folder)]
        for start in range(0, len(found), _AT_ONCE):
            some = found[start : start + _AT_ONCE]
            of_some = {f"{stored.field}__in": some}
            named = set(rows.filter(**of_some).values_list(stored.field, flat=True))
            yield from (name for name in some if name not in named)
