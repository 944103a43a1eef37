"""The policy lists: which hosts the programme's rules name, who says so, and bringing in a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from fraud.models import HostKind, ListedHost
from fraud.services import policy_lists
from fraud.services.policy_lists import COLUMNS, MOST_LINES, Line, Outcome
from portal.access import current_user, manager_required
from portal.formats import format_moment
from portal.forms.staff import ReasonForm
from portal.forms.vetting import ListedHostForm, ListFileForm
from portal.queries.staff_journal import journal
from portal.queries.staff_vetting import ListFilters, listed_hosts
from portal.query_links import text
from portal.refusals import sentence
from portal.staff_actions import submitted

PAGE = 50
REMOVED = "removed"
OUTCOMES = {
    Outcome.NEW: gettext_lazy("Is listed"),
    Outcome.KNOWN: gettext_lazy("Is listed already"),
    Outcome.REFUSED: gettext_lazy("Refused"),
}


@manager_required
@require_safe
def listed_host_list(request: HttpRequest) -> HttpResponse:
    """Show the lists, the latest row first."""
    filters = ListFilters(
        kind=text(request.GET, "kind"),
        search=text(request.GET, "q"),
        is_removed=request.GET.get("state") == REMOVED,
    )
    page = Paginator(listed_hosts(filters), PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "rows": [
            {"row": row, "href": reverse("portal:listed-host-detail", args=[row.pk])}
            for row in page
        ],
        "kinds": HostKind.choices,
        "states": [(REMOVED, _("Taken off"))],
        "kept": [(name, request.GET.get(name, "")) for name in ("kind", "state")],
        "is_narrowed": bool(filters.kind or filters.search or filters.is_removed),
    }
    return render(request, "manager/listed_host_list.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def listed_host_new(request: HttpRequest) -> HttpResponse:
    """List a host."""
    form = ListedHostForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST":
        made = submitted(
            form,
            lambda: policy_lists.add(
                actor_id=current_user(request).pk, now=timezone.now(), **form.cleaned_data
            ),
        )
        if made is not None:
            messages.success(request, _("%(host)s is on the list.") % {"host": made.pattern})
            return redirect("portal:listed-host-detail", made.pk)
    context = {"form": form, "breadcrumbs": [_home()]}
    status = 422 if form.is_bound else 200
    return render(request, "manager/listed_host_new.html", context, status=status)


@manager_required
@require_safe
def listed_host_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one host: where it comes from, and what was done with it."""
    return _page(request, get_object_or_404(ListedHost, pk=pk), ReasonForm())


@manager_required
@require_POST
def listed_host_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a host off its list."""
    row, form = get_object_or_404(ListedHost, pk=pk), ReasonForm(request.POST)
    removed = submitted(
        form,
        lambda: policy_lists.remove(
            listed_id=row.pk,
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if removed is None:
        return _page(request, row, form, status=422)
    messages.success(request, _("%(host)s is off the list.") % {"host": row.pattern})
    return redirect("portal:listed-host-list")


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def listed_host_import(request: HttpRequest) -> HttpResponse:
    """Rehearse a file and show what each line would do; then do all of it, or nothing."""
    form = ListFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "columns": COLUMNS,
        "kinds": HostKind.values,
        "most": MOST_LINES,
        "breadcrumbs": [_home()],
    }
    if request.method == "POST" and form.is_valid():
        is_rehearsal = request.POST.get("act") != "list"
        try:
            lines = _brought(request, form.cleaned_data["lines"], is_rehearsal=is_rehearsal)
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            refused = sum(line.outcome is Outcome.REFUSED for line in lines)
            new = sum(line.outcome is Outcome.NEW for line in lines)
            if not is_rehearsal and not refused:
                done = ngettext("%(n)s host is listed.", "%(n)s hosts are listed.", new)
                messages.success(request, done % {"n": new})
                return redirect("portal:listed-host-list")
            context |= {
                "rows": [{"line": line, "outcome": OUTCOMES[line.outcome]} for line in lines],
                "new": new,
                "refused": refused,
                "known": len(lines) - new - refused,
                "may_list": new > 0 and not refused,
                "lines": form.cleaned_data["lines"],
                "name": form.cleaned_data.get("name") or _("Pasted lines"),
            }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "manager/listed_host_import.html", context, status=status)


def _brought(request: HttpRequest, lines: str, *, is_rehearsal: bool) -> list[Line]:
    return policy_lists.bring_in(
        policy_lists.read_file(lines),
        is_rehearsal=is_rehearsal,
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )


def _home() -> tuple[str, str]:
    return (_("Policy lists"), reverse("portal:listed-host-list"))


def _page(
    request: HttpRequest, row: ListedHost, form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    facts = [
        (_("List"), row.get_kind_display()),
        (_("Source"), row.source),
        (_("Note"), row.note),
        (_("Listed"), format_moment(row.created_at)),
        (_("By"), str(row.author) if row.author else _("Came with the product")),
    ]
    context = {
        "row": row,
        "facts": [(label, value) for label, value in facts if value],
        "form": form,
        "history": journal([row]),
        "breadcrumbs": [_home()],
    }
    return render(request, "manager/listed_host_detail.html", context, status=status)
