"""Returns that ask for a look: what found no place, and money that was given back without goods."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.access import manager_required
from portal.queries.staff_paging import slice_of
from portal.queries.staff_refunds import refund_rows, refunds
from portal.queries.staff_returns import parked_lines, parked_returns
from portal.query_links import text
from portal.refund_language import REFUND_CODES, refund_status
from portal.staff_access import staff_required

PAGE = 25


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


@staff_required
@require_safe
def refund_list(request: HttpRequest) -> HttpResponse:
    """Show money given back without goods, what was done with each refund, and why."""
    became = text(request.GET, "became")
    page = Paginator(refunds(became), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, refund_status(row.became)) for row in refund_rows(list(page))],
        "became": [(code, refund_status(code).label) for code in REFUND_CODES],
        "is_narrowed": bool(became),
        "breadcrumbs": [(_("Orders"), reverse("portal:order-list"))],
    }
    return render(request, "manager/refund_list.html", context)
