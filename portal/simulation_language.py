"""How simulations are worded: their states, what was asked, and why one came to nothing."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payouts.models import Simulation, SimulationStatus
from payouts.services.simulations import BROKE, TOO_LONG, WORKER_DIED
from portal.display import StatusText, Text, Tone
from portal.formats import format_day

_STATES: dict[str, tuple[Text, Tone, str, Text]] = {
    SimulationStatus.QUEUED: (
        gettext_lazy("Waiting"), "neutral", "clock",
        gettext_lazy("It begins as soon as a worker is free, within a minute."),
    ),
    SimulationStatus.RUNNING: (
        gettext_lazy("Running"), "info", "refresh-cw",
        gettext_lazy("It goes on if you leave the page."),
    ),
    SimulationStatus.DONE: (
        gettext_lazy("Done"), "success", "circle-check",
        gettext_lazy("Nothing was paid or changed by it."),
    ),
    SimulationStatus.FAILED: (
        gettext_lazy("Failed"), "danger", "circle-x", gettext_lazy("Nothing was changed by it."),
    ),
    SimulationStatus.CANCELLED: (
        gettext_lazy("Stopped"), "neutral", "ban",
        gettext_lazy("It was stopped before it was done. Run it again if you need it."),
    ),
}  # fmt: skip
_PROBLEMS = {
    WORKER_DIED: gettext_lazy(
        "Its worker stopped before it was done, as when the server restarts. Run it again."
    ),
    TOO_LONG: gettext_lazy("It took longer than half an hour. Choose a shorter period."),
    BROKE: gettext_lazy(
        "Something went wrong that is not your doing. Run it again; if it fails again, tell who"
        " looks after the server."
    ),
}


def simulation_status(simulation: Simulation) -> StatusText:
    """Return the state as people read it; a failed one with its reason."""
    label, tone, icon, sentence = _STATES[simulation.status]
    said = problem(simulation) if simulation.problem else sentence
    return StatusText(simulation.status, label, tone, icon, said)


def problem(simulation: Simulation) -> str:
    """Say why it came to nothing, and what to do."""
    known = _PROBLEMS.get(simulation.problem)
    return str(known) if known else simulation.problem


def period(simulation: Simulation) -> str:
    """``1 April 2026 to 31 May 2026``: first and last day."""
    last = simulation.period_to - timedelta(days=1)
    return _("%(first)s to %(last)s") % {
        "first": format_day(simulation.period_from),
        "last": format_day(last),
    }


def asked(simulation: Simulation) -> list[str]:
    """Say what is tried: each draft with its holder, and the policy."""
    said = [
        _("%(draft)s, for %(holder)s") % {"draft": one["name"], "holder": one["holder"]}
        for one in simulation.terms
    ]
    if simulation.policy:
        said.append(
            _("Policy %(number)s: %(name)s")
            % {"number": simulation.policy["number"], "name": simulation.policy["name"]}
        )
    return said or [_("The terms in force, run again")]
