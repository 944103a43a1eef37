"""Workbooks hold numbers, dates and amounts, and whatever looks like a formula is text."""

import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from zipfile import ZipFile

import pytest
from lxml import etree

from core.money import Money
from core.xlsx_export import write_xlsx

NAMESPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "=1+1", "\t=1+1"]


def written(header, rows, **options):
    file = io.BytesIO()
    assert write_xlsx(file, header, rows, sheet="Sales", **options) == len(rows)
    return ZipFile(file)


def cells(book, sheet=1):
    tree = etree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    found = []
    for row in tree.iterfind(".//x:row", NAMESPACE):
        found.append(
            [
                (cell.get("t", "n"), "".join(cell.itertext()), cell.find("x:f", NAMESPACE))
                for cell in row
            ]
        )
    return found


def test_text_is_never_a_formula():
    book = written(["What", "=1+1"], [[text, 1] for text in FORMULAS])

    for row in cells(book):
        for kind, _text, formula in row:
            assert formula is None
            assert kind in ("inlineStr", "n")
    assert [row[0][1] for row in cells(book)[1:]] == FORMULAS
    assert all(row[0][0] == "inlineStr" for row in cells(book)[1:])


def test_numbers_amounts_and_days_are_what_they_are():
    at = datetime(2026, 6, 15, 22, 30, tzinfo=UTC)
    row = [7, Money(123_456, "EUR"), Money(500, "JPY"), Decimal("12.50"), date(2026, 6, 15), at]
    book = written(list("abcdef"), [row])

    values = [value for _kind, value, _formula in cells(book)[1]]
    assert values[:4] == ["7", "1234.56", "500", "12.50"]
    assert values[4] == "46188"
    assert values[5].startswith("46189.02")  # Half past midnight in Paris.
    styles = book.read("xl/styles.xml").decode()
    assert "#,##0.00 [$EUR]" in styles
    assert "#,##0 [$JPY]" in styles


def test_nothing_at_all_is_a_workbook_with_a_header():
    book = written(["Day", "Clicks"], [])

    assert [[value for _kind, value, _f in row] for row in cells(book)] == [["Day", "Clicks"]]


def test_what_xml_cannot_hold_is_left_out():
    book = written(["a"], [["x\x00y\x0bz\ufffe"], ["é" * 40_000]])

    assert cells(book)[1][0][1] == "x y z "
    assert len(cells(book)[2][0][1]) == 32_767


def test_a_full_sheet_is_followed_by_another():
    book = written(["n"], [[number] for number in range(7)], most_rows=4)

    assert [len(cells(book, sheet)) for sheet in (1, 2, 3)] == [4, 4, 2]
    assert cells(book, 3)[1][0][1] == "6"


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="row 1 has 2 cells"):
        written(["a"], [[1, 2]])


def test_memory_does_not_grow_with_the_rows():
    peaks = []
    for rows in (2_000, 20_000):
        tracemalloc.start()
        write_xlsx(Sink(), ["n", "text"], ([n, f"row {n}"] for n in range(rows)), sheet="Many")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 1_000_000


class Sink(io.RawIOBase):
    """Takes bytes and keeps none."""

    def __init__(self):
        self._at = 0

    def write(self, part):
        self._at += len(part)
        return len(part)

    def tell(self):
        return self._at

    def seekable(self):
        return False

    def writable(self):
        return True
