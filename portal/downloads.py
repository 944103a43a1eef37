"""Files that a page sends to be saved: never shown by the browser, nor kept on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header

from core.csv_export import FRENCH, INTERNATIONAL, Cell, CsvForm, csv_chunks

CSV = "text/csv; charset=utf-8"


def file_response(body: bytes, *, name: str, content_type: str) -> HttpResponse:
    """Return a file under its name."""
    answer = HttpResponse(body, content_type=content_type)
    _to_be_saved(answer, name)
    return answer


def csv_response(
    request: HttpRequest, name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """Return a file for a spreadsheet, line by line, in the form that was asked for."""
    chunks = csv_chunks(header, rows, form=csv_form(request))
    answer = StreamingHttpResponse(chunks, content_type=CSV)
    _to_be_saved(answer, name)
    return answer


def csv_form(request: HttpRequest) -> CsvForm:
    """Return the French form, or with ``?form=international`` the one with commas."""
    return INTERNATIONAL if request.GET.get("form") == "international" else FRENCH


def _to_be_saved(answer: HttpResponseBase, name: str) -> None:
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    add_never_cache_headers(answer)
