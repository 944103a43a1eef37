"""Files that were dropped, read once: their orders and returns go the way of all others."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from core.errors import DomainError
from shop.connectors.api import ShopRefused, ShopUnreachable
from shop.connectors.csv_file import CsvFile
from shop.connectors.file_drop.connector import place
from shop.connectors.file_drop.places import Dropped, Place
from shop.connectors.history import Fact, Tally
from shop.connectors.packed import too_large
from shop.domain.canonical import CanonicalOrder, CanonicalReturn
from shop.models import Connection, DroppedFile
from shop.services import orders, returns

CONNECTOR = "file_drop"
QUIET = timedelta(seconds=60)
DONE, FAILED = "done", "failed"
READ = (".csv", ".csv.xz")
MARK, ERRORS = ".done", ".errors.csv"
#: Refused rows that are kept and written down; all of them are counted.
MOST_LISTED = 1_000
_AT_ONCE = 250

Refusal = tuple[int, str, str]  # The row (0: no single one), what it is about, and why.


@dataclass(slots=True)
class _Listing(Tally):
    """A tally that keeps each refusal, so that whoever dropped the file can correct it."""

    listed: list[Refusal] = field(default_factory=list)
    count: int = 0

    def refuse(self, reason: str, row: int, minor: int, detail: str = "") -> None:
        """Count a row that is not stored, and keep why."""
        Tally.refuse(self, reason, row, minor, detail)
        about, _colon, why = detail.partition(": ")
        self.note(row, about, why or reason)

    def note(self, row: int, about: str, why: str) -> None:
        """Keep why something was not stored."""
        self.count += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append((row, about, why))


def read(*, connection_id: int, now: datetime) -> list[DroppedFile]:
    """Read the files of a drop that are complete, and return what became of each.

    A file is complete when its size has not changed for the connection's quiet seconds, seen by us
    twice, or when an empty file of its name and ``.done`` lies beside it. It is read once: the same
    name, size and bytes again are moved away unread. Safe to repeat, and to kill at any moment.

    :raises ShopRefused, ShopUnreachable: when the folder cannot be used.
    """
    connection = Connection.objects.select_related("shop").get(pk=connection_id)
    entered = {**connection.options, **connection.entered}
    with closing(place(connection.address, entered)) as folder:
        return read_place(folder, connection=connection, now=now)


def read_place(folder: Place, *, connection: Connection, now: datetime) -> list[DroppedFile]:
    """Read the complete files of an open folder. See :func:`read`."""
    lying = folder.files()
    names = {one.name for one in lying}
    done = []
    for one in lying:
        if not _is_wanted(one.name):
            continue
        row = _seen(connection, one, now)
        marked = one.name + MARK in names
        if not marked and now - row.seen_at < _quiet(connection):
            continue
        try:
            found = _take(folder, connection, row, now)
        except ShopUnreachable:
            if one.name in {other.name for other in folder.files()}:
                raise
            # Another reader was quicker, or whoever dropped it took it back.
            folder.remove(one.name + MARK)
            continue
        if found is not None:
            done.append(found)
            if marked:
                folder.remove(one.name + MARK)
    _forget(connection, names)
    return done


def _is_wanted(name: str) -> bool:
    lower = name.lower()
    return lower.endswith(READ) and not lower.endswith(ERRORS)


def _quiet(connection: Connection) -> timedelta:
    said = str(connection.options.get("quiet_seconds", ""))
    return timedelta(seconds=int(said)) if said.isdecimal() and len(said) <= 6 else QUIET


def _seen(connection: Connection, one: Dropped, now: datetime) -> DroppedFile:
    """Return the row of a file that lies there, of since when it has the size that it has."""
    row, _new = DroppedFile.objects.get_or_create(
        connection=connection, name=one.name, read_at=None,
        defaults={"size": one.size, "seen_at": now},
    )  # fmt: skip
    if row.size != one.size:
        row.size, row.seen_at = one.size, now
        row.save(update_fields=["size", "seen_at"])
    return row


def _forget(connection: Connection, names: set[str]) -> None:
    """Files that were taken away again before they were read leave nothing."""
    DroppedFile.objects.filter(connection=connection, read_at=None).exclude(name__in=names).delete()


def _take(
    folder: Place, connection: Connection, row: DroppedFile, now: datetime
) -> DroppedFile | None:
    """Read one file and move it; nothing when it was not whole after all."""
    if row.size > settings.SHOP_FILE_MOST_BYTES:
        row.error = str(too_large(settings.SHOP_FILE_MOST_BYTES))
        if not _keep(row, now):
            return None
        _put_away(folder, row, now)
        return row
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory, copy_name(row.name))
        with copy.open("wb") as file:
            folder.fetch(row.name, file)
            size = file.tell()
        if size != row.size:
            row.size, row.seen_at = size, now
            row.save(update_fields=["size", "seen_at"])
            return None
        with copy.open("rb") as file:
            row.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        before = DroppedFile.objects.filter(
            connection=connection, name=row.name, size=row.size, sha256=row.sha256,
            read_at__isnull=False,
        ).first()  # fmt: skip
        if before is not None:
            DroppedFile.objects.filter(pk=row.pk, read_at=None).delete()
            row = before
        elif not _store(copy, connection, row, now):
            return None
    _put_away(folder, row, now)
    return None if before is not None else row


def _put_away(folder: Place, row: DroppedFile, now: datetime) -> None:
    """Write down what was refused, and move the file."""
    report(folder, row)
    folder.move(row.name, FAILED if row.error else DONE, moved_name(row.name, now))


def moved_name(name: str, at: datetime) -> str:
    """Return under which name a file lies that was read at ``at``."""
    return f"{at:%Y%m%dT%H%M%SZ}-{name}"


def copy_name(name: str) -> str:
    """Return a name for a copy that says how a file is packed, and nothing of a stranger's."""
    return "file.csv.xz" if name.lower().endswith(".xz") else "file.csv"


