"""What a Django project does without further thought: a view that gets a row and creates one."""

from __future__ import annotations

import secrets
from uuid import UUID

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

django.setup()

from portal.audiences import LISTED, Audience  # noqa: E402 - models need django.setup().
from tracking.models import Click, Link  # noqa: E402


def follow(request: HttpRequest, code: str) -> HttpResponseRedirect:
    """Get the link, create the click, redirect."""
    link = Link.objects.get(code=code)
    visitor = request.COOKIES.get("ap_ref") or secrets.token_urlsafe(16)
    Click.objects.create(
        visitor=UUID(bytes=secrets.token_bytes(16)),
        clicked_at=timezone.now(),
        link_id=link.pk,
        affiliate_id=link.affiliate_id,
        navigation="followed",
        referrer_host=request.headers.get("Referer", "")[:200],
    )
    response = HttpResponseRedirect(link.destination_url)
    response.set_cookie("ap_ref", visitor, httponly=True, secure=True, samesite="Lax")
    return response


LISTED["plain"] = Audience.EVERYBODY
urlpatterns = [path("c/<str:code>", follow, name="plain")]
settings.ROOT_URLCONF = __name__
application = WSGIHandler()
