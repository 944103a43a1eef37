"""One delivery for managers: what came, what it says in our words, what became of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.access import manager_required
from portal.display import StatusText, Tone
from portal.formats import format_moment
from portal.margin_access import look_at_costs
from portal.queries.staff_deliveries import body_text, canonical_text
from shop.models import InboundEvent, InboundStatus

_TONES: dict[str, tuple[Tone, str]] = {
    InboundStatus.NEW.value: ("info", "hourglass"),
    InboundStatus.DONE.value: ("success", "check"),
    InboundStatus.IGNORED.value: ("neutral", "ban"),
    InboundStatus.FAILED.value: ("danger", "circle-x"),
}


@manager_required
@require_safe
@never_cache
def inbound_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a delivery. Its body tells costs and people: for who may see costs, and kept."""
    event = get_object_or_404(
        InboundEvent.objects.select_related("shop", "connection__shop"), pk=pk
    )
    now = timezone.now()
    shows_body = look_at_costs(request, event, now=now)
    tone, icon = _TONES[event.status]
    context = {
        "event": event,
        "state": StatusText(event.status, event.get_status_display(), tone, icon),
        "facts": _facts(event),
        "headers": sorted(event.headers.items()),
        "shows_body": shows_body,
        "body": body_text(event) if shows_body else "",
        "canonical": canonical_text(event, now=now) if shows_body and event.body else "",
        "breadcrumbs": [(_("Deliveries"), reverse("portal:inbound-list"))],
    }
    return render(request, "manager/inbound_detail.html", context)


def _facts(event: InboundEvent) -> list[tuple[str, str]]:
    items = [
        (_("Shop"), event.shop.name),
        (_("Connection"), event.connection.name if event.connection else ""),
        (_("Topic"), event.topic),
        (_("About"), event.subject),
        (_("Received"), format_moment(event.received_at)),
        (_("Sent"), format_moment(event.triggered_at) if event.triggered_at else ""),
        (_("Signed with"), event.get_signed_with_display()),
        (_("Attempts"), str(event.attempts)),
        (_("SHA-256 of the body"), event.sha256),
    ]
    return [(label, value) for label, value in items if value]
