"""The HTML of a mail as a page: its own styles, and nothing of it runs."""

from __future__ import annotations

from django.http import HttpResponse

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors {who}; base-uri 'none'"


def mail_response(html: str, *, is_framed: bool = False) -> HttpResponse:
    """Return the HTML of a mail. Its styles are its own; scripts, pictures and forms are not.

    ``is_framed``: a page of ours shows it in a frame.
    """
    policy = _POLICY.format(who="'self'" if is_framed else "'none'")
    return HttpResponse(html, headers={"Content-Security-Policy": policy})
