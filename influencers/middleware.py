"""Answers that are the same for everybody stay that way: no cookie, and nothing they vary by."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]
_MARK = "is_for_everybody"


def for_everybody(response: HttpResponse) -> HttpResponse:
    """Mark an answer that says the same to every visitor, in a language of its own."""
    setattr(response, _MARK, True)
    return response


class ForEverybody:
    """Outside everything that looks at cookies and languages, so that shops' caches keep one."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if getattr(response, _MARK, False):
            response.cookies.clear()
            response.headers.pop("Vary", None)
        return response
