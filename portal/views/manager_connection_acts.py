"""What managers do with a connection: keys, checks, rounds, replays, and answers to customers."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.errors import DomainError
from core.nudge import nudge
from portal.access import current_user, manager_required
from portal.downloads import file_response
from portal.forms.connection import SecretForm
from portal.forms.staff import ReasonForm
from portal.refusals import sentence
from portal.staff_actions import carry_out, carry_out_form, say_errors
from portal.views.manager_connections import detail, find
from shop import tasks
from shop.connectors.registry import connector
from shop.models import CustomerRequest, Difference, RequestKind, SyncKind, WebhookSecret
from shop.services import (
    connections,
    customer_requests,
    differences,
    health,
    inbound,
    secrets,
)


@manager_required
@require_POST
@never_cache
def connection_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a secret, which is shown this once; or keep the one that the platform made."""
    row, actor, now = find(pk), current_user(request), timezone.now()
    if connector(row.connector).has_own_secret:
        form = SecretForm(request.POST)
        carry_out_form(
            request,
            form,
            lambda: secrets.issue(
                shop_id=row.shop_id, connection_id=row.pk, actor=actor, now=now,
                made_there=form.cleaned_data["secret"],
            ),
            done=_("The secret is kept."),
        )  # fmt: skip
        return redirect("portal:connection-detail", pk)
    made: list[WebhookSecret] = []
    is_made = carry_out(
        request,
        lambda: made.append(
            secrets.issue(shop_id=row.shop_id, connection_id=row.pk, actor=actor, now=now)
        ),
        done=_("A secret is made."),
    )
    if not is_made:
        return redirect("portal:connection-detail", pk)
    return detail(request, row, secret=made[0].secret)


@manager_required
@require_POST
def connection_retire(request: HttpRequest, pk: int, secret_pk: int) -> HttpResponse:
    """Stop accepting a secret."""
    row = find(pk)
    secret = get_object_or_404(connections.active_secrets(row), pk=secret_pk)
    carry_out(
        request,
        lambda: secrets.retire(
            secret_id=secret.pk, actor=current_user(request), now=timezone.now()
        ),
        done=_("The secret is no longer accepted."),
    )
    return redirect("portal:connection-detail", pk)


@manager_required
@require_POST
def connection_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to look for a test order."""
    row = find(pk)
    carry_out(
        request,
        lambda: connections.begin_trial(
            connection_id=row.pk, actor=current_user(request), now=timezone.now()
        ),
        done=_("We are looking. Do now what the steps of the test say."),
    )
    return redirect("portal:connection-detail", pk)


@manager_required
@require_POST
def connection_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Greet the platform now."""
    row = find(pk)
    checked = health.check(connection_id=row.pk, now=timezone.now())
    said = _("The platform answered.") if not checked.check_error else ""
    carry_out(request, lambda: _refuse(checked.check_error), done=said)
    return redirect("portal:connection-detail", pk)


def _refuse(why: str) -> None:
    if why:
        raise DomainError(why)


@manager_required
@require_POST
def connection_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a round of asking; it goes on in the background."""
    row = find(pk)
    kind = request.POST.get("kind", "")
    known = kind if kind in SyncKind.values else SyncKind.ORDERS.value
    nudge(tasks.ask_platform, row.pk, known)
    carry_out(request, lambda: None, done=_("The platform is being asked. Reload the page soon."))
    return redirect("portal:connection-detail", pk)


@manager_required
@require_POST
def connection_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Work on all failed deliveries of a topic again."""
    row, topic = find(pk), request.POST.get("topic", "")[:60]
    count = inbound.replay_all(
        connection_id=row.pk, topic=topic, actor=current_user(request), now=timezone.now()
    )
    nudge(tasks.process_inbound)
    said = ngettext(
        "%(count)s delivery is being worked on again.",
        "%(count)s deliveries are being worked on again.",
        count,
    ) % {"count": count}
    carry_out(request, lambda: None, done=said)
    return redirect("portal:connection-detail", pk)


@manager_required
@require_POST
def connection_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop reading and asking; deliveries are kept."""
    row, form = find(pk), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: connections.pause(
            connection_id=row.pk, actor=current_user(request),
            reason=form.cleaned_data["reason"], now=timezone.now(),
        ),
        done=_("The connection is paused."),
    )  # fmt: skip
    return redirect("portal:connection-detail", pk)


@manager_required
@require_POST
def connection_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on."""
    row = find(pk)
    carry_out(
        request,
        lambda: connections.resume(
            connection_id=row.pk, actor=current_user(request), now=timezone.now()
        ),
        done=_("The connection goes on."),
    )
    nudge(tasks.process_inbound)
    return redirect("portal:connection-detail", pk)


@manager_required
@require_POST
def connection_explain(request: HttpRequest, pk: int, difference_pk: int) -> HttpResponse:
    """Say why an order stays as we know it."""
    one, form = get_object_or_404(Difference, pk=difference_pk, connection=pk), ReasonForm(
        request.POST
    )  # fmt: skip
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:connection-detail", pk)
    carry_out(
        request,
        lambda: differences.explain(
            difference_id=one.pk, actor=current_user(request),
            explanation=form.cleaned_data["reason"], now=timezone.now(),
        ),
        done=_("Explained."),
    )  # fmt: skip
    return redirect("portal:connection-detail", pk)


@manager_required
@require_POST
@never_cache
def connection_disclose(request: HttpRequest, pk: int, request_pk: int) -> HttpResponse:
    """Give all that is kept about a customer, as a file for the shop to send."""
    one = get_object_or_404(
        CustomerRequest, pk=request_pk, connection=pk, kind=RequestKind.DISCLOSURE
    )
    try:
        told = customer_requests.disclose(
            request_id=one.pk, actor=current_user(request), now=timezone.now()
        )
    except DomainError as refusal:
        return HttpResponse(sentence(refusal), status=409, content_type="text/plain")
    body = json.dumps(told, ensure_ascii=False, indent=2).encode()
    return file_response(body, name=f"customer-{one.pk}.json", content_type="application/json")
