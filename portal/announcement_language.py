"""Announcements in words: their states, and whom they are for."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import (
    Activity,
    AffiliateKind,
    AffiliateStatus,
    Announcement,
    AnnouncementStatus,
)
from portal.display import StatusText, Text, Tone

_STATES: dict[str, tuple[Text, Tone, str]] = {
    AnnouncementStatus.DRAFT: (gettext_lazy("Draft"), "neutral", "pencil"),
    AnnouncementStatus.SCHEDULED: (gettext_lazy("Scheduled"), "info", "clock"),
    AnnouncementStatus.SENT: (gettext_lazy("Sent"), "success", "circle-check"),
    AnnouncementStatus.ENDED: (gettext_lazy("Ended"), "neutral", "archive"),
}


def announcement_status(status: str) -> StatusText:
    """Return the state of an announcement."""
    label, tone, icon = _STATES[status]
    return StatusText(status, label, tone, icon)


def segment_words(found: Announcement) -> str:
    """Return whom an announcement is for, in one line."""
    said = [str(found.group) if found.group else _("Every group")]
    if found.kinds:
        said.append(", ".join(str(AffiliateKind(one).label) for one in found.kinds))
    if found.statuses:
        said.append(", ".join(str(AffiliateStatus(one).label) for one in found.statuses))
    if found.language:
        said.append(_("who reads French") if found.language == "fr" else _("who reads English"))
    if found.activity:
        said.append(str(Activity(found.activity).label))
    return " · ".join(said)
