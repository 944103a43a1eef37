"""Files that people open in a spreadsheet."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.csv_export import FRENCH, INTERNATIONAL, csv_bytes, csv_chunks, neutralized
from core.money import Money

TRIGGERS = "=+-@＝＋－＠"


def rows_of(body: bytes, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=separator))


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (FRENCH, '"Zoé";3;1;;1234,50;-0,05;1500;2,125;2026-11-05;2026-11-05 09:30:00+00:00'),
        (INTERNATIONAL, '"Zoé",3,1,,1234.50,-0.05,1500,2.125,2026-11-05,2026-11-05 09:30:00+00:00'),
    ],
)
def test_every_kind_of_cell(form, line):
    row = (
        "Zoé", 3, True, None, Money(123_450, "EUR"), Money(-5, "EUR"), Money(1500, "JPY"),
        Decimal("2.125"), date(2026, 11, 5), datetime(2026, 11, 5, 9, 30, tzinfo=UTC),
    )  # fmt: skip
    body = csv_bytes(["c"] * len(row), [row], form=form)
    assert body.startswith(b'\xef\xbb\xbf"c"')
    assert body.decode().split("\r\n")[1:] == [line, ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('=HYPERLINK("http://evil")', '\'=HYPERLINK("http://evil")'),
        ("+33 6 12 34", "'+33 6 12 34"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("\t=1+1", "' =1+1"),
        ("  =1+1", "'  =1+1"),
        ("a\r\n=1+1", "a =1+1"),
        ("a;=1+1", "a;'=1+1"),
        ('a, "=1+1"', 'a, "\'=1+1"'),
        ("Jean-Luc, Paris; 2=2", "Jean-Luc, Paris; 2=2"),
        ("", ""),
    ],
)
def test_formulas_are_neutralized(text, expected):
    assert neutralized(text) == expected


@given(st.lists(st.lists(st.text(), min_size=3, max_size=3), max_size=5))
def test_no_text_is_a_formula_under_either_separator(rows):
    for form in (FRENCH, INTERNATIONAL):
        body = csv_bytes(["a", "b", "c"], rows, form=form)
        assert rows_of(body, form.separator)[1:] == [[neutralized(cell) for cell in row]
                                                     for row in rows]  # fmt: skip
        for separator in ",;":
            for row in rows_of(body, separator)[1:]:
                assert not any(cell.strip(' "').startswith(tuple(TRIGGERS)) for cell in row)


def test_chunks_come_line_by_line_and_make_the_same_file():
    rows = [["a", number] for number in range(3)]
    chunks = csv_chunks(["x", "y"], iter(rows))
    assert next(chunks) == b'\xef\xbb\xbf"x";"y"\r\n'
    assert next(chunks) == b'"a";0\r\n'
    assert csv_bytes(["x", "y"], rows).endswith(b"".join(chunks))


def test_a_row_of_another_width_is_a_bug():
    with pytest.raises(ValueError, match="row 2 has 1 cells, the header 2"):
        csv_bytes(["x", "y"], [["a", "b"], ["c"]])
