"""POST /j and GET /ap.js as ordinary views: the same answers, everything asked of the database.

Where ``tracking.redirect`` answers first, these are never reached (docs/operations.md).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tracking.domain.journey import LARGEST_BODY, JourneyRefused, parse
from tracking.domain.spool_line import microseconds
from tracking.redirect import telling
from tracking.redirect.core import Core, Header
from tracking.snapshot import Snapshot
from tracking.spool import spool


@csrf_exempt  # It authenticates nobody, and answers only the shop's own pages.
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Keep what a page of the shop tells, as far as its visitor agreed; without a yes, nothing."""
    try:
        body = request.read(LARGEST_BODY + 1)
    except UnreadablePostError:
        return HttpResponse(status=400)
    now = timezone.now()
    core = Core(Snapshot.of(now, *_codes(body)), spool())
    peer = request.META.get("REMOTE_ADDR", "")
    reply = telling.tell(core, body, _header_of(request), peer, microseconds(now))
    return _response(core.recorded(reply))


@require_safe
def ap_js(request: HttpRequest) -> HttpResponse:
    """Hand out ap.js to pages of the shop; with consent, the oracle cookie comes along."""
    core = Core(Snapshot.of(timezone.now()), spool())
    return _response(telling.ap_js(core, _header_of(request)))


def _codes(body: bytes) -> list[str]:
    """Return the code of the link that a call's capsule names, whether it is genuine or not."""
    try:
        capsule = parse(body).capsule
    except JourneyRefused:
        return []
    return [capsule.partition(".")[0]] if capsule else []


def _header_of(request: HttpRequest) -> Header:
    return lambda name, default: str(request.headers.get(name, default))


def _response(reply: telling.Reply) -> HttpResponse:
    response = HttpResponse(reply.body, status=reply.status)
    for name, value in reply.headers:
        if name == "set-cookie":
            response.cookies.load(value)
        else:
            response[name] = value
    return response
