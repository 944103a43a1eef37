"""Test your link: open it, and see the click arrive."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from portal import beginning
from portal.access import current_affiliate, partner_may
from portal.formats import in_paris
from portal.query_links import text
from portal.short_links import short_url
from portal.views.preferences import YEAR_SECONDS
from tracking.models import ClickDay, Link

#: One question a second, for two minutes.
MOST_ASKED = 120


@partner_may(Ability.SEE_WORK)
@require_safe
def test(request: HttpRequest) -> HttpResponse:
    """Show a link to open, and whether a click came since; htmx asks for the second part alone."""
    affiliate = current_affiliate(request)
    now = timezone.now()
    clicks = _clicks(affiliate, in_paris(now).date() - timedelta(days=1))
    before, asked = _number(request, "before"), _number(request, "asked") or 0
    if before is None:
        before = clicks
    links = Link.objects.select_related("shop").filter(
        affiliate=affiliate, archived_at__isnull=True
    )
    wanted = _number(request, "link")
    link = (links.filter(pk=wanted) if wanted else links.order_by("pk")).first()
    context = {
        "link": link,
        "url": short_url(link) if link else "",
        "has_arrived": clicks > before,
        "before": before,
        "asked": asked + 1,
        "asks_on": clicks <= before and asked < MOST_ASKED,
        "affiliate": affiliate,
    }
    name = "_link_arrival" if _is_part(request) else "link_test"
    return render(request, f"affiliate/{name}.html", context)


@partner_may(Ability.SEE_ACCOUNT)
@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """Show the list of first steps no more on this device; it comes back with ``show``."""
    response = HttpResponseRedirect(reverse("portal:home"))
    value = "" if "show" in request.POST else beginning.PUT_AWAY
    response.set_cookie(
        beginning.COOKIE,
        value,
        max_age=YEAR_SECONDS if value else 0,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def _is_part(request: HttpRequest) -> bool:
    return "asked" in request.GET and request.headers.get("HX-Request") == "true"


def _number(request: HttpRequest, name: str) -> int | None:
    written = text(request.GET, name, longest=12)
    return int(written) if written.isascii() and written.isdecimal() else None


def _clicks(affiliate: Affiliate, since: date) -> int:
    rows = ClickDay.objects.filter(affiliate_id=affiliate.pk, day__gte=since)
    return rows.aggregate(total=Sum("visits"))["total"] or 0
