"""The payee's statement against the rules F21 to F27."""

import re
from dataclasses import replace
from datetime import date
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import CurrencyMismatch, Money
from core.money_words import money_words
from payouts.gateways.statement_pdf import (
    Party,
    StatementAdjustment,
    StatementData,
    StatementLine,
    masked_order_number,
    statement_content,
    statement_pdf,
)
from payouts.gateways.typesetting import DRAWABLE, printable


def make_statement(lines: int = 2, **overrides) -> StatementData:
    rows = tuple(
        StatementLine(
            date(2026, 10, 1 + number % 31),
            f"FR-2026-{100_000 + number}",
            "Robe Léonie, lin naturel",
            Money(1_234, "EUR"),
        )
        for number in range(lines)
    )
    statement = StatementData(
        number="ST-2026-000412",
        issued_on=date(2026, 11, 5),
        program=Party("Maison Aubéri", ("12 rue de la Verrerie", "75004 Paris")),
        payee=Party("Ada Lefèvre", ("33000 Bordeaux",)),
        period_from=date(2026, 10, 1),
        period_to=date(2026, 10, 31),
        lines=rows,
        adjustments=(
            StatementAdjustment(date(2026, 10, 28), "Return after payment", Money(-150, "EUR")),
        ),
        total=Money(1_234 * lines - 150, "EUR"),
        bank_last_four="0189",
        paid_on=date(2026, 11, 6),
        reference="PB-2026-0031",
    )
    return replace(statement, **overrides)


def metadata(pdf: bytes, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>".encode(), pdf, re.DOTALL)
    assert found, name
    return found[1].decode()


def test_the_pdf_is_archivable_accessible_and_dated():
    pdf = statement_pdf(make_statement(), "fr")
    assert pdf.startswith(b"%PDF-1.7")
    assert metadata(pdf, "pdfaid:part") + metadata(pdf, "pdfaid:conformance") == "3A"
    assert metadata(pdf, "pdfuaid:part") == "1"
    assert metadata(pdf, "xmp:CreateDate") == "2026-11-05T00:00:00Z"
    assert "ST-2026-000412" in metadata(pdf, "dc:title")
    assert "Maison Aubéri" in metadata(pdf, "dc:creator")
    assert "<rdf:li>fr</rdf:li>" in metadata(pdf, "dc:language")


def test_same_statement_gives_same_bytes():
    assert statement_pdf(make_statement(), "fr") == statement_pdf(make_statement(), "fr")
    assert statement_pdf(make_statement(), "fr") != statement_pdf(make_statement(), "en")


def test_the_words_in_english():
    content = statement_content(make_statement(), "en")
    assert content["lines"] == [
        ["01/10/2026", "•••• 0000", "Robe Léonie, lin naturel", "€12.34"],
        ["02/10/2026", "•••• 0001", "Robe Léonie, lin naturel", "€12.34"],
    ]
    assert content["lines_total"] == "€24.68"
    assert content["adjustments"] == [["28/10/2026", "Return after payment", "−€1.50"]]
    assert content["adjustments_total"] == "−€1.50"
    assert content["total"] == "€23.18"
    assert dict(content["facts"]) == {
        "Period": "1\xa0October\xa02026 to 31\xa0October\xa02026",
        "Issued on": "5\xa0November\xa02026",
        "Payment date": "6\xa0November\xa02026",
        "Bank account": "ending in 0189",
        "Reference": "PB-2026-0031",
    }


def test_the_days_and_amounts_in_french():
    content = statement_content(make_statement(), "fr")
    assert content["total"] == "23,18\xa0€"
    values = [value for _label, value in content["facts"]]
    assert "1er\xa0octobre\xa02026" in values[0]
    assert values[1:3] == ["5\xa0novembre\xa02026", "6\xa0novembre\xa02026"]


def test_without_account_and_date_nothing_is_invented():
    content = statement_content(make_statement(bank_last_four=None, paid_on=None), "en")
    facts = dict(content["facts"])
    assert "Bank account" not in facts
    assert facts["Payment date"] == "Not yet sent"


def test_a_statement_of_200_lines_is_quick_and_has_several_pages():
    statement = make_statement(lines=200)
    statement_pdf(make_statement(), "fr")
    durations = []
    for _run in range(3):
        started = perf_counter()
        pdf = statement_pdf(statement, "fr")
        durations.append(perf_counter() - started)
    assert min(durations) < 0.3
    assert int(metadata(pdf, "xmpTPg:NPages")) > 3


def test_a_statement_without_lines_still_stands():
    statement = make_statement(lines=0, adjustments=(), total=Money(0, "EUR"))
    assert metadata(statement_pdf(statement, "fr"), "xmpTPg:NPages") == "1"


def test_a_sum_that_is_wrong_is_a_bug():
    with pytest.raises(ValueError, match="does not add up"):
        statement_pdf(make_statement(total=Money(1, "EUR")), "fr")
    with pytest.raises(CurrencyMismatch):
        statement_pdf(make_statement(total=Money(2_318, "GBP")), "fr")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("FR-2026-104821", "•••• 4821"),
        ("48211", "•••• 11"),
        ("48", "•••• 8"),
        ("4", "••••"),
        ("", "••••"),
    ],
)
def test_order_numbers_are_masked(number, shown):
    assert masked_order_number(number) == shown


@pytest.mark.parametrize(
    ("money", "french", "english"),
    [
        (Money(123_456_789, "EUR"), "1\u202f234\u202f567,89\xa0€", "€1,234,567.89"),
        (Money(-5, "EUR"), "−0,05\xa0€", "−€0.05"),
        (Money(150_000, "JPY"), "150\u202f000\xa0JPY", "JPY\xa0150,000"),
        (Money(1_234, "TND"), "1,234\xa0TND", "TND\xa01.234"),
        (Money(0, "GBP"), "0,00\xa0£", "£0.00"),
    ],
)
def test_amounts_are_written_for_their_reader(money, french, english):
    assert money_words(money, "fr") == french
    assert money_words(money, "en-gb") == english


def test_every_drawable_character_is_in_the_bundled_font():
    every = "".join(chr(code) for first, last in DRAWABLE for code in range(first, last + 1))
    assert statement_pdf(make_statement(payee=Party(every, (every,))), "fr")


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_any_text_makes_a_statement(text):
    adjustment = StatementAdjustment(date(2026, 10, 28), text, Money(-150, "EUR"))
    statement = make_statement(
        payee=Party(text, (text,)), program=Party(text, (text,)), adjustments=(adjustment,),
        number=text, reference=text, bank_last_four=text,
    )  # fmt: skip
    line = StatementLine(date(2026, 10, 1), text, text, Money(2_468, "EUR"))
    assert statement_pdf(replace(statement, lines=(line,)), "en")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("e\u0301te\u0301 #let x = $1$ \\ *a*", "été #let x = $1$ \\ *a*"),
        ("Ada 🎉 李", "Ada □ □"),
        ("a\x00b\nc\ufeffd", "a b cd"),
        ("x" * 50, "x" * 40 + "\u200b" + "x" * 10),
    ],
)
def test_text_is_made_printable(text, drawn):
    assert printable(text) == drawn
