"""What somebody reads when a request was wrong, too large, or broke something of ours."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from core import request_ids
from core.api import problem
from portal.plain_pages import Trouble, plain_page

_API = "/api/"
#: How long to wait before asking again, in seconds.
RETRY_AFTER = 30
#: What a server of ours that does not answer raises.
_DOWN = (OperationalError, InterfaceError, RedisError)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a request was wrong, or larger than is taken. Asks nothing of any server."""
    if isinstance(exception, RequestDataTooBig):
        return _say(request, "body_too_long", _too_large())
    return _say(
        request,
        "bad_request",
        Trouble(
            status=400,
            title=_("We could not read what your browser sent"),
            said=(
                _("Nothing was changed."),
                _("Go back, reload the page and try again. If an address was typed or pasted,"
                  " look for a slip in it."),
            ),
        ),
    )  # fmt: skip


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something of ours broke, or with 503 that a server of ours does not answer."""
    if isinstance(sys.exc_info()[1], _DOWN):
        answer = _say(request, "unavailable", _unavailable())
        answer["Retry-After"] = str(RETRY_AFTER)
        return answer
    return _say(
        request,
        "server_error",
        Trouble(
            status=500,
            title=_("Something broke on our side"),
            said=(
                _("What you had saved is safe, and no payment is sent twice."),
                _("Try again in a minute. If it happens again, write to us."),
            ),
        ),
    )


def _too_large() -> Trouble:
    return Trouble(
        status=413,
        title=_("That is too large"),
        said=(
            _("Nothing was sent or changed."),
            _("Choose a smaller file, or several one after the other. What is taken stands beside"
              " each field for files."),
        ),
    )  # fmt: skip


def _unavailable() -> Trouble:
    return Trouble(
        status=503,
        title=_("We are not available for a moment"),
        said=(
            _("Your links go on leading to the shop, and their visitors are counted later."),
            _("Try again in a minute. What you had saved is safe."),
        ),
    )


def _say(request: HttpRequest, code: str, trouble: Trouble) -> HttpResponse:
    """Return a page, or for a program that asks the API a problem."""
    if request.path.startswith(_API):
        detail = " ".join((trouble.title + ".", *trouble.said))
        return problem(trouble.status, code, detail, request_id=request_ids.current())
    return plain_page(trouble)
