"""Links as files: the export, and the lines of a file that is brought in."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.csv_export import Cell
from core.errors import DomainError
from portal.forms.link import end_of, last_day_of, split_tags, with_scheme
from portal.queries.links import LinkRow
from tracking.services.link_imports import WantedLink

EXPORT_HEADER = (
    gettext_lazy("Name"),
    gettext_lazy("Address"),
    gettext_lazy("Leads to"),
    gettext_lazy("Promo code"),
    gettext_lazy("Sub id"),
    gettext_lazy("Tags"),
    gettext_lazy("State"),
    gettext_lazy("Made"),
    gettext_lazy("Last day"),
    gettext_lazy("Clicks"),
    gettext_lazy("Orders"),
    gettext_lazy("Earned"),
    gettext_lazy("Earned per click"),
    gettext_lazy("Currency"),
    gettext_lazy("Last click"),
    gettext_lazy("Note"),
)
#: The columns of a file to bring in. Only the first is needed.
COLUMNS = ("url", "name", "slug", "sub_id", "tags", "campaign", "last_day", "note")
MOST_LINES = 500
MOST_BYTES = 256 * 1024


class UnreadableFile(DomainError):
    """A file without the columns that are needed, or with too many lines."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The lines that could be read, and what ails the others by their number."""

    lines: list[WantedLink]
    errors: list[tuple[int, str]]


def export_rows(rows: Iterable[LinkRow]) -> Iterator[list[Cell]]:
    """Yield the cells of each link, in the order of ``EXPORT_HEADER``."""
    for row in rows:
        link = row.link
        yield [
            link.label,
            row.url,
            link.destination_url,
            link.coupon_code.code if link.coupon_code else "",
            link.sub_id,
            ", ".join(link.tags),
            str(row.status.label),
            link.created_at,
            last_day_of(link.expires_at),
            row.clicks,
            row.orders,
            row.earned,
            row.epc,
            row.earned.currency,
            row.last_click_at,
            link.note,
        ]


def read_lines(text: str) -> ReadFile:
    """Return the lines of a file: commas, semicolons or tabs, the first line names the columns.

    :raises UnreadableFile: without a column ``url``, with unknown ones, or with too many lines.
    """
    lines = text.lstrip("\ufeff").splitlines()
    if not any(line.strip() for line in lines):
        raise UnreadableFile(_("The file is empty."))
    head = lines[0]
    separator = max(";,\t", key=head.count)
    try:
        cells = next(csv.reader([head], delimiter=separator, strict=True))
    except csv.Error as error:
        raise UnreadableFile(
            _("The first line cannot be read: look at its quotation marks.")
        ) from error
    names = [name.strip().lower() for name in cells]
    unknown = [name for name in names if name not in COLUMNS]
    if "url" not in names or unknown:
        raise UnreadableFile(
            _("The first line names the columns: url, and any of %(others)s.")
            % {"others": ", ".join(COLUMNS[1:])}
        )
    if len(lines) - 1 > MOST_LINES:
        raise UnreadableFile(_("A file has at most %(most)s lines.") % {"most": MOST_LINES})
    return _read(names, lines[1:], separator)


def _read(names: list[str], lines: list[str], separator: str) -> ReadFile:
    found = ReadFile([], [])
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        try:
            cells = next(csv.reader([line], delimiter=separator, strict=True))
        except csv.Error:
            found.errors.append(
                (number, _("This line cannot be read: look at its quotation marks."))
            )
            continue
        if len(cells) > len(names):
            found.errors.append((number, _("This line has more cells than the first one.")))
            continue
        _wanted(number, dict(zip(names, (cell.strip() for cell in cells), strict=False)), found)
    return found


def _wanted(number: int, cells: dict[str, str], found: ReadFile) -> None:
    if any("\0" in cell for cell in cells.values()):
        found.errors.append((number, _("This line holds a sign that cannot be kept.")))
        return
    try:
        day = date.fromisoformat(cells["last_day"]) if cells.get("last_day") else None
    except ValueError:
        found.errors.append((number, _("A day is written 2026-05-31.")))
        return
    found.lines.append(
        WantedLink(
            number=number,
            destination_url=with_scheme(cells.get("url", "")),
            label=cells.get("name", ""),
            slug=cells.get("slug", ""),
            sub_id=cells.get("sub_id", ""),
            tags=tuple(split_tags(cells.get("tags", "").replace("|", ","))),
            campaign=cells.get("campaign", ""),
            note=cells.get("note", ""),
            expires_at=end_of(day),
        )
    )
