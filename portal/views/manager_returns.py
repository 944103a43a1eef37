"""Parked returns: what came back without a place, and what to do about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.access import manager_required
from portal.queries.staff_paging import slice_of
from portal.queries.staff_returns import parked_lines, parked_returns


@manager_required
@require_safe
def parked_list(request: HttpRequest) -> HttpResponse:
    """Show every returned quantity that no order line has taken, the newest first."""
    page = slice_of(parked_returns(), request.GET.get("cursor", ""), by="received_at")
    context = {
        "now": timezone.now(),
        "page": page,
        "rows": parked_lines(page.rows),
        "breadcrumbs": [
            (_("Dashboard"), reverse("portal:manage-home")),
            (_("Deliveries"), reverse("portal:inbound-list")),
        ],
    }
    return render(request, "manager/parked_list.html", context)
