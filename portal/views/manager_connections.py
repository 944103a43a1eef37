"""Connections with platforms for managers: how they are doing, and how one is made."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import current_user, manager_required
from portal.connection_language import advice_of, light_status, steps_of
from portal.forms.connection import ConnectionForm, NewConnectionForm, SecretForm
from portal.queries import staff_connections, staff_trials
from portal.queries.staff_trials import Obstacles, Trial
from portal.staff_actions import submitted
from shop.connectors import generic
from shop.connectors.contract import Connector
from shop.connectors.registry import NAMES, UnknownConnector, connector
from shop.models import Connection
from shop.services import connections, drops
from shop.services.health import webhook_address

MOST_DIFFERENCES = 50


@manager_required
@require_safe
def connection_list(request: HttpRequest) -> HttpResponse:
    """Show every connection with its light."""
    rows = [
        {
            "row": one,
            "state": light_status(one.connection, one.health),
            "href": reverse("portal:connection-detail", args=[one.connection.pk]),
        }
        for one in staff_connections.connections(now=timezone.now())
    ]
    return render(request, "manager/connection_list.html", {"rows": rows})


@manager_required
@require_safe
def connection_choose(request: HttpRequest) -> HttpResponse:
    """Show the platforms that a shop can be connected with."""
    platforms = [connector(name) for name in NAMES if name != generic.NAME]
    context = {"platforms": platforms, "breadcrumbs": _breadcrumbs()}
    return render(request, "manager/connection_choose.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def connection_new(request: HttpRequest, name: str) -> HttpResponse:
    """Connect a shop with a platform."""
    try:
        platform = connector(name)
    except UnknownConnector as refusal:
        raise Http404 from refusal
    if name == generic.NAME:
        raise Http404
    form = NewConnectionForm(platform, request.POST or None)
    made = submitted(
        form,
        lambda: connections.connect(
            shop_id=form.cleaned_data["shop"].pk,
            code=form.cleaned_data["code"],
            connector_name=name,
            name=form.cleaned_data["name"],
            address=form.cleaned_data["address"],
            entered=form.entered,
            timezone=form.cleaned_data["timezone"],
            actor=current_user(request),
            now=timezone.now(),
        ),
    )
    if made is not None:
        return redirect("portal:connection-detail", made.pk)
    title = _("Connect with %(platform)s") % {"platform": platform.title}
    return _form_page(request, form, title, _breadcrumbs())


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def connection_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what was entered for a connection."""
    row = find(pk)
    platform = connector(row.connector)
    form = ConnectionForm(platform, request.POST or None, row=row)
    changed = submitted(
        form,
        lambda: connections.change(
            connection_id=row.pk,
            name=form.cleaned_data["name"],
            address=form.cleaned_data["address"],
            entered=form.entered,
            timezone=form.cleaned_data["timezone"],
            silent_hours=form.cleaned_data["silent_hours"],
            actor=current_user(request),
            now=timezone.now(),
        ),
    )
    if changed is not None:
        return redirect("portal:connection-detail", row.pk)
    return _form_page(request, form, row.name, [*_breadcrumbs(), breadcrumb_of(row)])


def _form_page(
    request: HttpRequest, form: ConnectionForm, title: str, breadcrumbs: list[tuple[str, str]]
) -> HttpResponse:
    """Show the form; 422 when it was sent and refused."""
    context = {"form": form, "title": title, "breadcrumbs": breadcrumbs}
    status = 422 if form.is_bound else 200
    return render(request, "manager/connection_form.html", context, status=status)


@manager_required
@require_safe
def connection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one connection: its light and why, its steps, its rounds and what they found."""
    return detail(request, find(pk))


def detail(request: HttpRequest, row: Connection, *, secret: str = "") -> HttpResponse:
    """Show a connection; ``secret`` is one that was just made, shown this once."""
    now = timezone.now()
    found = staff_connections.row_of(row, now=now)
    differences = staff_connections.open_differences(row)
    trial = staff_trials.trial_of(row, found.platform, now=now)
    obstacles = staff_trials.obstacles_of(row, now=now) if trial and trial.is_late else None
    context = {
        "one": row,
        "platform": found.platform,
        "health": found.health,
        "state": light_status(row, found.health),
        "webhook": webhook_address(row),
        "steps": steps_of(found.platform, row, secret),
        "secret": secret,
        "secrets": connections.active_secrets(row),
        "secret_form": SecretForm(auto_id="secret-%s"),
        "has_api": connections.poller_of(row) is not None,
        "rounds": staff_connections.rounds(row),
        "differences": [
            {"found": one, "dialog": f"explain-{one.pk}", "field": f"reason-{one.pk}"}
            for one in differences[:MOST_DIFFERENCES]
        ],
        "differences_count": differences.count(),
        "failed": staff_connections.failed_by_topic(row),
        "requests": staff_connections.open_requests(row)[:20],
        "trial": trial,
        "advice": _advice(found.platform, trial, obstacles),
        "has_files": row.connector == drops.CONNECTOR,
        "test_order": staff_connections.newest_order(row, is_test=True),
        "last_order": staff_connections.newest_order(row, is_test=False),
        "breadcrumbs": _breadcrumbs(),
    }
    return render(request, "manager/connection_detail.html", context)


def _advice(platform: Connector, trial: Trial | None, obstacles: Obstacles | None) -> Sequence[str]:
    if trial is None or obstacles is None:
        return ()
    return advice_of(platform, obstacles, came=bool(trial.deliveries))


def find(pk: int) -> Connection:
    """Return a connection with its shop, or answer that there is none."""
    return get_object_or_404(Connection.objects.select_related("shop"), pk=pk)


def breadcrumb_of(row: Connection) -> tuple[str, str]:
    """Return how a page below a connection's leads back to it."""
    return row.name, reverse("portal:connection-detail", args=[row.pk])


def _breadcrumbs() -> list[tuple[str, str]]:
    return [(_("Connections"), reverse("portal:connection-list"))]
