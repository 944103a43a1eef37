"""A file of claims as it is typed in a spreadsheet: its lines read, and what ails the others."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError
from core.money import Money
from payouts.models import ClaimKind
from payouts.services.claim_batches import Line
from payouts.services.claim_rules import Wanted
from portal.sale_references import credit_of

COLUMNS = ("order_number", "ordered_on", "kind", "amount", "text")
NEEDED = {"order_number", "ordered_on"}
MOST_BYTES = 128 * 1024


class UnreadableClaims(DomainError):
    """A file without the columns that are needed, or with too many lines."""

    code = "unreadable_claims"


@dataclass(frozen=True, slots=True)
class ReadClaims:
    """The lines that could be read, and what ails the others by their number."""

    lines: list[Line] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


def read_claims(text: str, *, affiliate_id: int, currency: str, name: str, most: int) -> ReadClaims:
    """Return the lines of a file: commas, semicolons or tabs, the first line names the columns.

    ``most``: how many lines a file has.

    :raises UnreadableClaims: without the columns that are needed, with unknown ones, or with
        too many lines.
    """
    lines = text.replace("\0", "").lstrip("\ufeff").splitlines()
    if not any(line.strip() for line in lines):
        raise UnreadableClaims(_("The file is empty."))
    separator = max(";,\t", key=lines[0].count)
    names = [cell.strip().lower() for cell in next(csv.reader([lines[0]], delimiter=separator))]
    if set(names) - set(COLUMNS) or not set(names) >= NEEDED:
        raise UnreadableClaims(
            _("The first line names the columns: order_number, ordered_on, and any of %(others)s.")
            % {"others": ", ".join(COLUMNS[2:])}
        )
    if len(lines) - 1 > most:
        raise UnreadableClaims(
            ngettext(
                "A file has at most %(most)s line.", "A file has at most %(most)s lines.", most
            )
            % {"most": most}
        )
    found = ReadClaims()
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            try:
                cells = _cells(names, line, separator)
                wanted = _wanted(cells, affiliate_id, currency, name)
            except UnreadableClaims as refusal:
                found.errors.append((number, str(refusal)))
            else:
                found.lines.append(Line(number=number, wanted=wanted))
    return found


def _cells(names: list[str], line: str, separator: str) -> dict[str, str]:
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error as error:
        raise UnreadableClaims(
            _("This line cannot be read: look at its quotation marks.")
        ) from error
    if len(cells) > len(names):
        raise UnreadableClaims(_("This line has more cells than the first one."))
    return dict(zip(names, (cell.strip() for cell in cells), strict=False))


def _wanted(cells: dict[str, str], affiliate_id: int, currency: str, name: str) -> Wanted:
    number = cells.get("order_number", "")
    kind = cells.get("kind", "") or ClaimKind.MISSING
    if kind not in ClaimKind.values:
        raise UnreadableClaims(
            _("The kind is one of %(kinds)s.") % {"kinds": ", ".join(ClaimKind.values)}
        )
    return Wanted(
        affiliate_id=affiliate_id,
        kind=kind,
        order_number=number,
        ordered_on=_day(cells.get("ordered_on", "")),
        amount_minor=_minor(cells.get("amount", ""), currency),
        text=cells.get("text", ""),
        credit_id=credit_of(number),
        import_name=name,
    )


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise UnreadableClaims(_("A day is written 2026-05-31.")) from error


def _minor(typed: str, currency: str) -> int | None:
    if not typed:
        return None
    try:
        amount = Decimal(typed.replace(",", "."))
        if not amount.is_finite() or amount.copy_abs() >= Decimal(10) ** 10:
            raise InvalidOperation
    except InvalidOperation as error:
        raise UnreadableClaims(_("An amount is written 89.90 or 89,90.")) from error
    return Money.from_decimal(amount, currency).minor
