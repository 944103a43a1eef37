"""Saved views: keep a page, rename and share it, put it away and take that back."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core import saved_views
from core.models import SavedView, Schedule
from portal.access import current_user
from portal.forms.schedule import ScheduleForm
from portal.query_links import text
from portal.report_area import Area
from portal.saved_panel import lasting, pages_of
from portal.staff_actions import carry_out, submitted


class ViewForm(forms.Form):
    """What a saved view is called, and whether others find it too."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=saved_views.NAME_LENGTH)
    is_shared = forms.BooleanField(label=gettext_lazy("Shared with the team"), required=False)


@require_POST
def save(request: HttpRequest, area: Area) -> HttpResponse:
    """Keep a page under a name; one's own view of that name is what the page is now."""
    page = text(request.POST, "page")
    if page not in pages_of(area):
        messages.error(request, _("This page cannot be kept."), extra_tags="banner")
        return redirect(area.url("report"))
    query = lasting(QueryDict(request.POST.get("query", "")))
    carry_out(
        request,
        lambda: saved_views.save(
            owner_id=current_user(request).pk,
            scope=area.scope.key,
            page=page,
            name=request.POST.get("name", ""),
            query=query,
            is_shared=request.POST.get("is_shared") == "on",
            now=timezone.now(),
        ),
        done=_("Saved. You find it among the views of this page."),
    )
    return redirect(f"{_page_url(area, page)}?{query}")


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, area: Area, pk: int) -> HttpResponse:
    """Show one of one's own views, rename it, share it or no longer."""
    view = own_view(request, area, pk)
    initial = {"name": view.name, "is_shared": view.is_shared}
    form = ViewForm(request.POST or None, initial=initial)
    renamed = None
    if request.method == "POST":
        renamed = submitted(
            form,
            lambda: saved_views.rename(
                view_id=view.pk,
                name=form.cleaned_data["name"],
                is_shared=form.cleaned_data["is_shared"],
                now=timezone.now(),
            ),
        )
    if renamed is not None:
        messages.success(request, _("Changed."))
        return redirect(area.url("view-detail", view.pk))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "reports/view.html", view_context(area, view, form=form), status=status)


@require_POST
def remove(request: HttpRequest, area: Area, pk: int) -> HttpResponse:
    """Put a view away, and lead to its page, where that can be taken back."""
    view = own_view(request, area, pk)
    saved_views.remove(view_id=view.pk, now=timezone.now())
    messages.success(request, _("“%(name)s” is removed.") % {"name": view.name})
    return redirect(f"{_page_url(area, view.page)}?{urlencode({'removed': view.pk})}")


@require_POST
def restore(request: HttpRequest, area: Area, pk: int) -> HttpResponse:
    """Take back that a view was put away."""
    view = own_view(request, area, pk, is_removed=True)
    carry_out(request, lambda: saved_views.restore(view_id=view.pk), done=_("It is back."))
    return redirect(f"{_page_url(area, view.page)}?{view.query}")


def own_view(request: HttpRequest, area: Area, pk: int, *, is_removed: bool = False) -> SavedView:
    """Return a view of the person who asks, in this area; another's is not found.

    :raises Http404: when there is none, or it is somebody else's.
    """
    view = SavedView.objects.filter(
        pk=pk, owner=current_user(request), scope=area.scope.key
    ).first()
    if view is None or view.page not in pages_of(area):
        raise Http404
    if view.removed_at is not None and not is_removed:
        raise Http404
    return view


def view_context(
    area: Area, view: SavedView, *, form: forms.Form, sending: ScheduleForm | None = None
) -> dict[str, object]:
    """Return what the page of a view shows."""
    schedule = view.schedules.filter(stopped_at__isnull=True, person=view.owner).first()
    page_url = _page_url(area, view.page)
    return {
        "base": area.base,
        "view": view,
        "form": form,
        "sending": sending or ScheduleForm(initial=_rhythm(schedule)),
        "schedule": schedule,
        "is_sent": view.page == "report",
        "open_url": f"{page_url}?{view.query}",
        "detail_url": area.url("view-detail", view.pk),
        "remove_url": area.url("view-remove", view.pk),
        "send_url": area.url("view-send", view.pk),
        "stop_url": area.url("view-stop", view.pk),
        "breadcrumbs": [(_PAGE_NAMES[view.page], page_url)],
        "remove_title": _("Remove “%(name)s”?") % {"name": view.name},
    }


def _rhythm(schedule: Schedule | None) -> dict[str, object]:
    if schedule is None:
        return {"rhythm": "week-1", "hour": 8, "form": "xlsx"}
    rhythm = f"{schedule.every}-{schedule.day}"
    return {"rhythm": rhythm, "hour": schedule.hour, "form": schedule.form}


def _page_url(area: Area, page: str) -> str:
    return reverse(f"portal:{pages_of(area)[page]}")


_PAGE_NAMES = {
    "report": gettext_lazy("Reports"),
    "sales": gettext_lazy("Sales"),
    "affiliates": gettext_lazy("Affiliates"),
    "links": gettext_lazy("Links"),
    "orders": gettext_lazy("Orders"),
}
