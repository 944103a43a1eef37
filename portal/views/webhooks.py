"""Webhooks and postbacks: the list, one with its log, one delivery, and the forms."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from affiliates.domain.event_types import EVENT_TYPES, PING, example_of, schema_of
from affiliates.domain.sending import MOST_ENDPOINTS, WARN_AT
from affiliates.models import Endpoint, EndpointKind, EventDelivery
from affiliates.services import endpoints
from affiliates.services.event_sending import outgoing
from core.api import problem
from portal.access import current_user
from portal.forms.webhook import MACRO_NAMES, EndpointForm, ResendForm
from portal.queries import webhooks
from portal.queries.staff_paging import slice_of
from portal.sealed_form import demand_proof, typed
from portal.staff_actions import submitted
from portal.webhook_language import (
    DELIVERIES,
    GROUPS,
    answer_words,
    delivery_status,
    endpoint_status,
    event_label,
)
from portal.webhook_side import Side


@require_safe
def webhook_list(request: HttpRequest, *, side: Side) -> HttpResponse:
    """Show every address with how it is doing."""
    affiliate = side.affiliate(request)
    rows = webhooks.with_activity(
        webhooks.endpoints_of(affiliate.pk if affiliate else None), now=timezone.now()
    )
    shown = [
        {
            "one": one,
            "state": endpoint_status(one),
            "host": urlsplit(one.url).hostname,
            "events": len(one.subscriptions.all()),
            "href": side.url("detail", one.public_id),
        }
        for one in rows
    ]
    context = {
        "rows": shown,
        "base": side.base,
        "has_postbacks": side.has_postbacks,
        "new_url": side.url("new"),
        "postback_url": f"{side.url('new')}?kind={EndpointKind.POSTBACK}",
        "why_not": _why_not(affiliate is None or affiliate.is_active, len(shown)),
    }
    return render(request, "webhooks/list.html", context)


def _why_not(is_active: bool, count: int) -> str:  # noqa: FBT001
    if not is_active:
        return _("Your account is not active.")
    if count >= MOST_ENDPOINTS:
        return _("There may be %(most)s. Delete one first.") % {"most": MOST_ENDPOINTS}
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_new(request: HttpRequest, *, side: Side) -> HttpResponse:
    """Make an address; its secret is shown with it, this once.

    :raises ReauthenticationRequired: when one is made in a session that is not fresh.
    """
    entered = typed(request)
    # What waited for a proof of identity is repeated without the part after the question mark.
    kind = entered.get("kind") or request.GET.get("kind", "")
    is_postback = side.has_postbacks and kind == EndpointKind.POSTBACK
    form = EndpointForm(entered or None, audience=side.audience, is_postback=is_postback)
    if form.is_bound and form.is_valid():
        demand_proof(request)
    made = submitted(
        form,
        lambda: endpoints.make(
            affiliate_id=side.affiliate_id(request),
            kind=EndpointKind.POSTBACK if is_postback else EndpointKind.WEBHOOK,
            actor_id=current_user(request).pk,
            now=timezone.now(),
            **_entered(form),
        ),
    )
    if made is not None:
        return show(request, made, side=side, secret=made.secret, is_new=True)
    title = _("New postback") if is_postback else _("New webhook")
    return _form(request, side, form, title, side.url("list"))


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_edit(request: HttpRequest, public_id: str, *, side: Side) -> HttpResponse:
    """Change an address and what it is told.

    :raises ReauthenticationRequired: when it is changed in a session that is not fresh.
    """
    row = side.find(request, public_id)
    form = EndpointForm(
        typed(request) or None, audience=side.audience, is_postback=row.is_postback, row=row
    )
    if form.is_bound and form.is_valid():
        demand_proof(request)
    changed = submitted(
        form,
        lambda: endpoints.change(
            endpoint_id=row.pk,
            actor_id=current_user(request).pk,
            now=timezone.now(),
            **_entered(form),
        ),
    )
    if changed is not None:
        return redirect(side.url("detail", row.public_id))
    return _form(request, side, form, row.name, side.url("detail", row.public_id), row)


def _entered(form: EndpointForm) -> dict[str, Any]:
    said = form.cleaned_data
    return {
        "name": said["name"],
        "url": said["url"],
        "method": said.get("method", "POST"),
        "types": said["types"],
    }


def _form(
    request: HttpRequest,
    side: Side,
    form: EndpointForm,
    title: str,
    back: str,
    row: Endpoint | None = None,
) -> HttpResponse:
    crumbs = [(_("Webhooks"), side.url("list"))]
    if row is not None:
        crumbs.append((row.name, back))
    kinds = [
        (_("Webhook"), side.url("new"), not form.is_postback),
        (_("Postback"), f"{side.url('new')}?kind={EndpointKind.POSTBACK}", form.is_postback),
    ]
    context = {
        "form": form,
        "title": title,
        "base": side.base,
        "back": back,
        "breadcrumbs": crumbs,
        "groups": [form[name] for name in form.groups],
        "exclude": ",".join(form.groups),
        "macros": MACRO_NAMES if form.is_postback else (),
        "kinds": kinds if row is None and side.has_postbacks else (),
        "is_new": row is None,
    }
    status = 422 if form.is_bound else 200
    return render(request, "webhooks/form.html", context, status=status)


@require_safe
def webhook_detail(request: HttpRequest, public_id: str, *, side: Side) -> HttpResponse:
    """Show one address: how it is called, its figures and its log."""
    return show(request, side.find(request, public_id), side=side)


def show(
    request: HttpRequest, row: Endpoint, *, side: Side, secret: str = "", is_new: bool = False
) -> HttpResponse:
    """Show an address; ``secret`` is one that was just made, shown this once."""
    now = timezone.now()
    state, kind = request.GET.get("status", ""), request.GET.get("event", "")
    rows = webhooks.log_of(
        row, state=state if state in DELIVERIES else "", kind=kind if kind in _known() else ""
    )
    page = slice_of(rows, request.GET.get("cursor", ""), by="created_at")
    chosen = sorted(row.subscriptions.values_list("type", flat=True), key=list(EVENT_TYPES).index)
    context = {
        "one": row,
        "base": side.base,
        "state": endpoint_status(row),
        "secret": secret,
        "is_new": is_new,
        "figures": webhooks.figures_of(row, now=now),
        "events": [(name, event_label(name)) for name in chosen],
        "both_until": row.previous_until if len(row.secrets_at(now)) > 1 else None,
        "is_failing": row.is_active and row.failures >= min(WARN_AT),
        "is_slow": row.is_active and row.is_slow_at(now),
        "page": page,
        "log": [_line(side, row, one) for one in page.rows],
        "is_filtered": bool(state or kind),
        "states": [(code, text.label) for code, text in DELIVERIES.items()],
        "kinds": [(name, event_label(name)) for name in chosen],
        "resend_form": ResendForm(initial={"since": timezone.localdate(now)}),
        "why_no_try": "" if row.is_active else _("Let it go on first."),
        "acts": {
            name.replace("-", "_"): side.url(name, row.public_id)
            for name in ("edit", "rotate", "pause", "resume", "delete", "test", "resend-all")
        },
        "breadcrumbs": [(_("Webhooks"), side.url("list"))],
        "here": side.url("detail", row.public_id),
    }
    return render(request, "webhooks/detail.html", context)


def _known() -> set[str]:
    return {name for _label, events in GROUPS for name in events} | {PING}


def _line(side: Side, row: Endpoint, one: EventDelivery) -> dict[str, Any]:
    return {
        "one": one,
        "label": event_label(one.event.type),
        "state": delivery_status(one),
        "answer": answer_words(one),
        "href": side.url("delivery", row.public_id, one.pk),
    }


@require_safe
def webhook_delivery(request: HttpRequest, public_id: str, pk: int, *, side: Side) -> HttpResponse:
    """Show one delivery: what was sent, and what was answered last."""
    row = side.find(request, public_id)
    one = get_object_or_404(row.deliveries.select_related("event"), pk=pk)
    what = outgoing(one.event, row)
    headers = dict(what.headers)
    if not row.is_postback:
        headers["Apport-Signature"] = _("t=…,v1=… (made anew for each attempt)")
    facts = [
        (_("Event"), one.event.type),
        (_("Event id"), str(one.event.public_id)),
        (_("Attempts"), str(one.attempts)),
        (_("Answer"), answer_words(one)),
        (_("Duration"), f"{one.duration_ms} ms" if one.duration_ms is not None else "–"),
    ]
    context = {
        "one": one,
        "row": row,
        "base": side.base,
        "title": event_label(one.event.type),
        "state": delivery_status(one),
        "facts": facts,
        "request_line": f"{what.method} {what.url}",
        "headers": list(headers.items()),
        "body": json.dumps(json.loads(what.body), ensure_ascii=False, indent=2)
        if what.body
        else "",
        "resend_url": side.url("resend", row.public_id, one.pk),
        "why_not": "" if row.is_active else _("Let the address go on first."),
        "breadcrumbs": [
            (_("Webhooks"), side.url("list")),
            (row.name, side.url("detail", row.public_id)),
        ],
    }
    return render(request, "webhooks/delivery.html", context)


@require_safe
@cache_control(public=True, max_age=3600)
def event_schema(_request: HttpRequest, name: str) -> HttpResponse:
    """Publish the JSON Schema of an event, with an example."""
    if name not in {*EVENT_TYPES, PING}:
        return problem(404, "unknown_event", f"There are: {', '.join(EVENT_TYPES)}.")
    body = {**schema_of(name), "examples": [example_of(name)]}
    return JsonResponse(body, content_type="application/schema+json")
