"""Files in the storage that go together with what a transaction does to their rows."""

from __future__ import annotations

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction


def delete_on_commit(name: str | None) -> None:
    """Delete a file once the transaction under way is committed; nothing for an empty name.

    One that cannot be deleted is logged and stops no other.
    """
    if name:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
