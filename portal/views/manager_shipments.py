"""Products on their way to creators, for managers: granted, sent, and the file of what to send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import audit
from core.money import Money
from influencers.models import Shipment, ShipmentStatus
from influencers.queries import shipments as found
from influencers.services import shipments
from portal.access import current_user, manager_required
from portal.campaign_language import shipment_status
from portal.downloads import csv_response
from portal.forms.campaign import ShipForm, ShortReasonForm
from portal.query_links import text as query_text
from portal.staff_actions import carry_out, carry_out_form
from portal.staff_filters import choice_chips

PAGE = 25
OPEN = "open"
#: What somebody of the team has still to do something about.
WAITING = (ShipmentStatus.ASKED, ShipmentStatus.GRANTED, ShipmentStatus.SHIPPED)


@manager_required
@require_safe
def shipment_list(request: HttpRequest) -> HttpResponse:
    """Show what creators asked for and where it is."""
    search, wanted = query_text(request.GET, "q"), request.GET.get("state", OPEN)
    wanted = wanted if wanted in ShipmentStatus.values else OPEN
    rows = found.shipments()
    if search:
        rows = rows.filter(affiliate__name__icontains=search)
    counted = rows.order_by().values_list("status").annotate(number=Count("pk"))
    numbers = Counter(dict(counted))
    options = [
        (OPEN, _("To do"), sum(numbers[one] for one in WAITING)),
        *((one.value, one.label, numbers[one]) for one in ShipmentStatus),
    ]
    states = WAITING if wanted == OPEN else (wanted,)
    page = Paginator(rows.filter(status__in=states), PAGE).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "kept": [("state", request.GET.get("state", ""))],
        "chips": choice_chips(request.GET, "state", options, current=wanted, default=OPEN),
        "page": page,
        "rows": [_row(one) for one in page],
        "to_send": numbers[ShipmentStatus.GRANTED],
        "is_narrowed": bool(search) or wanted != OPEN,
        "breadcrumbs": [(_("Campaigns"), reverse("portal:campaign-list"))],
    }
    return render(request, "manager/shipment_list.html", context)


def _row(shipment: Shipment) -> dict[str, object]:
    status = shipment.status
    return {
        "shipment": shipment,
        "campaign": shipment.participation.campaign if shipment.participation else None,
        "value": Money(shipment.value_minor, shipment.currency),
        "status": shipment_status(shipment),
        "may_grant": status == ShipmentStatus.ASKED,
        "may_ship": status == ShipmentStatus.GRANTED,
        "may_refuse": status in {ShipmentStatus.ASKED, ShipmentStatus.GRANTED},
        "may_settle": status == ShipmentStatus.SHIPPED,
        "may_return": status == ShipmentStatus.DELIVERED,
        "ship_form": ShipForm(auto_id=f"ship-{shipment.pk}-%s"),
    }


@manager_required
@require_safe
def shipment_export(request: HttpRequest) -> HttpResponseBase:
    """Send the file of what is to be sent, with addresses. Who took it is in the audit trail."""
    now = timezone.now()
    for one in found.to_send():
        audit.record_look(
            actor=current_user(request), verb="shipment.address_read", subject=one, at=now
        )
    return csv_response(request, f"to-send-{now:%Y-%m-%d}.csv", found.HEADER, found.lines_to_send())


@manager_required
@require_POST
def shipment_grant(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let it be sent."""
    return _done(request, public_id, shipments.grant, _("It is on the list of what is sent."))


@manager_required
@require_POST
def shipment_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that it is not sent, and why."""
    shipment, form = _shipment(public_id), ShortReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: shipments.refuse(
            shipment_id=shipment.pk,
            reason=form.cleaned_data["reason"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Refused. The creator reads why."),
    )
    return redirect("portal:shipment-list")


@manager_required
@require_POST
def shipment_ship(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep that it was sent: it is a gift from then on."""
    shipment, form = _shipment(public_id), ShipForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: shipments.ship(
            shipment_id=shipment.pk,
            carrier=form.cleaned_data["carrier"],
            tracking_number=form.cleaned_data["tracking_number"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Sent. Its value counts as a gift."),
    )
    return redirect("portal:shipment-list")


@manager_required
@require_POST
def shipment_deliver(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep that it arrived."""
    return _done(request, public_id, shipments.mark_delivered, _("Delivered."))


@manager_required
@require_POST
def shipment_return(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep that it came back."""
    return _done(
        request, public_id, shipments.mark_returned, _("It came back: it is no gift any more.")
    )


@manager_required
@require_POST
def shipment_lose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep that it never arrived."""
    return _done(request, public_id, shipments.mark_lost, _("Lost: it is no gift."))


def _done(
    request: HttpRequest, public_id: UUID, act: Callable[..., object], done: str
) -> HttpResponse:
    shipment, by_id = _shipment(public_id), current_user(request).pk
    carry_out(
        request,
        lambda: act(shipment_id=shipment.pk, by_id=by_id, now=timezone.now()),
        done=done,
    )
    return redirect("portal:shipment-list")


def _shipment(public_id: UUID) -> Shipment:
    return get_object_or_404(Shipment, public_id=public_id)
