"""What the verbs of incidents, resources and profiles are called in the journal."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from portal.display import Tone

SERVICE_WORDS: dict[str, tuple[Promise, str, Tone]] = {
    "incident.begun": (gettext_lazy("Incident told"), "triangle-alert", "danger"),
    "incident.updated": (gettext_lazy("More said of an incident"), "message-square", "info"),
    "incident.ended": (gettext_lazy("Incident over"), "circle-check", "success"),
    "resource.offered": (gettext_lazy("Resource offered"), "upload", "neutral"),
    "resource.changed": (gettext_lazy("Resource changed"), "pencil", "neutral"),
    "resource.file_added": (gettext_lazy("File of a resource added"), "upload", "neutral"),
    "resource.withdrawn": (gettext_lazy("Resource taken back"), "archive", "warning"),
    "profile.changed": (gettext_lazy("Profile changed"), "pencil", "neutral"),
    "profile.name_agreed": (gettext_lazy("New name agreed to"), "check", "success"),
    "profile.name_declined": (gettext_lazy("New name declined"), "x", "warning"),
    "profile.bio_agreed": (gettext_lazy("New text agreed to"), "check", "success"),
    "profile.bio_declined": (gettext_lazy("New text declined"), "x", "warning"),
    "incident.mailed": (gettext_lazy("Incident mailed to affiliates"), "mail", "warning"),
}
