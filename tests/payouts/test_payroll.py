"""The payroll file against the rules F15 to F20."""

from dataclasses import replace

import pytest

from core.money import Money
from payouts.gateways.payroll import PayrollRow, payroll_csv
from payouts.gateways.refusals import FileRefused


def make_row(**overrides) -> PayrollRow:
    row = PayrollRow(
        store="Lyon Bellecour",
        staff_number="00412",
        name="Inès Durand",
        pay_code="COM01",
        gross=Money(123_450, "EUR"),
        sales=17,
        reference="PAY-1",
    )
    return replace(row, **overrides)


def problems(period: str, *rows: PayrollRow) -> list[str]:
    with pytest.raises(FileRefused) as refusal:
        payroll_csv(period, rows)
    return [str(problem) for problem in refusal.value.problems]


def test_the_file_is_a_french_spreadsheet_without_totals():
    rows = [
        make_row(reference="PAY-2", store="Paris", gross=Money(5, "EUR"), sales=0),
        make_row(),
        make_row(reference="PAY-3", gross=Money(-2_310, "EUR"), sales=1),
    ]
    assert payroll_csv("2026-10", rows).decode("utf-8-sig") == (
        '"magasin";"matricule";"nom";"code_paie";"periode";"montant_brut";"nombre_ventes";'
        '"reference"\r\n'
        '"Lyon Bellecour";"00412";"Inès Durand";"COM01";"2026-10";1234,50;17;"PAY-1"\r\n'
        '"Lyon Bellecour";"00412";"Inès Durand";"COM01";"2026-10";-23,10;1;"PAY-3"\r\n'
        '"Paris";"00412";"Inès Durand";"COM01";"2026-10";0,05;0;"PAY-2"\r\n'
    )


def test_same_rows_in_any_order_give_same_bytes():
    rows = [make_row(reference=f"PAY-{number}") for number in range(5)]
    assert payroll_csv("2026-10", rows) == payroll_csv("2026-10", rows[::-1])


def test_a_formula_in_a_name_is_neutralized():
    body = payroll_csv("2026-10", [make_row(name='=HYPERLINK("http://evil")')]).decode()
    assert '''"'=HYPERLINK(""http://evil"")"''' in body


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"staff_number": " "}, "The staff number is missing."),
        ({"store": ""}, "The store is missing."),
        ({"name": ""}, "The name is missing."),
        ({"pay_code": ""}, "The pay code is missing."),
        ({"gross": Money(100, "GBP")}, "Payroll is in euros, not in GBP."),
        ({"gross": Money(0, "EUR")}, "The amount is zero."),
        ({"sales": -1}, "The number of sales is below zero."),
    ],
)
def test_a_bad_row_is_refused_with_a_sentence(change, sentence):
    assert problems("2026-10", make_row(**change)) == [f"PAY-1: {sentence}"]


def test_every_bad_row_is_told_at_once():
    assert problems(
        "2026-13",
        make_row(name="", store=""),
        make_row(),
        make_row(staff_number="7", reference="PAY-9", gross=Money(-1, "EUR")),
    ) == [
        "The period must be a month, such as 2026-11.",
        "PAY-1: The store is missing.",
        "PAY-1: The name is missing.",
        "PAY-1: 2 rows carry this reference.",
        "7: Less than nothing is due: carry it over to the next month.",
    ]


def test_an_empty_file_is_refused():
    assert problems("2026-10") == ["There is no employee to pay."]
