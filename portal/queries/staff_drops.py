"""Files that were dropped, as managers see them: what became of each."""

from __future__ import annotations

from django.conf import settings
from django.db.models import F, QuerySet

from shop.models import Connection, DroppedFile


def files(connection: Connection) -> QuerySet[DroppedFile]:
    """Return the files of a drop: those that are still to be read first, then the newest."""
    rows = DroppedFile.objects.filter(connection=connection)
    return rows.order_by(F("read_at").desc(nulls_first=True), "-pk")


def folder_of(connection: Connection) -> str:
    """Return where files are to be dropped, as whoever does it writes it."""
    folder = str(connection.options.get("folder", ""))
    if connection.address:
        return f"{connection.address}/{folder.lstrip('/')}"
    return f"{settings.SHOP_DROP_DIR}/{folder}" if settings.SHOP_DROP_DIR else ""
