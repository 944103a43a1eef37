"""The domain watch: what imitates the shop, where it leads, and what to register first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeVar

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.csv_export import Cell
from fraud.models import Lookalike
from fraud.services import watch
from portal.access import current_user, manager_required
from portal.domain_language import LEVELS, status_options
from portal.downloads import csv_response
from portal.forms.domain import HostForm, NameForm
from portal.forms.staff import ReasonForm
from portal.queries import staff_domains
from portal.queries.staff_domains import DomainFilters, domain_rows
from portal.queries.staff_journal import journal
from portal.query_links import text
from portal.staff_actions import carry_out, carry_out_form, submitted

PAGE = 25
Row = TypeVar("Row", bound=Model)


@manager_required
@require_safe
def domain_list(request: HttpRequest) -> HttpResponse:
    """Show the domains that imitate the shop."""
    return _list_page(request, HostForm())


@manager_required
@require_POST
def domain_add(request: HttpRequest) -> HttpResponse:
    """Watch a domain that somebody has come across."""
    form = HostForm(request.POST)
    added = _added(request, form, watch.add_host)
    if added is None:
        return _list_page(request, form, status=422)
    return redirect("portal:domain-detail", pk=added.pk)


@manager_required
@require_safe
def domain_register(request: HttpRequest) -> HttpResponse:
    """Show which free domains to register first."""
    page = Paginator(staff_domains.to_register(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": domain_rows(page),
        "tabs": _tabs("domain-register"),
        "watch_is_on": settings.DOMAIN_WATCH,
    }
    return render(request, "manager/domain_register.html", context)


@manager_required
@require_safe
def domain_export(request: HttpRequest) -> StreamingHttpResponse:
    """Send the list of free domains; ``?form=international`` with commas."""
    header = [
        _("Domain"), _("As shown"), _("Imitates"), _("Nearness"), _("How it differs"),
        _("Priority"), _("Looked up"),
    ]  # fmt: skip
    name = f"domains-{timezone.localdate().isoformat()}.csv"
    return csv_response(request, name, header, _cells())


@manager_required
@require_safe
def domain_names(request: HttpRequest) -> HttpResponse:
    """Show the watched names."""
    return _names_page(request, NameForm())


@manager_required
@require_POST
def name_add(request: HttpRequest) -> HttpResponse:
    """Watch another name."""
    form = NameForm(request.POST)
    if _added(request, form, watch.add_name) is None:
        return _names_page(request, form, status=422)
    return redirect("portal:domain-names")


@manager_required
@require_POST
def name_remove(request: HttpRequest, name_pk: int) -> HttpResponse:
    """Watch a name no more."""
    row = staff_domains.names().filter(pk=name_pk).first()
    if row is None:
        raise Http404
    actor = current_user(request)
    form = ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: watch.remove_name(
            name_id=row.pk,
            actor_id=actor.pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("%(name)s is watched no more.") % {"name": row},
    )
    return redirect("portal:domain-names")


@manager_required
@require_safe
def domain_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one domain: every look at it, hop by hop."""
    domain = _domain(pk)
    [row] = domain_rows([domain])
    context = {
        "row": row,
        "domain": domain,
        "lead": "" if row.is_allowed else row.status.sentence,
        "looks": staff_domains.looks_of(domain),
        "case": staff_domains.case_of(domain),
        "declared": staff_domains.declared_by(domain),
        "history": journal([domain]),
        "facts": [
            (_("Imitates"), domain.name.name),
            (_("Nearness"), row.level),
            (_("How it differs"), row.way),
            (_("Written in the DNS as"), domain.host),
        ],
        "reason_form": ReasonForm(),
        "allow_title": _("Allow %(host)s?") % {"host": row.shown},
        "disallow_title": _("Mind %(host)s again?") % {"host": row.shown},
        "ours_title": _("Have you registered %(host)s?") % {"host": row.shown},
        "breadcrumbs": [(_("Domain watch"), reverse("portal:domain-list"))],
    }
    return render(request, "manager/domain_detail.html", context)


