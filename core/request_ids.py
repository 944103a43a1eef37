"""The number of a request: in the answer's header, and beside every entry of the audit trail."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Return the number of the request that is being answered; empty outside of one."""
    return _current.get()


class RequestIds:
    """Gives each request a random number of our own: what a browser sends as one is not believed.

    A person who reports an error can name it, and it finds what the request wrote.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = uuid.uuid4().hex
        token = _current.set(number)
        try:
            response = self._get_response(request)
        finally:
            _current.reset(token)
        response.headers.setdefault(HEADER, number)
        return response
