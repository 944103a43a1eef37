"""Resources in words: their kinds, and what their files are."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import Resource, ResourceFile, ResourceKind
from portal.display import StatusText
from portal.formats import format_count

_KINDS: dict[ResourceKind, StatusText] = {
    ResourceKind.BANNER: StatusText("banner", gettext_lazy("Banner"), "accent", "eye"),
    ResourceKind.LOGO: StatusText("logo", gettext_lazy("Logo or photo"), "info", "tag"),
    ResourceKind.TEXT: StatusText("text", gettext_lazy("Text to use"), "neutral", "copy"),
    ResourceKind.RULES: StatusText("rules", gettext_lazy("Brand rules"), "warning", "shield-check"),
    ResourceKind.DOCUMENT: StatusText("document", gettext_lazy("Document"), "neutral", "file-text"),
}
_KILO = 1_024


def resource_kind(kind: ResourceKind) -> StatusText:
    """Return the kind of a resource as it is shown."""
    return _KINDS[kind]


def file_facts(file: ResourceFile) -> str:
    """Return what a file is: its language, its size in pixels and in kB, its version."""
    said = [str(file.get_language_display())]
    if file.is_image:
        said.append(f"{file.width} × {file.height}")
    kilobytes = max(file.bytes // _KILO, 1)
    said.append(_("%(size)s kB") % {"size": format_count(kilobytes)})
    said.append(_("version %(version)s") % {"version": file.version})
    return " · ".join(said)


def resource_state(found: Resource, *, is_over: bool) -> StatusText:
    """Return whether a resource is offered."""
    if found.withdrawn_at is not None:
        return StatusText("withdrawn", gettext_lazy("Taken back"), "neutral", "archive")
    if is_over:
        return StatusText("over", gettext_lazy("Over"), "neutral", "hourglass")
    return StatusText("offered", gettext_lazy("Offered"), "success", "circle-check")
