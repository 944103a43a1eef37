"""Threads of messages in words: their states for each side, and how fast answers come."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from affiliates.models import ThreadStatus
from portal.display import StatusText, Text, Tone

_FOR_PARTNER: dict[str, tuple[Text, Tone, str]] = {
    ThreadStatus.OPEN: (gettext_lazy("Waiting for the team"), "info", "hourglass"),
    ThreadStatus.WAITING: (gettext_lazy("Answered"), "success", "message-square"),
    ThreadStatus.CLOSED: (gettext_lazy("Closed"), "neutral", "circle-check"),
}
_FOR_STAFF: dict[str, tuple[Text, Tone, str]] = {
    ThreadStatus.OPEN: (gettext_lazy("Waiting for us"), "warning", "inbox"),
    ThreadStatus.WAITING: (gettext_lazy("Waiting for them"), "neutral", "hourglass"),
    ThreadStatus.CLOSED: (gettext_lazy("Closed"), "neutral", "circle-check"),
}


def thread_status(status: str, *, for_team: bool) -> StatusText:
    """Return the state of a thread as one side reads it."""
    label, tone, icon = (_FOR_STAFF if for_team else _FOR_PARTNER)[status]
    return StatusText(status, label, tone, icon)


def answer_time_words(found: timedelta | None) -> str:
    """Return how fast the team answers; nothing when too few answers say so."""
    if found is None:
        return ""
    hours = max(1, round(found.total_seconds() / 3600))
    if hours < 48:
        return ngettext(
            "Half of the answers of the last 90 days came within %(n)s hour.",
            "Half of the answers of the last 90 days came within %(n)s hours.",
            hours,
        ) % {"n": hours}
    return _("Half of the answers of the last 90 days came within %(n)s days.") % {
        "n": round(hours / 24)
    }
