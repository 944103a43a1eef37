"""Deliveries of the shop that failed, and working on them again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access import current_user, manager_required
from portal.queries import staff_reviews
from portal.queries.staff_paging import slice_of
from portal.staff_actions import carry_out
from shop.models import InboundEvent
from shop.services import inbound


@manager_required
@require_safe
def inbound_list(request: HttpRequest) -> HttpResponse:
    """Show the deliveries of the shop that could not be worked on."""
    page = slice_of(staff_reviews.failed_events(), request.GET.get("cursor", ""), by="received_at")
    context = {
        "page": page,
        "counts": staff_reviews.event_counts(),
        "breadcrumbs": [(_("Dashboard"), reverse("portal:manage-home"))],
    }
    return render(request, "manager/inbound_list.html", context)


@manager_required
@require_POST
def inbound_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Work on a failed delivery again, from the bytes that were kept."""
    event = get_object_or_404(InboundEvent.objects.defer("body"), pk=pk)
    carry_out(
        request,
        lambda: inbound.replay(event_id=event.pk, actor=current_user(request), now=timezone.now()),
        done=_("Delivery %(event)s is being worked on again.") % {"event": event.event_id},
    )
    return redirect("portal:inbound-list")
