"""Files that are sent while somebody waits: CSV line by line, workbooks from a temporary file."""

from __future__ import annotations

import tempfile
from typing import IO

from django.http import FileResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header

from core.csv_export import FRENCH, INTERNATIONAL, csv_chunks
from core.xlsx_export import write_xlsx
from portal.downloads import CSV
from portal.exports.sources import Source

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The forms a file has, with its ending and its type.
FORMS: dict[str, tuple[str, str]] = {
    "csv": ("csv", CSV),
    "international": ("csv", CSV),
    "xlsx": ("xlsx", XLSX),
}
CSV_FORMS = {"csv": FRENCH, "international": INTERNATIONAL}


def form_of(query: QueryDict) -> str:
    """Return the form that was asked for; the French one when it is none."""
    said = query.get("form", "")
    return said if said in FORMS else "csv"


def answer_with_file(source: Source, form: str) -> HttpResponseBase:
    """Return a file of ``source`` to be saved. Memory holds a part of it."""
    name = f"{source.name}.{FORMS[form][0]}"
    if form == "xlsx":
        return kept_file(_workbook(source), name, form)
    parts = csv_chunks(source.header, source.rows(), form=CSV_FORMS[form])
    answer = StreamingHttpResponse(parts, content_type=CSV)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    add_never_cache_headers(answer)
    return answer


def kept_file(file: IO[bytes], name: str, form: str) -> FileResponse:
    """Return an open file to be saved; it is closed when it was sent, or when nobody took it."""
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=FORMS[form][1])
    answer["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(answer)
    return answer


def _workbook(source: Source) -> IO[bytes]:
    # A workbook is written whole before its first byte is known: on disk, not in memory.
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    try:
        write_xlsx(file, source.header, source.rows(), sheet=source.title)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
