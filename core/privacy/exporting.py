"""A copy of everything that is held about somebody: a ZIP with a JSON and a CSV for each table."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.db.models.fields.files import FieldFile

from core.csv_export import neutralized
from core.privacy import registry
from core.privacy.declaring import Holding, Person
from core.privacy.erasing import rows_of
from core.privacy.tables import model_of
from core.zip_stream import zip_chunks

#: Some rows have a file in them.
_CHUNK = 100
_PART_BYTES = 65_536
#: What the file of a table is, and its rows: a name and one mapping for each row.
Section = tuple[str, Iterable[Mapping[str, Any]]]


def sections_of(person: Person) -> Iterator[Section]:
    """Yield what each table holds about somebody; tables without a row of theirs are left out."""
    for holding in registry.holdings():
        rows = rows_of(holding, person)
        names = shown_fields(holding)
        if rows is None or not names:
            continue
        mine = rows.filter(**holding.told_of).order_by("pk").only(*names)
        if mine.exists():
            table = holding.model.lower().replace(".", "-")
            yield table, (_told(holding, row, names) for row in mine.iterator(chunk_size=_CHUNK))


def shown_fields(holding: Holding) -> list[str]:
    """Return the fields of a table that an export shows: never a secret, in the table's order."""
    wanted = ({*holding.fields} - {*holding.secret}) | {*holding.told}
    fields = model_of(holding.model)._meta.concrete_fields
    return [field.name for field in fields if field.name in wanted]


def archive(sections: Iterable[Section], *, about: str, now: datetime) -> Iterator[bytes]:
    """Yield a ZIP of ``sections``: two files for each, and a last one that lists them.

    Memory holds a few rows, however many there are.
    """
    return zip_chunks(_files(sections, about, now))


def _files(
    sections: Iterable[Section], about: str, now: datetime
) -> Iterator[tuple[str, Iterable[bytes]]]:
    contents = []
    for table, rows in sections:
        with tempfile.TemporaryFile() as sheet:
            written = _Table(rows, sheet)
            yield f"{table}.json", written.json()
            yield f"{table}.csv", written.csv()
            contents.append({"file": table, "rows": written.rows})
    said = {"about": about, "made_at": now.isoformat(), "tables": contents}
    yield "contents.json", [json.dumps(said, ensure_ascii=False, indent=1).encode()]


class _Table:
    """Rows on their way into the archive, read once: as JSON and, kept on the disk, as CSV."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], sheet: IO[bytes]) -> None:
        self.rows = 0
        self._source = rows
        self._sheet = sheet

    def json(self) -> Iterator[bytes]:
        """Yield the rows as JSON, one by one. To be read to its end before :meth:`csv`."""
        text = io.TextIOWrapper(self._sheet, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        try:
            for row in self._source:
                plain = {name: _plain(value) for name, value in row.items()}
                if not self.rows:
                    writer.writerow(plain)
                writer.writerow([_cell(value) for value in plain.values()])
                said = json.dumps(plain, ensure_ascii=False, indent=1)
                yield f"{',' if self.rows else '['}\n{said}".encode()
                self.rows += 1
        finally:
            text.detach()
        yield b"\n]" if self.rows else b"[]"

    def csv(self) -> Iterator[bytes]:
        """Yield the rows as CSV."""
        self._sheet.seek(0)
        while part := self._sheet.read(_PART_BYTES):
            yield part


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return neutralized(value) if isinstance(value, str) else value


def _told(holding: Holding, row: Any, names: list[str]) -> dict[str, Any]:
    is_bare = any(getattr(row, name) in values for name, values in holding.bare_of.items())
    hidden = holding.fields if is_bare else ()
    return {name: "" if name in hidden else _value(row, name) for name in names}


def _value(row: Any, name: str) -> Any:
    field = row._meta.get_field(name)
    return getattr(row, field.attname)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it. Files and bytes are told by their size."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} bytes"
    return value
