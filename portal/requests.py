"""One line in the log for each request, and its place in the numbers of this process."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.counters import Counters, duration_names

KIND = "requests"
#: What a path begins with, and what it counts as; everything else is "other".
AREAS = {
    "portal": "portal", "manage": "manage", "finance": "finance", "account": "account",
    "api": "api", "webhooks": "webhooks", "looks": "looks", "admin": "admin",
}  # fmt: skip
OTHER = "other"
RESULTS = ("answered", "refused", "failed")
NAMES = tuple(
    name
    for area in (*AREAS.values(), OTHER)
    for name in (*duration_names(area), *(f"{area}.{result}" for result in RESULTS))
)
#: Asked for every few seconds by machines: neither logged nor counted.
SILENT = {"/healthz", "/readyz", "/metrics"}
log = logging.getLogger(__name__)


class RequestLog:
    """Counts and logs what Django answers: method, route, status and time; never the address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter_ns()
        response = self._get_response(request)
        if request.path in SILENT:
            return response
        ns = time.perf_counter_ns() - began
        count(request.path, response.status_code, ns)
        route = request.resolver_match.route if request.resolver_match else ""
        log.info(
            "%s %s %s",
            request.method,
            route or "(no page)",
            response.status_code,
            extra={
                "method": request.method,
                "route": route,
                "status": response.status_code,
                "duration_ms": ns // 1_000_000,
            },
        )
        return response


def count(path: str, status: int, ns: int) -> None:
    """Count an answer to ``path`` that took ``ns`` nanoseconds."""
    area = AREAS.get(path.split("/", 2)[1], OTHER)
    result = "failed" if status >= 500 else "refused" if status >= 400 else "answered"
    counters = _own_counters(settings.COUNTERS_DIR)
    counters.took(counters.slot(f"{area}.le_250000"), ns, counters.slot(f"{area}.{result}"))


@cache
def _own_counters(directory: Path) -> Counters:
    return Counters(directory, KIND, NAMES)


def _after_fork() -> None:
    _own_counters.cache_clear()


os.register_at_fork(after_in_child=_after_fork)
