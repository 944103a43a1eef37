"""Files that were read, read once more: after the cause of a refusal is gone."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from django.db import transaction

from core import audit
from core.errors import DomainError
from core.models import User
from core.wording import Said
from shop.connectors.api import ShopUnreachable
from shop.connectors.file_drop.connector import place
from shop.connectors.file_drop.places import Place
from shop.models import DroppedFile
from shop.services import drops


class FileGone(DomainError):
    """A file that was read is no longer where it was moved to."""

    code = "file_gone"


def read_again(*, file_id: int, actor: User, now: datetime) -> DroppedFile:
    """Read a file from where it was moved to. What it says is there once, however often.

    :raises FileGone: when it no longer lies there as it was read.
    :raises ShopRefused, ShopUnreachable: when the folder cannot be used.
    """
    row = DroppedFile.objects.select_related("connection__shop").get(
        pk=file_id, read_at__isnull=False
    )
    connection = row.connection
    entered = {**connection.options, **connection.entered}
    with (
        closing(place(connection.address, entered)) as folder,
        tempfile.TemporaryDirectory() as directory,
    ):
        copy = Path(directory, drops.copy_name(row.name))
        lies_in = _fetch(folder, row, copy)
        drops.store(copy, connection, row, now)
        with transaction.atomic():
            row.save()
            audit.record(actor=actor, verb="drop.read_again", subject=row, at=now,
                         data={"refused_rows": row.refused_rows})  # fmt: skip
        drops.report(folder, row)
        belongs = drops.FAILED if row.error else drops.DONE
        if belongs != lies_in:
            name = _moved_name(row)
            folder.move(f"{lies_in}/{name}", belongs, name)
    return row


def _fetch(folder: Place, row: DroppedFile, copy: Path) -> str:
    """Copy a file from where it lies now; return the folder's name.

    :raises FileGone: when its bytes are not there, or are others.
    """
    for lies_in in (drops.DONE, drops.FAILED):
        with suppress(ShopUnreachable):
            with copy.open("wb") as file:
                folder.fetch(f"{lies_in}/{_moved_name(row)}", file)
            with copy.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if row.sha256 in {"", sha256}:  # One that was too large was never read.
                row.sha256 = sha256
                return lies_in
    raise FileGone(
        Said("%(name)s no longer lies in the folder as it was read: drop it again.", name=row.name)
    )


def _moved_name(row: DroppedFile) -> str:
    return drops.moved_name(row.name, row.read_at or row.seen_at)
