"""Reports as rows of cells, for files: numbers as they are, the total in the last row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from core.csv_export import Cell
from core.money import Money
from portal.reports import engine
from portal.reports.asking import Question
from portal.reports.catalogue import Metric, Unit
from portal.reports.engine import Row, value_of
from portal.reports.names import names_of

AT_ONCE = 500


def header_of(question: Question) -> list[str]:
    """Return the first row: of shares that they are percents, the currency beside what has one."""
    labels = [str(question.by.label)]
    for metric in question.metrics:
        suffix = {
            Unit.SHARE: " (%)",
            Unit.MONEY: f" ({question.currency})",
            Unit.COUNT: "",
        }[metric.unit]
        labels.append(f"{metric.label}{suffix}")
    return labels


def cells_of(question: Question) -> Iterator[list[Cell]]:
    """Yield every row and the total last, in the language that is active now.

    Memory holds a few hundred rows, however many there are.
    """
    language, rows = get_language(), engine.stream(question)
    while some := list(islice(rows, AT_ONCE)):
        # The answer is sent after the request: its language is over by then.
        with override(language):
            yield from _named(question, some)


def _named(question: Question, rows: Iterable[Row]) -> list[list[Cell]]:
    rows = list(rows)
    names = names_of(question, [row.key for row in rows if not row.is_total])
    return [
        [
            _("Total") if row.is_total else names[row.key],
            *(_cell(metric, row, question.currency) for metric in question.metrics),
        ]
        for row in rows
    ]


def _cell(metric: Metric, row: Row, currency: str) -> Cell:
    value = value_of(metric, row.sums)
    if value is None:
        return None
    if metric.unit == Unit.MONEY:
        return Money(value, currency)
    # Basis points as percents: 1250 is 12.50.
    return Decimal(value).scaleb(-2) if metric.unit == Unit.SHARE else value
