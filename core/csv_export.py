"""CSV files that people open in a spreadsheet: readable there, and never run there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.money import Money

Cell = str | int | bool | Decimal | Money | date | None

BOM = "\ufeff"
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
#: A spreadsheet set to the other separator would begin a new cell inside the text.
_HIDDEN_FORMULA = re.compile(r"([,;][\"\s]*)(?=[=+\-@＝＋－＠])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a file separates its cells and writes its decimals."""

    separator: str
    decimal: str


FRENCH = CsvForm(separator=";", decimal=",")
INTERNATIONAL = CsvForm(separator=",", decimal=".")


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, form: CsvForm = FRENCH
) -> bytes:
    """Return a whole file: UTF-8 with byte order mark, lines ended by CR LF.

    Amounts are in major units without their currency; dates are ISO 8601. Text that a spreadsheet
    could take for a formula gets an apostrophe before it. Equal input gives equal bytes.

    :raises ValueError: when a row has not as many cells as the header.
    """
    return b"".join(csv_chunks(header, rows, form=form))


def csv_chunks(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, form: CsvForm = FRENCH
) -> Iterator[bytes]:
    """Yield the file of :func:`csv_bytes` line by line, for answers of any length.

    :raises ValueError: when a row has not as many cells as the header.
    """
    yield (BOM + _line(header, form)).encode()
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise ValueError(f"row {number} has {len(row)} cells, the header {len(header)}")
        yield _line(row, form).encode()


def neutralized(text: str) -> str:
    """Return ``text`` on one line, and such that no spreadsheet takes it for a formula."""
    text = _CONTROL.sub(" ", text)
    text = _HIDDEN_FORMULA.sub(r"\1'", text)
    return f"'{text}" if _FORMULA.match(text) else text


def _line(row: Sequence[Cell], form: CsvForm) -> str:
    return form.separator.join(_cell(cell, form) for cell in row) + "\r\n"


def _cell(cell: Cell, form: CsvForm) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, Money):
        cell = cell.to_decimal()
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", form.decimal)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return '"' + neutralized(cell).replace('"', '""') + '"'
