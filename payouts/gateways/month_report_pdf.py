"""The report of a closed month, as an archivable and accessible PDF (rule CL6)."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.domain.paris import PARIS
from core.money import Money
from core.money_words import money_words
from payouts.gateways.typesetting import STANDARDS, printable, typeset

TEMPLATE = Path(__file__).parent / "month_report.typ"
#: Credit minus debit in minor units, by account and currency.
Balances = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthReport:
    """Everything the report of a month says. Balances are of every account, house and payee."""

    program: str
    month: date
    opening: Balances
    movements: dict[tuple[str, str], tuple[int, int]]
    closing: Balances
    compared_at: datetime
    explained: int
    closed_by: str
    closed_at: datetime
    fingerprint: str


def month_report_pdf(report: MonthReport, language: str) -> bytes:
    """Return the report as PDF/A-3a and PDF/UA-1, in ``language`` (``fr`` or ``en``).

    Equal input gives equal bytes.
    """
    content = month_report_content(report, language)
    return typeset(TEMPLATE, standards=STANDARDS, report=json.dumps(content, ensure_ascii=False))


def month_report_content(report: MonthReport, language: str) -> dict[str, object]:
    """Return every word and amount of the report in ``language``, as the template sets them."""
    with translation.override(language):
        day = report.closed_at.astimezone(PARIS)
        return {
            "language": language.split("-")[0],
            "program": printable(report.program),
            "issued": {"year": day.year, "month": day.month, "day": day.day},
            "title": _("Month-end report, %(month)s") % {"month": format_date(report.month, "F Y")},
            "facts": _facts(report),
            "currencies": [
                _section(report, currency, language) for currency in _currencies(report)
            ],
            "labels": _labels(),
        }


def _currencies(report: MonthReport) -> list[str]:
    keys = [*report.opening, *report.movements, *report.closing]
    return sorted({currency for _name, currency in keys})


def _section(report: MonthReport, currency: str, language: str) -> dict[str, object]:
    def text(minor: int) -> str:
        return money_words(Money(minor, currency), language)

    opening, closing = (_by_column(side, currency) for side in (report.opening, report.closing))
    return {
        "currency": currency,
        "balances": [
            [printable(name), text(opening.get(name, 0)), text(closing.get(name, 0))]
            for name in sorted(opening.keys() | closing.keys())
        ],
        "balances_total": [text(sum(opening.values())), text(sum(closing.values()))],
        "movements": [
            [printable(kind), str(count), text(minor)]
            for (kind, of), (count, minor) in sorted(report.movements.items())
            if of == currency
        ],
        "liabilities": [
            [name, str(count), text(minor)]
            for name, count, minor in _liabilities(report.closing, currency)
        ],
    }


def _by_column(balances: Balances, currency: str) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for (code, of), minor in balances.items():
        if of == currency:
            parts = code.split(":")
            totals[f"affiliate:{parts[2]}" if parts[0] == "affiliate" else code] += minor
    return totals


def _liabilities(balances: Balances, currency: str) -> list[tuple[str, int, int]]:
    """How many affiliates are owed something, account by account; debts of theirs apart."""
    found: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for (code, of), minor in balances.items():
        if of == currency and code.startswith("affiliate:"):
            found[code.split(":")[2], minor < 0].append(minor)
    return [
        (_("%(account)s, owed to us") % {"account": column} if is_debt else column,
         len(amounts), sum(amounts))
        for (column, is_debt), amounts in sorted(found.items())
    ]  # fmt: skip


def _facts(report: MonthReport) -> list[list[str]]:
    return [
        [_("Closed by"), printable(report.closed_by)],
        [_("Closed on"), _moment(report.closed_at)],
        [_("Ledger check"), _("All agrees")],
        [
            _("Ledger, payments, Stripe and bank"),
            _("Compared on %(moment)s: no difference open, %(count)s explained by people")
            % {"moment": _moment(report.compared_at), "count": report.explained},
        ],
        [_("Fingerprint of the balances"), _broken(report.fingerprint)],
    ]


def _broken(digest: str) -> str:
    return " ".join(digest[start : start + 16] for start in range(0, len(digest), 16))


def _moment(moment: datetime) -> str:
    return moment.astimezone(PARIS).strftime("%d/%m/%Y %H:%M")


def _labels() -> dict[str, str]:
    return {
        "balances": _("Opening and closing balances"),
        "account": pgettext("bookkeeping", "Account"),
        "opening": pgettext("bookkeeping", "Opening"),
        "closing": pgettext("bookkeeping", "Closing"),
        "sum": pgettext("sum of a document", "Total"),
        "movements": _("Movements by kind"),
        "kind": pgettext("bookkeeping", "Kind"),
        "count": pgettext("column", "Number"),
        "amount": pgettext("column", "Amount"),
        "liabilities": _("Liabilities to affiliates"),
        "affiliates": _("Affiliates"),
        "sign": _("A balance above zero is owed by the programme, one below zero owed to it or"
                  " spent. All balances together come to zero."),
        "none": _("Nothing moved."),
        "page": _("Page {page} of {pages}"),
    }  # fmt: skip
