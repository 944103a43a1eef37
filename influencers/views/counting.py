"""POST /looks/seen: one call per page, without any id (docs/rules/looks.md, LK50)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from influencers.middleware import for_everybody
from influencers.models import Surface
from influencers.services.look_counts import TAP, VIEW, WHOLE_LOOK, Seen, count
from tracking.domain.user_agent import is_bot

LARGEST_BODY = 4_096
_MOST_ID = 2**63 - 1


@csrf_exempt  # It authenticates nobody and reads no cookie.
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Count what a page shows. Whatever cannot be read counts nothing, and nobody is told."""
    try:
        body = request.read(LARGEST_BODY + 1)
    except UnreadablePostError:
        body = b""
    surface, acts = _told(body)
    if acts and not is_bot(request.headers.get("User-Agent", "")[:256]):
        count(acts, surface=surface, now=timezone.now())
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return for_everybody(response)


def _told(body: bytes) -> tuple[str, list[Seen]]:
    """Return the surface and the acts of ``{"surface": …, "views": [id], "taps": [[id, key]]}``."""
    if len(body) > LARGEST_BODY:
        return "", []
    try:
        said: Any = json.loads(body)
        surface = said["surface"]
        acts = [Seen(_look(one), VIEW) for one in said.get("views", ())]
        acts += [Seen(_look(one), TAP, _key(key)) for one, key in said.get("taps", ())]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "", []
    return (surface, acts) if surface in Surface.values else ("", [])


def _look(said: Any) -> int:
    if type(said) is not int or not 0 < said <= _MOST_ID:
        raise ValueError(said)
    return said


def _key(said: Any) -> UUID:
    return UUID(said) if said else WHOLE_LOOK
