"""The public status page: whether the service runs, and what did not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from affiliates.models import Incident
from portal import service_language
from portal.queries.service_status import DAYS, service


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show how every part runs now and did in 90 days, with what was said of incidents."""
    found, language = service(timezone.now()), (get_language() or "fr")[:2]
    context = {
        "headline": service_language.headline(found),
        "tone": service_language.tone_of(found.state),
        "icon": service_language.part_status(found.state).icon,
        "parts": [
            {
                "label": one.part.label,
                "about": service_language.about_part(one),
                "status": service_language.part_status(one.state),
                "days": [service_language.tone_of(day) for day in one.days],
                "said": service_language.days_said(one),
            }
            for one in found.parts
        ],
        "incidents": [shown(one, language) for one in found.incidents],
        "paid_on": found.paid_on,
        "measured_at": found.measured_at,
        "days": DAYS,
    }
    return render(request, "public/status.html", context)


def shown(incident: Incident, language: str) -> dict[str, Any]:
    """Return an incident as it is read in a language, what was said last first."""
    said = sorted(incident.updates.all(), key=lambda one: (one.at, one.pk), reverse=True)
    return {
        "title": incident.title(language),
        "status": service_language.incident_status(incident),
        "part": incident.get_part_display(),
        "began_at": incident.began_at,
        "ended_at": incident.ended_at,
        "said": [{"at": one.at, "text": one.text(language)} for one in said],
    }
