"""What people do with a webhook or postback: each one service call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from affiliates.models import Endpoint
from affiliates.services import endpoints, event_sending, events
from portal.access import current_user
from portal.formats import PARIS
from portal.forms.webhook import ResendForm
from portal.sealed_form import demand_proof
from portal.staff_actions import carry_out, say_errors
from portal.views.webhooks import show
from portal.webhook_side import Side


@require_POST
@never_cache
def webhook_rotate(request: HttpRequest, public_id: str, *, side: Side) -> HttpResponse:
    """Make a new secret, which is shown this once.

    :raises ReauthenticationRequired: in a session that is not fresh.
    """
    row = side.find(request, public_id)
    demand_proof(request)
    made: list[Endpoint] = []
    is_made = carry_out(
        request,
        lambda: made.append(
            endpoints.rotate(
                endpoint_id=row.pk, actor_id=current_user(request).pk, now=timezone.now()
            )
        ),
        done=_("A new secret is made. The old one signs beside it for 24 hours."),
    )
    if not is_made:
        return _back(side, row)
    return show(request, made[0], side=side, secret=made[0].secret)


@require_POST
def webhook_pause(request: HttpRequest, public_id: str, *, side: Side) -> HttpResponse:
    """Send nothing for the time being."""
    return _do(request, public_id, side, endpoints.pause, _("Paused. Events wait."))


@require_POST
def webhook_resume(request: HttpRequest, public_id: str, *, side: Side) -> HttpResponse:
    """Go on."""
    return _do(request, public_id, side, endpoints.resume, _("Events are sent again."))


@require_POST
def webhook_delete(request: HttpRequest, public_id: str, *, side: Side) -> HttpResponse:
    """Tell it nothing any more, for good."""
    row = side.find(request, public_id)
    done = _("“%(name)s” is deleted.") % {"name": row.name}
    _do(request, public_id, side, endpoints.delete, done)
    return redirect(side.url("list"))


@require_POST
def webhook_test(request: HttpRequest, public_id: str, *, side: Side) -> HttpResponse:
    """Send a try; its answer is in the log in a moment."""
    row = side.find(request, public_id)
    carry_out(
        request,
        lambda: events.ping(endpoint_id=row.pk, now=timezone.now()),
        done=_("A try is on its way. Reload the page in a moment to see the answer."),
    )
    return _back(side, row)


@require_POST
def webhook_resend(request: HttpRequest, public_id: str, pk: int, *, side: Side) -> HttpResponse:
    """Send one event again."""
    row = side.find(request, public_id)
    one = get_object_or_404(row.deliveries.all(), pk=pk)
    carry_out(
        request,
        lambda: event_sending.resend(delivery_id=one.pk, now=timezone.now()),
        done=_("It is being sent again."),
    )
    return redirect(side.url("delivery", row.public_id, one.pk))


@require_POST
def webhook_resend_all(request: HttpRequest, public_id: str, *, side: Side) -> HttpResponse:
    """Send all that failed since a day again."""
    row, form = side.find(request, public_id), ResendForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return _back(side, row)
    since = datetime.combine(form.cleaned_data["since"], time(), tzinfo=PARIS)
    carry_out(
        request,
        lambda: event_sending.resend_failed(endpoint_id=row.pk, since=since, now=timezone.now()),
        done=_("What failed since then is being sent again."),
    )
    return _back(side, row)


def _do(
    request: HttpRequest, public_id: str, side: Side, act: Callable[..., object], done: str
) -> HttpResponse:
    row = side.find(request, public_id)
    carry_out(
        request,
        lambda: act(endpoint_id=row.pk, actor_id=current_user(request).pk, now=timezone.now()),
        done=done,
    )
    return _back(side, row)


def _back(side: Side, row: Endpoint) -> HttpResponse:
    return redirect(side.url("detail", row.public_id))