@manager_required
@require_POST
def domain_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a domain looked at now."""
    domain, actor = _domain(pk), current_user(request)
    carry_out(
        request,
        lambda: watch.look_soon(lookalike_id=domain.pk, actor_id=actor.pk, now=timezone.now()),
        done=_("It is being looked at. Reload this page in a minute."),
    )
    return redirect("portal:domain-detail", pk=pk)


@manager_required
@require_POST
def domain_allow(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a look-alike be."""
    return _with_reason(request, pk, watch.allow, _("No signal minds it from now on."))


@manager_required
@require_POST
def domain_disallow(request: HttpRequest, pk: int) -> HttpResponse:
    """Mind a look-alike again."""
    return _with_reason(request, pk, watch.disallow, _("The signals mind it again."))


@manager_required
@require_POST
def domain_ours(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the shop has a domain, or has it no more."""
    domain, actor = _domain(pk), current_user(request)
    is_ours = request.POST.get("is_ours") == "1"
    carry_out(
        request,
        lambda: watch.mark_ours(
            lookalike_id=domain.pk, is_ours=is_ours, actor_id=actor.pk, now=timezone.now()
        ),
        done=_("It is noted as yours.") if is_ours else _("It is watched again."),
    )
    return redirect("portal:domain-detail", pk=pk)


def _added(request: HttpRequest, form: forms.Form, add: Callable[..., Row]) -> Row | None:
    """Return what ``add`` made of the one field of a form; None when it is not in order."""
    actor_id = current_user(request).pk
    return submitted(form, lambda: add(**form.cleaned_data, actor_id=actor_id, now=timezone.now()))


def _with_reason(
    request: HttpRequest, pk: int, act: Callable[..., object], done: str
) -> HttpResponse:
    domain, actor, form = _domain(pk), current_user(request), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: act(
            lookalike_id=domain.pk,
            actor_id=actor.pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=done,
    )
    return redirect("portal:domain-detail", pk=pk)


def _list_page(request: HttpRequest, form: HostForm, status: int = 200) -> HttpResponse:
    query = request.GET
    filters = DomainFilters(
        status=text(query, "status"),
        level=text(query, "level"),
        name=text(query, "name"),
        search=text(query, "q"),
        allowed=text(query, "allowed") == "1",
    )
    page = Paginator(staff_domains.domains(filters), PAGE).get_page(query.get("page"))
    counts = staff_domains.status_counts()
    kept = [(name, text(query, name)) for name in ("status", "level", "name", "allowed")]
    context = {
        "filters": filters,
        "page": page,
        "rows": domain_rows(page),
        "states": [(code, label, counts.get(code, 0)) for code, label in status_options()],
        "levels": [(code, f"{code} · {label}") for code, label in LEVELS.items()],
        "only": [("1", _("Allowed ones"))],
        "kept": [(name, value) for name, value in kept if value],
        "is_narrowed": bool(filters.search or any(value for _name, value in kept)),
        "has_names": staff_domains.names().exists(),
        "form": form,
        "tabs": _tabs("domain-list"),
        "watch_is_on": settings.DOMAIN_WATCH,
    }
    return render(request, "manager/domain_list.html", context, status=status)


def _names_page(request: HttpRequest, form: NameForm, status: int = 200) -> HttpResponse:
    context = {
        "names": staff_domains.names(),
        "form": form,
        "reason_form": ReasonForm(),
        "tabs": _tabs("domain-names"),
    }
    return render(request, "manager/domain_names.html", context, status=status)


def _domain(pk: int) -> Lookalike:
    found = staff_domains.domain_of(pk)
    if found is None:
        raise Http404
    return found


def _tabs(current: str) -> list[tuple[str, str, bool]]:
    pages = [
        ("domain-list", _("Domains")),
        ("domain-register", _("Register first")),
        ("domain-names", _("Watched names")),
    ]
    return [(label, reverse(f"portal:{name}"), name == current) for name, label in pages]


def _cells() -> Iterable[list[Cell]]:
    rows = staff_domains.to_register().iterator(chunk_size=500)
    for row in chain.from_iterable(domain_rows([domain]) for domain in rows):
        found = row.domain
        yield [
            found.host, row.shown, found.name.name, row.level, row.way, found.priority,
            found.probed_at,
        ]  # fmt: skip
