"""What browsers are told and trusted with: cookies and headers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

#: What no page of ours needs, nor anything that it shows. A passkey is asked by ourselves alone.
PERMISSIONS_POLICY = ", ".join(
    [
        *(
            f"{name}=()"
            for name in (
                "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
                "encrypted-media", "geolocation", "gyroscope", "hid", "identity-credentials-get",
                "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
                "picture-in-picture", "serial", "storage-access", "usb", "xr-spatial-tracking",
            )
        ),
        *(f"publickey-credentials-{act}=(self)" for act in ("create", "get")),
    ]
)  # fmt: skip
#: Other sites show the looks and load their script: those answers say so themselves.
_FOR_OTHER_SITES = frozenset({"looks", "tracking"})


def settings(*, on_this_machine: bool, is_proxied: bool) -> dict[str, Any]:
    """Return Django's settings of cookies and headers, and what a session alone may not.

    ``on_this_machine``: plain HTTP, for its owner alone. Everywhere else cookies are ``__Host-``:
    browsers keep such a cookie only from HTTPS, for this very host, so that neither another
    subdomain nor somebody on the line can plant one.
    """
    prefix = "" if on_this_machine else "__Host-"
    return {
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "strict-origin-when-cross-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_SSL_REDIRECT": not on_this_machine,
        "SECURE_REDIRECT_EXEMPT": [r"^healthz$", r"^readyz$", r"^metrics$"],
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if is_proxied else None,
        "SECURE_HSTS_SECONDS": 0 if on_this_machine else int(timedelta(days=365).total_seconds()),
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SESSION_COOKIE_NAME": f"{prefix}sessionid",
        "SESSION_COOKIE_SECURE": not on_this_machine,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": f"{prefix}csrftoken",
        "CSRF_COOKIE_SECURE": not on_this_machine,
        "CSRF_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_NAME": f"{prefix}django_language",
        "LANGUAGE_COOKIE_SECURE": not on_this_machine,
        "LANGUAGE_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        # A session alone changes no address and adds no second factor.
        "ACCOUNT_ADAPTER": "portal.account_adapter.Adapter",
    }


class BrowserHeaders:
    """Says on every answer what no page may use, and that other sites may not load it.

    Files of the whitenoise middleware are left alone: mails show our pictures on other sites.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        match = request.resolver_match
        if match is None or not _FOR_OTHER_SITES & set(match.app_names):
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
