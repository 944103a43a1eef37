"""The file that hands employees' commissions to payroll, for one month.

The rules are numbered F15 to F20 in ``docs/rules/payout-files.md``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.csv_export import FRENCH, csv_bytes
from core.money import Money
from payouts.gateways.refusals import RowProblem, refuse_if_any

CURRENCY = "EUR"
#: Part of the format, like a field name: payroll software looks columns up by these words.
COLUMNS = (
    "magasin",
    "matricule",
    "nom",
    "code_paie",
    "periode",
    "montant_brut",
    "nombre_ventes",
    "reference",
)
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class PayrollRow:
    """What one employee earned: ``gross`` is before contributions and tax, in euros.

    A negative row takes back commissions of an earlier month; an employee's rows together are
    never negative. ``sales`` counts the sales behind the amount.
    """

    store: str
    staff_number: str
    name: str
    pay_code: str
    gross: Money
    sales: int
    reference: str


def payroll_csv(period: str, rows: Sequence[PayrollRow]) -> bytes:
    """Return the file of the month ``period`` (``YYYY-MM``), in the form of a French spreadsheet.

    Equal rows in any order give equal bytes. There is no totals row: every line is an employee.

    :raises FileRefused: with every problem of every row, when there is one.
    """
    refuse_if_any([*_file_problems(period, rows), *_row_problems(rows)])
    ordered = sorted(rows, key=lambda row: (row.store, row.staff_number, row.reference))
    cells = [
        (
            row.store,
            row.staff_number,
            row.name,
            row.pay_code,
            period,
            row.gross,
            row.sales,
            row.reference,
        )
        for row in ordered
    ]
    return csv_bytes(COLUMNS, cells, form=FRENCH)


def _file_problems(period: str, rows: Sequence[PayrollRow]) -> Iterator[RowProblem]:
    if not _PERIOD.fullmatch(period):
        yield RowProblem("", _("The period must be a month, such as 2026-11."))
    if not rows:
        yield RowProblem("", _("There is no employee to pay."))


def _row_problems(rows: Sequence[PayrollRow]) -> Iterator[RowProblem]:
    times = Counter(row.reference for row in rows)
    by_employee: Counter[str] = Counter()
    for row in rows:
        by_employee[row.staff_number] += row.gross.minor
        for sentence in _sentences(row):
            yield RowProblem(row.reference, sentence)
    for reference, count in times.items():
        if count > 1:
            sentence = _("%(count)d rows carry this reference.") % {"count": count}
            yield RowProblem(reference, sentence)
    for staff_number, total_minor in by_employee.items():
        if total_minor < 0:
            yield RowProblem(
                staff_number,
                _("Less than nothing is due: carry it over to the next month."),
            )


def _sentences(row: PayrollRow) -> Iterator[str]:
    if not row.staff_number.strip():
        yield _("The staff number is missing.")
    if not row.store.strip():
        yield _("The store is missing.")
    if not row.name.strip():
        yield _("The name is missing.")
    if not row.pay_code.strip():
        yield _("The pay code is missing.")
    if row.gross.currency != CURRENCY:
        yield _("Payroll is in euros, not in %(currency)s.") % {"currency": row.gross.currency}
    if not row.gross:
        yield _("The amount is zero.")
    if row.sales < 0:
        yield _("The number of sales is below zero.")
