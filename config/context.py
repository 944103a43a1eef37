from __future__ import annotations

from django.http import HttpRequest


def csp_nonce(request: HttpRequest) -> dict[str, object]:
    """Name the nonce both ways: django-csp says CSP_NONCE, django-htmx reads csp_nonce."""
    nonce = getattr(request, "csp_nonce", "")
    return {"CSP_NONCE": nonce, "csp_nonce": nonce}
