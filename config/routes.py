"""Every route there is, as the URL configuration writes it: for whoever wants to ask them all."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

#: Not drawn by us, or not for people.
OTHER_DOORS = (
    "admin/", "api/", "webhooks/", "feeds/", "c/", "j", "ap.js", "i18n/", "healthz", "readyz",
    "metrics",
    "dev/outbox/<int:pk>/html/", "manage/mails/<slug:kind>/html/",
)  # fmt: skip


def routes() -> list[str]:
    """Return the route of every page, with its parameters unfilled."""
    return [route for route in _walk(get_resolver(), "") if not route.startswith(OTHER_DOORS)]


def _walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route
