"""How the service runs, in words for everybody."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from affiliates.models import Impact, Incident
from portal.display import StatusText, Tone
from portal.queries.service_status import PartNow, Service, State

_PARTS: dict[State, StatusText] = {
    State.RUNS: StatusText("runs", gettext_lazy("Works"), "success", "circle-check"),
    State.PARTLY: StatusText(
        "partly", gettext_lazy("Works in part, or late"), "warning", "triangle-alert"
    ),
    State.DOWN: StatusText("down", gettext_lazy("Does not work"), "danger", "circle-alert"),
    State.UNKNOWN: StatusText(
        "unknown", gettext_lazy("Nothing to measure yet"), "neutral", "circle-dashed"
    ),
}
_TONES = {State.RUNS: "success", State.PARTLY: "warning", State.DOWN: "danger"}
_ABOUT = {
    "tracking": gettext_lazy("Visits through links are recorded, and orders find them."),
    "portal": gettext_lazy("Pages of affiliates and of the team."),
    "api": gettext_lazy("What programs ask and send."),
    "payouts": gettext_lazy("What was earned is paid on the days of the terms."),
}


def part_status(state: State) -> StatusText:
    """Return the state of one part."""
    return _PARTS[state]


def about_part(one: PartNow) -> str:
    """Return what a part does, in a sentence."""
    return str(_ABOUT[one.part])


def headline(service: Service) -> str:
    """Return how everything runs, in a few words."""
    if service.state == State.DOWN:
        return _("Something does not work right now")
    if service.state == State.PARTLY:
        return _("Something works in part, or late")
    return _("Everything works")


def tone_of(state: State) -> str:
    """Return the tone of a day or of everything; what is not known is calm."""
    return _TONES.get(state, "neutral")


def days_said(one: PartNow) -> str:
    """Return in words what the bars of the days show."""
    bad = sum(day in (State.PARTLY, State.DOWN) for day in one.days)
    if not bad:
        return _("No incident on any of the last %(days)s days") % {"days": len(one.days)}
    return ngettext(
        "Incidents on %(n)s of the last %(days)s days",
        "Incidents on %(n)s of the last %(days)s days",
        bad,
    ) % {"n": bad, "days": len(one.days)}


def incident_status(incident: Incident) -> StatusText:
    """Return whether an incident goes on."""
    if incident.ended_at is None:
        tone: Tone = "danger" if incident.impact == Impact.DOWN else "warning"
        return StatusText("open", gettext_lazy("Goes on"), tone, "triangle-alert")
    return StatusText("over", gettext_lazy("Over"), "success", "circle-check")