def _store(copy: Path, connection: Connection, row: DroppedFile, now: datetime) -> bool:
    """Store what a file says and note the outcome.

    False when another reader noted it meanwhile: what both stored is there once.
    """
    store(copy, connection, row, now)
    return _keep(row, now)


def store(copy: Path, connection: Connection, row: DroppedFile, now: datetime) -> None:
    """Store what a file says, some orders at a time; what became of it is on ``row``, unsaved."""
    row.error = ""
    history = CsvFile(copy, shop_code=connection.shop.code)
    history.tally = listing = _Listing()
    try:
        history.survey(_nobody)
        for some in _pieces(history.facts(_nobody)):
            _record(connection, some, row, listing, now)
    except DomainError as refusal:
        row.error = str(refusal).replace(str(copy), row.name)
    row.rows, row.refused_rows, row.refused = listing.rows, listing.count, listing.listed


def _keep(row: DroppedFile, now: datetime) -> bool:
    """Note that a file was read; False when another reader noted it meanwhile."""
    row.read_at = now
    with transaction.atomic():
        waiting = DroppedFile.objects.filter(pk=row.pk, read_at=None)
        if not waiting.select_for_update():
            return False
        row.save()
    return True


def _record(
    connection: Connection,
    some: Sequence[Fact],
    row: DroppedFile,
    listing: _Listing,
    now: datetime,
) -> None:
    shop_id = connection.shop_id
    of_orders = orders.record(
        shop_id=shop_id, orders=[one for one in some if isinstance(one, CanonicalOrder)], now=now
    )
    of_returns = returns.record(
        shop_id=shop_id, returns=[one for one in some if isinstance(one, CanonicalReturn)], now=now
    )
    row.orders += of_orders.created
    row.returns += of_returns.created
    for about, why in (*of_orders.conflicts.items(), *of_returns.conflicts.items()):
        listing.note(0, about, str(why))


def _pieces(facts: Iterator[Fact]) -> Iterator[list[Fact]]:
    some: list[Fact] = []
    for fact in facts:
        some.append(fact)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def report(folder: Place, row: DroppedFile) -> None:
    """Write what was refused beside the file, and take an older such list away."""
    name = row.name + ERRORS
    if not row.refused and not row.error:
        folder.remove(name)
        return
    folder.write(name, refused_rows(row))


def refused_rows(row: DroppedFile) -> bytes:
    """Return what was refused of a file and why, as CSV for whoever corrects it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "about", "why"])
    if row.error:
        writer.writerow(["", "", _plain(row.error)])
    for number, about, why in row.refused:
        writer.writerow([number or "", _plain(about), _plain(why)])
    if row.refused_rows > len(row.refused):
        more = row.refused_rows - len(row.refused)
        writer.writerow(["", "", f"and {more} more"])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    """A spreadsheet computes what begins like a formula; ids come from strangers."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _nobody(_rows: int) -> None:
    """Nobody watches how far it is."""


def read_all(*, now: datetime) -> dict[int, DomainError]:
    """Read every drop that is not paused; return why of those that could not be, by connection.

    That is kept on the connection too, where its light shows it.
    """
    failed: dict[int, DomainError] = {}
    active = Connection.objects.filter(connector=CONNECTOR, paused_at__isnull=True)
    for pk in active.order_by("pk").values_list("pk", flat=True):
        try:
            read(connection_id=pk, now=now)
        except (ShopRefused, ShopUnreachable) as error:
            failed[pk] = error
        why = str(failed[pk]) if pk in failed else ""
        Connection.objects.filter(pk=pk).update(checked_at=now, check_error=why)
    return failed
