"""GET /c/<code> as an ordinary view: the same answer, with everything asked of the database.

Where ``tracking.redirect`` answers first, this is never reached (docs/operations.md).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tracking.redirect.core import Core, headers_of
from tracking.snapshot import Snapshot
from tracking.spool import spool


@csrf_exempt  # Another method than GET changes nothing, and is counted as what it is.
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Answer first and always: whatever the link is, the visitor lands in the shop."""
    core = Core(Snapshot.of(timezone.now(), code), spool())
    said = core.answer(
        core.snapshot.links.get(code),
        request.method or "",
        request.META.get("QUERY_STRING", ""),
        lambda name, default: request.headers.get(name, default),
        request.META.get("REMOTE_ADDR", ""),
    )
    answer = core.recorded(said)
    response = HttpResponse(status=answer.status)
    del response["Content-Type"]
    for name, value in headers_of(answer._replace(cookie="")):
        response[name] = value
    response.cookies.load(answer.cookie)
    return response
