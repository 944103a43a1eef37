"""Tracking for managers: how recording goes, what happens now, and why something did not come."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.models import ServicePart
from affiliates.services import incidents
from portal import tracking_checks, tracking_stream, tracking_tables, tracking_visit
from portal.access import current_user, manager_required
from portal.letters import tracking_failing
from portal.queries import (
    staff_reviews,
    staff_tracking,
    staff_tracking_order,
    staff_tracking_shops,
    staff_tracking_stream,
    staff_tracking_visit,
)
from portal.queries.staff_paging import slice_of
from portal.queries.staff_tracking_stream import Filters
from portal.query_links import chips, text
from portal.tracking_language import health_status
from shop.models import Order, Shop
from tracking.models import SpoolFile, SpoolReject

MOST_FAILED = 10
MOST_PROBLEMS = 50


@manager_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how recording goes, and the landings of the last 24 hours."""
    now = timezone.now()
    health = staff_tracking.health(now)
    day = staff_tracking.day(now)
    shops = {shop.pk: shop.name for shop in Shop.objects.order_by("pk")}
    context = {
        **_frame("tracking"),
        "health": health,
        "status": health_status(health),
        "day": day,
        "lag": tracking_tables.lag_text(health),
        "is_untold": tracking_failing.fails(health)
        and not incidents.is_told(ServicePart.TRACKING, now=now),
        "machines": tracking_tables.machines(health),
        "with_consent": tracking_tables.hour_points(day, "consented"),
        "without_consent": [landed.without for _hour, landed in day.hours],
        "others": tracking_tables.hour_points(day, "others"),
        "ways": tracking_tables.ways(staff_tracking.by_navigation(day.since, day.until)),
        "hosts": tracking_tables.hosts(staff_tracking.by_referrer(day.since, day.until), day),
        "shops": tracking_tables.shops(day, shops),
    }
    return render(request, "staff/tracking/overview.html", context)


@manager_required
@require_safe
def stream(request: HttpRequest) -> HttpResponse:
    """Show what happened just now; a page that is open asks again for the list alone."""
    now, query = timezone.now(), request.GET
    filters = Filters(
        kind=text(query, "kind"),
        affiliate=text(query, "affiliate"),
        code=text(query, "code").rpartition("/")[2],
        shop=text(query, "shop"),
    )
    shops = staff_tracking_stream.shops()
    health = staff_tracking.health(now)
    context: dict[str, Any] = {
        "items": tracking_stream.items(staff_tracking_stream.stream(filters, shops, now)),
        "health": health,
        "status": health_status(health),
        "lag": tracking_tables.lag_text(health),
        "now": now,
        "filters": filters,
        "searched": staff_tracking_stream.SEARCHED,
    }
    if request.headers.get("HX-Request"):
        return render(request, "staff/tracking/_stream.html", context)
    context |= {
        **_frame("tracking-stream"),
        "shops": shops,
        "kinds": chips(query, "kind", tracking_stream.kinds(), _("Everything")),
        "address": request.get_full_path(),
    }
    return render(request, "staff/tracking/stream.html", context)


@manager_required
@require_safe
def rejects(request: HttpRequest) -> HttpResponse:
    """Show what could not be recorded: lines of the spool, and deliveries of the shop."""
    page = slice_of(SpoolReject.objects.all(), request.GET.get("cursor", ""), by="noticed_at")
    failed = staff_reviews.failed_events().order_by("-received_at", "-pk")
    context = {
        **_frame("tracking-rejects"),
        "page": page,
        "rows": tracking_tables.rejects(page.rows),
        "failed": failed[:MOST_FAILED],
        "counts": staff_reviews.event_counts(),
        "problems": SpoolFile.objects.exclude(problem="").order_by("-updated_at")[:MOST_PROBLEMS],
    }
    return render(request, "staff/tracking/rejects.html", context)


@manager_required
@require_safe
def debug(request: HttpRequest) -> HttpResponse:
    """Say of one order everything that is known about how it came, and what is missing."""
    search = text(request.GET, "order", longest=64)
    found = staff_tracking_order.find(search) if search else []
    chosen = next((row for row in found if str(row.pk) == request.GET.get("id")), None)
    if chosen is None and len(found) == 1:
        chosen = found[0]
    context = {**_frame("tracking-debug"), "search": search, "found": found}
    if chosen is not None:
        context |= _order(request, chosen)
    return render(request, "staff/tracking/debug.html", context)


def _order(request: HttpRequest, order: Order) -> dict[str, Any]:
    path = staff_tracking_order.path_of(order)
    if path.clicks or path.steps:
        staff_tracking_order.log_look(order, current_user(request), now=timezone.now())
    return {
        "order": order,
        "path": path,
        "checks": tracking_checks.order_checks(path),
        "history": tracking_tables.history(path),
    }


@manager_required
@require_safe
def installation(request: HttpRequest) -> HttpResponse:
    """Say of each shop what of its installation works, by what came in the last 24 hours."""
    facts = staff_tracking_shops.shop_facts(timezone.now())
    shops = [
        {
            "shop": one.shop,
            "checks": tracking_checks.shop_checks(one),
            "newest": list(tracking_checks.newest(one)),
        }
        for one in facts
    ]
    return render(
        request,
        "staff/tracking/installation.html",
        {**_frame("tracking-installation"), "shops": shops},
    )


@manager_required
@require_safe
def visit(request: HttpRequest) -> HttpResponse:
    """Follow one test visit: hand out a marked address, and show what arrives under its mark."""
    now, query = timezone.now(), request.GET
    code = text(query, "code").rpartition("/")[2]
    link = staff_tracking_visit.find_link(code) if code else None
    context: dict[str, Any] = {**_frame("tracking-visit"), "code": code, "link": link}
    if link is None:
        return render(request, "staff/tracking/visit.html", context)
    followed = staff_tracking_visit.read(
        query.get("mark", ""), query.get("since", ""), query.get("base", ""), now
    )
    if followed is None:
        begun = staff_tracking_visit.begin(link, now)
        named = {
            "code": link.code,
            "mark": begun.mark,
            "since": int(begun.since.timestamp()),
            "base": begun.base,
        }
        return redirect(f"{reverse('portal:tracking-visit')}?{urlencode(named)}")
    arrived = staff_tracking_visit.arrived(link, followed, now)
    context |= {
        "visit": followed,
        "is_over": followed.is_over(now),
        "test_url": tracking_visit.test_url(link, followed),
        "steps": tracking_visit.steps(arrived),
        "address": request.get_full_path(),
    }
    partial = bool(request.headers.get("HX-Request"))
    template = "_visit.html" if partial else "visit.html"
    return render(request, f"staff/tracking/{template}", context)


def _frame(current: str) -> dict[str, Any]:
    """Return the tabs around every page of this part."""
    tabs = [
        ("tracking", _("Overview")),
        ("tracking-stream", _("Live")),
        ("tracking-rejects", _("Rejects")),
        ("tracking-debug", _("One order")),
        ("tracking-installation", _("Installation")),
        ("tracking-visit", _("Test visit")),
    ]
    return {"tabs": [(label, reverse(f"portal:{name}"), name == current) for name, label in tabs]}
