"""What happens in the programme, and what waits for its managers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import date_range
from portal.access import manager_required
from portal.queries import staff_dashboard, staff_tracking
from portal.tracking_language import health_status


@manager_required
@require_safe
def manage_home(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period beside those before it, and every queue."""
    now = timezone.now()
    period = date_range.parse(request.GET, now=now)
    currency = staff_dashboard.currency_of_programme()
    days, attributed = staff_dashboard.orders_by_day(period)
    queues = staff_dashboard.queues()
    context = {
        "now": now,
        "period": period,
        "ranges": date_range.chips(request.GET, period),
        "tiles": staff_dashboard.tiles(period, currency),
        "orders_by_day": days,
        "attributed_by_day": attributed,
        "queues": queues,
        "top": staff_dashboard.top_affiliates(period, currency),
        "health": staff_dashboard.health(now, queues.inbound.count),
        "recording": health_status(staff_tracking.health(now)),
    }
    return render(request, "manager/dashboard.html", context)
