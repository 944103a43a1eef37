"""GET /c/<code> as an ordinary view: the same answer, with everything asked of the database.

Where ``tracking.redirect`` answers first, this is never reached (docs/operations.md).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tracking.landing_links import read_links, read_salts, read_shops, read_windows
from tracking.redirect.core import Core, headers_of, unrecorded
from tracking.snapshot import Snapshot
from tracking.spool import spool


@csrf_exempt  # Another method than GET changes nothing, and is counted as what it is.
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Answer first and always: whatever the link is, the visitor lands in the shop."""
    now = timezone.now()
    links = Snapshot()
    links.shops = read_shops()
    links.salts = read_salts(now)
    link = next(read_links(links.shops, [code]), None) if code.isprintable() else None
    if link is not None:
        links.windows = read_windows(now, [link.affiliate_id])
    core = Core(links, spool())
    answer = core.answer(
        link,
        request.method or "",
        request.META.get("QUERY_STRING", ""),
        lambda name, default: request.headers.get(name, default),
        request.META.get("REMOTE_ADDR", ""),
    )
    if answer.line and not core.keep(answer.line):
        answer = unrecorded(answer)
    response = HttpResponse(status=answer.status)
    del response["Content-Type"]
    for name, value in headers_of(answer._replace(cookie="")):
        response[name] = value
    response.cookies.load(answer.cookie)
    return response
