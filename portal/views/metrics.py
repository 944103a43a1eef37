"""GET /metrics, for a Prometheus that knows the token; for everybody else there is no such page."""

from __future__ import annotations

import secrets
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from portal.metrics.exposition import exposition

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer what is measured.

    :raises Http404: to whoever may not read it.
    """
    if not may_read(request):
        raise Http404
    return HttpResponse(exposition(timezone.now()), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """Tell whether a request brings the token.

    Where none is set only this machine itself may read, and only where the demonstration runs:
    elsewhere a proxy may stand on the same machine, and everybody would come from it.
    """
    if settings.METRICS_TOKEN:
        kind, _space, said = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and secrets.compare_digest(
            said.strip().encode(), settings.METRICS_TOKEN.encode()
        )
    if not settings.ON_THIS_MACHINE or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
