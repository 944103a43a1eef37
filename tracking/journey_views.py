"""POST /j and GET /ap.js as ordinary views: the same answers, everything asked of the database.

Where ``tracking.redirect`` answers first, these are never reached (docs/operations.md).
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tracking.domain.journey import LARGEST_BODY, JourneyRefused, parse
from tracking.domain.spool_line import microseconds
from tracking.landing_links import read_links, read_salts, read_shops, read_windows
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
    core = Core(_known(now, _codes(body)), spool())
    peer = request.META.get("REMOTE_ADDR", "")
    reply = telling.tell(core, body, _header_of(request), peer, microseconds(now))
    if reply.lines and reply.if_lost and not core.keep(*reply.lines):
        reply = reply.if_lost
    return _response(reply)


@require_safe
def ap_js(request: HttpRequest) -> HttpResponse:
    """Hand out ap.js to pages of the shop; with consent, the oracle cookie comes along."""
    links = Snapshot()
    links.shops = read_shops()
    return _response(telling.ap_js(Core(links, spool()), _header_of(request)))


def _known(now: datetime, codes: list[str]) -> Snapshot:
    links = Snapshot()
    links.shops = read_shops()
    links.salts = read_salts(now)
    links.links = {link.code: link for link in read_links(links.shops, codes)}
    earning = {link.affiliate_id for link in links.links.values()}
    links.windows = read_windows(now, earning)
    return links


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
