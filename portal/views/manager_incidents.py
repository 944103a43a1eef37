"""Incidents for the team: begun, gone on with, and told to affiliates by mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.models import Impact, Incident, IncidentUpdate, ServicePart
from affiliates.services import incidents
from portal.access import ask_to_confirm, confirmed_lately, current_user, manager_required
from portal.formats import in_paris
from portal.forms.incident import IncidentForm, UpdateForm
from portal.incident_words import begun
from portal.queries import service_status
from portal.service_language import incident_status
from portal.staff_actions import carry_out, submitted
from portal.views.staff_team import AGAIN

PAGE = 25


@manager_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show every incident, the newest first."""
    rows = Incident.objects.annotate(said=Count("updates")).order_by("-began_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {
                "one": one,
                "status": incident_status(one),
                "href": reverse("portal:incident-detail", args=[one.public_id]),
            }
            for one in page
        ],
    }
    return render(request, "manager/incident_list.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin an incident; ``?from=tracking`` begins it with words about lost visits."""
    now = timezone.now()
    form = IncidentForm(request.POST or None, initial=_initial(request))
    if request.method == "POST":
        made = submitted(
            form,
            lambda: incidents.begin(
                part=ServicePart(form.cleaned_data["part"]),
                impact=Impact(form.cleaned_data["impact"]),
                title=form.title(),
                text=form.text(),
                began_at=form.cleaned_data["began_at"],
                actor_id=current_user(request).pk,
                now=now,
            ),
        )
        if made is not None:
            service_status.forget()
            return redirect("portal:incident-detail", made.public_id)
    context = {"form": form, "breadcrumbs": _crumbs()}
    status = 422 if form.is_bound else 200
    return render(request, "manager/incident_new.html", context, status=status)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what was said of an incident, and say more."""
    found, now = _find(public_id), timezone.now()
    form = UpdateForm(request.POST or None)
    if request.method == "POST":
        said = submitted(
            form,
            lambda: incidents.say(
                incident_id=found.pk,
                text=form.text(),
                ended_at=form.ended(),
                actor_id=current_user(request).pk,
                now=now,
            ),
        )
        if said is not None:
            service_status.forget()
            return redirect("portal:incident-detail", public_id)
    context = {
        "found": found,
        "status": incident_status(found),
        "updates": [_update(one, request) for one in found.updates.order_by("-at", "-pk")],
        "readers": incidents.audience().count(),
        "form": form,
        "breadcrumbs": _crumbs(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "manager/incident_detail.html", context, status=status)


@manager_required
@require_POST
def mail(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Let what was said go out to affiliates, for who gave a passkey or a code lately."""
    said = get_object_or_404(IncidentUpdate, incident__public_id=public_id, pk=pk)
    me, now = current_user(request), timezone.now()
    if not confirmed_lately(request, now):
        messages.info(request, str(AGAIN), extra_tags="banner")
        return ask_to_confirm(request, reverse("portal:incident-detail", args=[public_id]))
    carry_out(
        request,
        lambda: incidents.ask_to_mail(update_id=said.pk, actor_id=me.pk, now=now),
        done=_("It goes out to affiliates in a moment."),
    )
    return redirect("portal:incident-detail", public_id)


def _update(said: IncidentUpdate, request: HttpRequest) -> dict[str, Any]:
    """Return what was said, and the letter that it makes in each language."""
    name, previews = current_user(request).get_short_name(), []
    for language, label in (("fr", _("French")), ("en", _("English"))):
        with override(language):
            letter = incidents.letter(said, language, name)
        previews.append({"language": language, "label": label, "letter": letter})
    return {
        "one": said,
        "previews": previews,
        "confirm": f"mail-{said.pk}",
        "url": reverse("portal:incident-mail", args=[said.incident.public_id, said.pk]),
    }


def _initial(request: HttpRequest) -> dict[str, Any]:
    initial: dict[str, Any] = {"began_at": in_paris(timezone.now())}
    if request.GET.get("from") == "tracking":
        title, text = begun()
        initial |= {
            "part": ServicePart.TRACKING,
            "title_fr": title.fr,
            "title_en": title.en,
            "text_fr": text.fr,
            "text_en": text.en,
        }
    return initial


def _find(public_id: UUID) -> Incident:
    return get_object_or_404(Incident, public_id=public_id)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Incidents"), reverse("portal:incident-list"))]
