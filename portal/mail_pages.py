"""The HTML of a mail as a page: its own styles, and nothing of it runs."""

from __future__ import annotations

from django.http import HttpResponse

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def mail_response(html: str) -> HttpResponse:
    """Return the HTML of a mail. Its styles are its own; scripts, pictures and forms are not."""
    return HttpResponse(html, headers={"Content-Security-Policy": _POLICY})
