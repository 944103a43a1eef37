"""What happens in the programme, and what waits for its managers."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import comparison, date_range
from portal.access import manager_required
from portal.parts import part
from portal.queries import staff_dashboard, staff_movers, staff_program, staff_tracking
from portal.tracking_language import health_status
from tracking.queries import order_days


@manager_required
@require_safe
def manage_home(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period beside those before it, and every queue."""
    now = timezone.now()
    period = date_range.parse(request.GET, now=now)
    earlier = comparison.compared(request.GET, period)
    currency = staff_dashboard.currency_of_programme()
    queues = part("queues", staff_dashboard.queues)
    failed = queues.value.inbound.count if queues.value else 0
    against = earlier or period.previous()
    spans = [(one.first, one.last) for one in (period, against)]
    days = cache(lambda: order_days(*spans, staff_dashboard.lately(now)))
    movers = part("movers", lambda: staff_movers.movers(period, against, currency))
    earned = movers.value.earned if movers.value else None
    context = {
        "now": now,
        "period": period,
        "ranges": date_range.chips(request.GET, period),
        "versus_chips": comparison.chips(request.GET),
        "versus": comparison.label(earlier),
        "compares": earlier is not None,
        "tiles": part(
            "tiles",
            lambda: staff_program.tiles(period, currency, earlier, days=days(), earned=earned),
        ),
        "days": part("days", lambda: staff_program.orders_by_day(period, earlier, days())),
        "queues": queues,
        "movers": movers,
        "changes": part("changes", lambda: staff_movers.changes(now)),
        "health": part("health", lambda: staff_dashboard.health(now, failed, days())),
        "recording": part("recording", lambda: health_status(staff_tracking.health(now))),
        "retry": request.get_full_path(),
    }
    return render(request, "manager/dashboard.html", context)
