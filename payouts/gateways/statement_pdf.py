"""The statement that a payee gets with a payout, as an archivable and accessible PDF.

The rules are numbered F21 to F27 in ``docs/rules/payout-files.md``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.money import Money
from core.money_words import money_words
from payouts.gateways.typesetting import STANDARDS, printable, typeset

TEMPLATE = Path(__file__).parent / "statement.typ"
SHOWN_OF_ORDER_NUMBER = 4


@dataclass(frozen=True, slots=True)
class Party:
    """A name with the lines under it: address, registration, e-mail."""

    name: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A commission. The order number arrives complete and is masked on paper (rule F23)."""

    on: date
    order_number: str
    what: str
    amount: Money


@dataclass(frozen=True, slots=True)
class StatementAdjustment:
    """A later entry: negative for a return or a debt, positive for a bonus."""

    on: date
    what: str
    amount: Money


@dataclass(frozen=True, slots=True)
class StatementData:
    """Everything a statement says. Both days of the period belong to it.

    ``bank_last_four`` is ``None`` when no bank account is paid, ``paid_on`` while the payment is
    not yet sent. ``vat`` is on top of lines and adjustments, ``None`` where none is charged.
    """

    number: str
    issued_on: date
    program: Party
    payee: Party
    period_from: date
    period_to: date
    lines: tuple[StatementLine, ...]
    adjustments: tuple[StatementAdjustment, ...]
    total: Money
    bank_last_four: str | None
    paid_on: date | None
    reference: str
    vat: Money | None = None


def statement_pdf(statement: StatementData, language: str) -> bytes:
    """Return the statement as PDF/A-3a and PDF/UA-1, in ``language`` (``fr`` or ``en``).

    Equal input gives equal bytes.

    :raises ValueError: when lines, adjustments and VAT do not add up to the total.
    :raises CurrencyMismatch: when they are not all in the currency of the total.
    """
    _check_sum(statement)
    content = statement_content(statement, language)
    return typeset(TEMPLATE, standards=STANDARDS, statement=json.dumps(content, ensure_ascii=False))


def statement_content(statement: StatementData, language: str) -> dict[str, object]:
    """Return every word and amount of the statement in ``language``, as the template sets them."""
    with translation.override(language):
        return _content(statement, language)


def masked_order_number(number: str) -> str:
    """Return ``number`` with its last four characters, and never more than half of it, shown."""
    shown = min(SHOWN_OF_ORDER_NUMBER, len(number) // 2)
    return "•••• " + number[len(number) - shown :] if shown else "••••"


def _check_sum(statement: StatementData) -> None:
    amounts = [line.amount for line in statement.lines]
    amounts += [adjustment.amount for adjustment in statement.adjustments]
    vat = statement.vat or Money(0, statement.total.currency)
    if sum(amounts, vat) != statement.total:
        raise ValueError(f"statement {statement.number} does not add up to {statement.total}")


def _content(statement: StatementData, language: str) -> dict[str, object]:
    issued = statement.issued_on
    return {
        "language": language.split("-")[0],
        "labels": _labels(),
        "issued": {"year": issued.year, "month": issued.month, "day": issued.day},
        "number": printable(statement.number),
        "title": printable(_("Statement %(number)s") % {"number": statement.number}),
        "program": _party(statement.program),
        "payee": _party(statement.payee),
        "facts": _facts(statement, language),
        "lines": [
            [
                _short_day(line.on),
                printable(masked_order_number(line.order_number)),
                printable(line.what),
                money_words(line.amount, language),
            ]
            for line in statement.lines
        ],
        "lines_total": _subtotal(statement.lines, statement.total, language),
        "adjustments": [
            [
                _short_day(each.on),
                printable(each.what),
                money_words(each.amount, language),
            ]
            for each in statement.adjustments
        ],
        "adjustments_total": _subtotal(statement.adjustments, statement.total, language),
        "vat": money_words(statement.vat, language) if statement.vat else "",
        "total": money_words(statement.total, language),
    }


def _party(party: Party) -> dict[str, object]:
    return {
        "name": printable(party.name),
        "details": [printable(detail) for detail in party.details],
    }


def _subtotal(
    rows: Sequence[StatementLine | StatementAdjustment], total: Money, language: str
) -> str:
    return money_words(sum((row.amount for row in rows), Money(0, total.currency)), language)


def _facts(statement: StatementData, language: str) -> list[list[str]]:
    period = _("%(first)s to %(last)s") % {
        "first": _long_day(statement.period_from, language),
        "last": _long_day(statement.period_to, language),
    }
    paid_on = statement.paid_on
    facts = [
        [_("Period"), period],
        [_("Issued on"), _long_day(statement.issued_on, language)],
        [
            _("Payment date"),
            _long_day(paid_on, language) if paid_on else _("Not yet sent"),
        ],
    ]
    if statement.bank_last_four:
        account = _("ending in %(last_four)s") % {"last_four": statement.bank_last_four}
        facts.append([_("Bank account"), printable(account)])
    facts.append([pgettext("payment", "Reference"), printable(statement.reference)])
    return facts


def _labels() -> dict[str, str]:
    return {
        "statement": pgettext("document", "Statement"),
        "from": pgettext("sender of a document", "From"),
        "to": pgettext("receiver of a document", "To"),
        "total": pgettext("sum of a document", "Total"),
        "vat": _("VAT on top"),
        "commissions": _("Commissions"),
        "adjustments": _("Adjustments"),
        "date": pgettext("column", "Date"),
        "order": pgettext("purchase", "Order"),
        "what": pgettext("column", "Description"),
        "amount": pgettext("column", "Amount"),
        "no_commissions": _("No commission in this period."),
        "subtotal": _("Subtotal"),
        "not_an_invoice": _("This statement explains a payment. It is not an invoice."),
        "page": _("Page {page} of {pages}"),
    }


def _short_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _long_day(day: date, language: str) -> str:
    text = format_date(day, "j F Y")
    if day.day == 1 and language.startswith("fr"):
        text = text.replace("1 ", "1er ", 1)
    return text.replace(" ", "\u00a0")
