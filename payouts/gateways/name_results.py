"""The file in which a bank says whose the accounts are: Verification of Payee, as CSV (VP1).

Comma, semicolon or tab; the first line names the columns, in any order.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from affiliates.domain.bank import InvalidIban, normalized_iban
from core.errors import DomainError

NEEDED = ("result", "checked_on")
COLUMNS = (*NEEDED, "end_to_end_id", "iban", "name", "name_at_bank")
MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 20_000
_NAME_LENGTH = 140
#: Words, the codes of the scheme's interface, and those of a status report for a whole file.
RESULTS = {
    "MATCH": "match", "MTCH": "match", "RCVC": "match",
    "CLOSE_MATCH": "close", "CLOSE MATCH": "close", "CMTC": "close", "RVMC": "close",
    "NO_MATCH": "no_match", "NO MATCH": "no_match", "NMTC": "no_match", "RVNM": "no_match",
    "NOT_POSSIBLE": "unavailable", "NOT POSSIBLE": "unavailable", "NOAP": "unavailable",
    "RVNA": "unavailable",
}  # fmt: skip


class NameFileRefused(DomainError):
    """A file of results is not one, or not whole: nothing of it is taken."""

    code = "name_file_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameResult:
    """One answer. It names the payment, or the account and the name that were asked about."""

    line: int
    verdict: str
    checked_on: date
    end_to_end_id: str = ""
    iban: str = ""
    name: str = ""
    name_at_bank: str = ""


def read_results(body: bytes) -> list[NameResult]:
    """Return every answer of a file: all of them, or none.

    :raises NameFileRefused: for another file, an unreadable line, an unknown result, a day that is
        none, or a line that names neither payment nor account and name.
    """
    if len(body) > MOST_BYTES:
        raise NameFileRefused(_("The file is larger than 2 MB."))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NameFileRefused(_("Save the file as CSV in UTF-8.")) from error
    if "\0" in text:
        raise NameFileRefused(_("The file holds a sign that cannot be kept."))
    head, _newline, rest = text.partition("\n")
    separator = max(";,\t", key=head.count)
    names = [name.strip().strip('"').lower() for name in head.strip().split(separator)]
    if set(NEEDED) - set(names) or set(names) - set(COLUMNS):
        raise NameFileRefused(
            _("The first line names the columns: %(needed)s, and any of %(others)s.")
            % {"needed": ", ".join(NEEDED), "others": ", ".join(COLUMNS[len(NEEDED) :])}
        )
    found = []
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append(_result(reader.line_num + 1, names, cells))
    except csv.Error as error:
        raise _unreadable(reader.line_num + 1, _("look at its quotation marks.")) from error
    if not found:
        raise NameFileRefused(_("The file has no line below its first one."))
    if len(found) > MOST_LINES:
        raise NameFileRefused(_("A file has at most %(most)s lines.") % {"most": MOST_LINES})
    return found


def _result(line: int, names: list[str], cells: list[str]) -> NameResult:
    if len(cells) > len(names):
        raise _unreadable(line, _("it has more cells than the first line."))
    told = dict(zip(names, (cell.strip() for cell in cells), strict=False))
    verdict = RESULTS.get(told.get("result", "").upper())
    if verdict is None:
        raise _unreadable(line, _("the result is match, close match, no match or not possible."))
    try:
        checked_on = date.fromisoformat(told.get("checked_on", ""))
    except ValueError as error:
        raise _unreadable(line, _("the day is written like 2026-11-23.")) from error
    if not told.get("end_to_end_id") and not (told.get("iban") and told.get("name")):
        raise _unreadable(line, _("it names neither a payment nor an IBAN with its name."))
    return NameResult(
        line=line,
        verdict=verdict,
        checked_on=checked_on,
        end_to_end_id=told.get("end_to_end_id", "").upper(),
        iban=_iban(line, told.get("iban", "")),
        name=told.get("name", "")[:_NAME_LENGTH],
        name_at_bank=told.get("name_at_bank", "")[:_NAME_LENGTH],
    )


def _iban(line: int, text: str) -> str:
    if not text:
        return ""
    try:
        return normalized_iban(text)
    except InvalidIban as error:
        raise _unreadable(line, _("the IBAN is not valid.")) from error


def _unreadable(line: int, why: str) -> NameFileRefused:
    return NameFileRefused(
        _("Line %(number)s cannot be taken: %(why)s") % {"number": line, "why": why}
    )
