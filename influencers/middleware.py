"""Answers that are the same for everybody stay that way: no cookie, and nothing they vary by."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]
_MARK = "_is_for_everybody_by"


def for_everybody(response: HttpResponse, *, varies_by: str = "") -> HttpResponse:
    """Mark an answer that says the same to every visitor, in a language of its own.

    ``varies_by``: the header by which it is packed, where it is.
    """
    setattr(response, _MARK, varies_by)
    return response


class ForEverybody:
    """Outside everything that looks at cookies and languages, so that shops' caches keep one."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        varies_by: str | None = getattr(response, _MARK, None)
        if varies_by is not None:
            response.cookies.clear()
            response.headers.pop("Vary", None)
            if varies_by:
                response.headers["Vary"] = varies_by
        return response
