"""Workbooks of any length: real numbers, dates and amounts, and text that is never a formula."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

from core.csv_export import Cell
from core.money import Money, minor_digits

#: What a sheet holds at most, its header among them.
MOST_ROWS = 1_048_576
_LONGEST_TEXT = 32_767
_WIDEST = 40
#: What XML cannot hold at all: a spreadsheet would refuse the whole file.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_xlsx(
    file: IO[bytes],
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    sheet: str,
    most_rows: int = MOST_ROWS,
    told: Callable[[int], None] = lambda _rows: None,
) -> int:
    """Write a workbook and return how many rows it has; memory holds one row at a time.

    More rows than fit on a sheet go on on the next. Amounts are numbers in major units with the
    format of their currency, moments those of the programme's clock. ``told`` hears the number of
    rows after each.

    :raises ValueError: when a row has not as many cells as the header.
    """
    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "use_zip64": True,
                "tmpdir": str(Path(folder)),
            },
        )
        writer = _Writer(book, header, sheet, most_rows)
        number = 0
        try:
            for number, row in enumerate(rows, start=1):
                if len(row) != len(header):
                    raise ValueError(f"row {number} has {len(row)} cells, the header {len(header)}")
                writer.add(row)
                told(number)
        finally:
            # Also of rows that break off: the book holds a file open for each sheet.
            writer.close()
        return number


class _Writer:
    """A workbook whose sheets follow each other as they are full."""

    def __init__(self, book: Any, header: Sequence[str], name: str, most_rows: int) -> None:
        self._book = book
        self._header = header
        self._name = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:25] or "Export"
        self._most_rows = most_rows
        self._formats: dict[str, Any] = {}
        self._sheets = 0
        self._begin()

    def add(self, row: Sequence[Cell]) -> None:
        if self._line == self._most_rows:
            self._end()
            self._begin()
        for column, cell in enumerate(row):
            self._write(column, cell)
        self._line += 1

    def close(self) -> None:
        self._end()
        self._book.close()

    def _begin(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet = self._book.add_worksheet(name)
        for column, label in enumerate(self._header):
            self._sheet.set_column(column, column, min(max(len(label) + 2, 12), _WIDEST))
        self._sheet.freeze_panes(1, 0)
        bold = self._book.add_format({"bold": True})
        for column, label in enumerate(self._header):
            self._sheet.write_string(0, column, _text(label), bold)
        self._line = 1

    def _end(self) -> None:
        self._sheet.autofilter(0, 0, self._line - 1, len(self._header) - 1)

    def _write(self, column: int, cell: Cell) -> None:
        sheet, line = self._sheet, self._line
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            sheet.write_boolean(line, column, cell)
        elif isinstance(cell, int):
            sheet.write_number(line, column, cell, self._format("#,##0"))
        elif isinstance(cell, Money):
            sheet.write_number(line, column, cell.to_decimal(), self._format(_pattern(cell)))
        elif isinstance(cell, Decimal):
            sheet.write_number(line, column, cell, self._format("#,##0.00"))
        elif isinstance(cell, datetime):
            moment = cell
            if timezone.is_aware(cell):
                moment = timezone.make_naive(cell, timezone.get_default_timezone())
            sheet.write_datetime(line, column, moment, self._format("yyyy-mm-dd hh:mm:ss"))
        elif isinstance(cell, date):
            sheet.write_datetime(line, column, cell, self._format("yyyy-mm-dd"))
        else:
            sheet.write_string(line, column, _text(cell))

    def _format(self, pattern: str) -> Any:
        if pattern not in self._formats:
            self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return self._formats[pattern]


def _pattern(amount: Money) -> str:
    digits = minor_digits(amount.currency)
    decimals = f".{'0' * digits}" if digits else ""
    return f"#,##0{decimals} [${amount.currency}]"


def _text(text: str) -> str:
    return _NOT_IN_XML.sub(" ", text)[:_LONGEST_TEXT]
