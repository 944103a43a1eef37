"""GET /c/<code>: record the landing as far as consent goes, and send the visitor to the shop."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from shop.models import Shop
from tracking.domain import destinations
from tracking.domain.navigation import (
    NOT_A_VISIT,
    Navigation,
    navigation_class,
    referrer_host,
)
from tracking.queries import LinkSnapshot, find_link
from tracking.services import clicks

CONSENT_COOKIE = "ap_consent"
REF_COOKIE = "ap_ref"


@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Answer first and always: whatever the link is, the visitor lands in the shop."""
    navigation = navigation_class(request.headers)
    if navigation == Navigation.PREFETCH:
        return _bare(HttpResponse(status=503))
    now = timezone.now()
    link = find_link(code, now)
    if link is None:
        return _bare(HttpResponseRedirect(_home(request)))
    target = link.destination_url
    if not destinations.leads_to_shop(target, link.hosts):
        target = link.home_url
    if link.window_days is None:
        return _bare(HttpResponseRedirect(target))
    response = _bare(HttpResponseRedirect(destinations.landing_url(target)))
    if request.method == "GET":
        _record(request, response, link, navigation, now)
    return response


def _record(
    request: HttpRequest,
    response: HttpResponse,
    link: LinkSnapshot,
    navigation: Navigation,
    now: datetime,
) -> None:
    consent = request.COOKIES.get(CONSENT_COOKIE) == "1"
    token = clicks.record(
        link=link,
        consent=consent and navigation not in NOT_A_VISIT,
        navigation=navigation,
        referrer_host=referrer_host(request.headers.get("Referer", "")),
        now=now,
    )
    if token is not None and link.window_days is not None:
        response.set_cookie(
            REF_COOKIE,
            token,
            max_age=timedelta(days=link.window_days),
            secure=not settings.ON_THIS_MACHINE,
            httponly=True,
            samesite="Lax",
        )


def _home(request: HttpRequest) -> str:
    """Return the home page of the shop on whose origin we are asked, or of the first shop."""
    shops = Shop.objects.order_by("pk")
    here = shops.filter(link_hosts__contains=[request.get_host()]).first()
    shop = here or shops.first()
    return shop.home_url if shop else "/"


def _bare(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response
