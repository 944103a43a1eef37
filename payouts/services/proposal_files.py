"""The lines of a file of adjustments, read cell by cell. What they mean is checked later."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.money import Money, minor_digits

#: Those that every file has, and all that it may have.
NEEDED = ("key", "affiliate", "amount", "reason", "text")
COLUMNS = (*NEEDED, "currency", "order", "note")
MOST_LINES = 500
MOST_BYTES = 256 * 1024
_LONGEST = {"key": 60, "text": 500, "note": 2_000}


class UnreadableFile(DomainError):
    """A file without the columns that are needed, or with too many lines."""

    code = "unreadable_file"


class UnreadableLine(DomainError):
    """A line with a cell that cannot be read."""

    code = "unreadable_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One line: its number in the file, its cells, its amount, and what ails it."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    amount: Money | None = None
    refusal: DomainError | None = None


def read_file(text: str, *, currency: str) -> list[FileLine]:
    """Return the lines of a file: commas, semicolons or tabs, the first line names the columns.

    ``currency``: of lines that name none.

    :raises UnreadableFile: without a needed column, with unknown ones, or with too many lines.
    """
    head, _newline, body = text.lstrip("\ufeff").partition("\n")
    separator = max(";,\t", key=head.count)
    names = [name.strip().strip('"').lower() for name in head.strip().split(separator)]
    if set(NEEDED) - set(names) or set(names) - set(COLUMNS):
        raise UnreadableFile(
            _("The first line names the columns: %(needed)s, and any of %(others)s.")
            % {"needed": ", ".join(NEEDED), "others": ", ".join(COLUMNS[len(NEEDED) :])}
        )
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    lines: list[FileLine] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(_line(reader.line_num + 1, names, cells, currency))
    except csv.Error as error:
        raise UnreadableFile(
            _("Line %(number)s cannot be read: look at its quotation marks.")
            % {"number": reader.line_num + 1}
        ) from error
    if not lines:
        raise UnreadableFile(_("The file has no line below its first one."))
    if len(lines) > MOST_LINES:
        raise UnreadableFile(_("A file has at most %(most)s lines.") % {"most": MOST_LINES})
    return lines


def _line(number: int, names: list[str], cells: list[str], currency: str) -> FileLine:
    found = dict(zip(names, (cell.strip() for cell in cells), strict=False))
    try:
        _refuse_cells(names, cells, found)
        amount = _amount(found["amount"], found.get("currency", "").upper() or currency)
    except UnreadableLine as refusal:
        return FileLine(number=number, cells=found, refusal=refusal)
    return FileLine(number=number, cells=found, amount=amount)


def _refuse_cells(names: list[str], cells: list[str], found: dict[str, str]) -> None:
    if len(cells) > len(names):
        raise UnreadableLine(_("This line has more cells than the first one."))
    if any("\0" in cell for cell in cells):
        raise UnreadableLine(_("This line holds a sign that cannot be kept."))
    empty = [name for name in NEEDED if not found.get(name)]
    if empty:
        raise UnreadableLine(_("Fill in: %(names)s.") % {"names": ", ".join(empty)})
    for name, longest in _LONGEST.items():
        if len(found.get(name, "")) > longest:
            raise UnreadableLine(
                _("“%(name)s” has at most %(longest)s characters.")
                % {"name": name, "longest": longest}
            )


def _amount(text: str, currency: str) -> Money:
    """Read ``12.50``, ``-3,00`` or ``−3``: exactly, never rounded."""
    plain = text.replace("−", "-").replace("\u202f", "").replace("\xa0", "").replace(" ", "")
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        raise UnreadableLine(_("A currency has three letters, like EUR."))
    try:
        amount = Decimal(plain.replace(",", ".") if plain.count(",") == 1 else plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    smallest = Decimal(1).scaleb(-minor_digits(currency))
    if not amount.is_finite() or amount.copy_abs() >= 10**10 or amount % smallest:
        raise UnreadableLine(_("An amount is written 12.50 or -12.50, to the cent."))
    return Money.from_decimal(amount, currency)
