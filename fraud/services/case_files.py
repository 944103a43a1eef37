"""Files that affiliates send about cases: judged by their content, written anew, deleted in time.

Rules CA20 and CA21 of docs/rules/cases.md.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import pictures
from core.csv_export import BOM, csv_bytes
from core.errors import DomainError
from core.file_names import kept_name_as
from fraud.models import CaseFile, CaseMessage

MOST_BYTES = 2 * 1024 * 1024
MOST_FILES = 5
MOST_IN_CASE = 30
_MOST_KEPT_BYTES = 2 * MOST_BYTES
_LONGEST_SIDE = 3_000
_MOST_LINES, _MOST_CELLS = 5_000, 100
_NAME_LENGTH = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PDF, _PNG, _JPEG = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
#: How a kept file begins, and what it is sent as.
_TYPES = (
    (_PDF, "application/pdf"),
    (_PNG, "image/png"),
    (_JPEG, "image/jpeg"),
    (BOM.encode(), "text/csv; charset=utf-8"),
)


class FileRefused(DomainError):
    """A file that is too large, empty, or of a kind that is not taken."""

    code = "file_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file that may be kept. Its name ends as its content asks for."""

    name: str
    body: bytes

    @property
    def sha256(self) -> str:
        """What tells it from others."""
        return sha256(self.body).hexdigest()


def checked(*, name: str, body: bytes) -> ReadFile:
    """Return a file as it may be kept, under a name that is safe to send back.

    Pictures are drawn anew: what is no pixel, such as the place of a photograph, is gone, and
    large ones are scaled to 3,000 pixels. Tables are written anew, so that no cell is a formula.

    :raises FileRefused: when it is empty, larger than 2 MB, or no PDF, PNG, JPEG or CSV.
    """
    if not body:
        raise FileRefused(_("The file is empty: choose another one."))
    if len(body) > MOST_BYTES:
        raise FileRefused(_("The file is larger than 2 MB: choose a smaller one."))
    endings: tuple[str, ...]
    if body.startswith(_PDF):
        endings, kept = ("pdf",), body
    elif body.startswith(_PNG):
        endings, kept = ("png",), _drawn_anew(body, "PNG")
    elif body.startswith(_JPEG):
        endings, kept = ("jpg", "jpeg"), _drawn_anew(body, "JPEG")
    else:
        endings, kept = ("csv",), _written_anew(body)
    if len(kept) > _MOST_KEPT_BYTES:
        raise FileRefused(_("The file is larger than 2 MB: choose a smaller one."))
    return ReadFile(
        name=kept_name_as(name, endings, most=_NAME_LENGTH, otherwise="file"), body=kept
    )


def content_type(body: bytes) -> str:
    """Return what a kept file is sent as, from its content."""
    found = (kind for start, kind in _TYPES if body.startswith(start))
    return next(found, "application/octet-stream")


def keep(message: CaseMessage, files: Sequence[ReadFile]) -> None:
    """Keep files with the words that they came with; the same file twice is kept once.

    The caller holds the row of the case.

    :raises FileRefused: for more than five, or more than thirty with one case.
    """
    if len(files) > MOST_FILES:
        raise FileRefused(
            ngettext("Choose at most %(n)s file.", "Choose at most %(n)s files.", MOST_FILES)
            % {"n": MOST_FILES}
        )
    before = CaseFile.objects.filter(message__case=message.case_id).count() if files else 0
    if before + len(files) > MOST_IN_CASE:
        raise FileRefused(_("You have sent many files about this case: describe it in words."))
    single = {file.sha256: file for file in files}
    CaseFile.objects.bulk_create(
        [
            CaseFile(message=message, name=file.name, sha256=key, body=file.body)
            for key, file in single.items()
        ]
    )


def are_those_of(message: CaseMessage, files: Sequence[ReadFile]) -> bool:
    """Tell whether these files, and no others, came with a message."""
    kept = set(message.files.values_list("sha256", flat=True))
    return kept == {file.sha256 for file in files}


def _drawn_anew(body: bytes, kind: str) -> bytes:
    return pictures.drawn_anew(body, kind, longest_side=_LONGEST_SIDE, refused=FileRefused)


def _written_anew(body: bytes) -> bytes:
    refusal = FileRefused(_("The file is no PDF, PNG, JPEG or CSV: choose one of these."))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    if _CONTROL.search(text) or "\ufffd" in text or text.lstrip().startswith("<"):
        raise refusal
    lines = text.splitlines()
    separator = max(";,\t", key=lines[0].count) if lines else ";"
    if not lines or separator not in lines[0]:
        raise refusal
    if len(lines) > _MOST_LINES:
        raise FileRefused(
            ngettext("A table has at most %(n)s line.", "A table has at most %(n)s lines.",
                     _MOST_LINES)
            % {"n": _MOST_LINES}
        )  # fmt: skip
    try:
        rows = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        raise refusal from error
    width = max(len(row) for row in rows)
    if width > _MOST_CELLS:
        raise refusal
    wide = [[*row, *[""] * (width - len(row))] for row in rows]
    return csv_bytes(wide[0], wide[1:])
