"""Saved reports that are sent: begun and stopped on the page of a view, or stopped from a mail."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import schedules
from core.models import Schedule
from portal.access import current_user
from portal.exports.letters import read_stop_token
from portal.forms.schedule import ScheduleForm
from portal.report_area import Area
from portal.views.saved_views import ViewForm, own_view, view_context


@require_POST
def begin(request: HttpRequest, area: Area, pk: int) -> HttpResponse:
    """Send a saved report to oneself from now on, at the hour of one's own clock."""
    view = own_view(request, area, pk)
    if view.page != "report":
        raise Http404
    sending = ScheduleForm(request.POST)
    if not sending.is_valid():
        form = ViewForm(initial={"name": view.name, "is_shared": view.is_shared})
        context = view_context(area, view, form=form, sending=sending)
        return render(request, "reports/view.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = sending.cleaned_data
    schedules.begin(
        view=view,
        person=current_user(request),
        every=said["every"],
        day=said["day"],
        hour=said["hour"],
        form=said["form"],
        now=timezone.now(),
    )
    messages.success(request, _("It will be sent to you."))
    return redirect(area.url("view-detail", view.pk))


@require_POST
def stop(request: HttpRequest, area: Area, pk: int) -> HttpResponse:
    """Send a saved report no longer."""
    view = own_view(request, area, pk)
    for schedule in view.schedules.filter(person=current_user(request), stopped_at__isnull=True):
        schedules.stop(schedule_id=schedule.pk, because=schedules.BY_PERSON, now=timezone.now())
    messages.success(request, _("It is no longer sent."))
    return redirect(area.url("view-detail", view.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def stop_by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever got the mail end it by one click, without signing in.

    Opening the page changes nothing: programs that read mail follow links.
    """
    try:
        pk = read_stop_token(token)
    except signing.BadSignature as error:
        raise Http404 from error
    schedule = Schedule.objects.select_related("view").filter(pk=pk).first()
    if schedule is None:
        raise Http404
    if request.method == "POST":
        schedules.stop(schedule_id=schedule.pk, because=schedules.BY_PERSON, now=timezone.now())
        schedule.refresh_from_db()
    return render(request, "reports/stop.html", {"schedule": schedule})
