"""States of exports in words: what they say, and what comes next."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exports import BROKE, NO_ACCESS, WORKER_DIED
from core.models import Export, ExportStatus
from portal.display import StatusText
from portal.formats import DASH, format_count

_STATES = {
    ExportStatus.QUEUED: StatusText(
        "queued", gettext_lazy("Waiting"), "neutral", "clock",
        gettext_lazy("It begins when the ones before it are written."),
    ),
    ExportStatus.RUNNING: StatusText(
        "running", gettext_lazy("Being written"), "info", "refresh-cw",
        gettext_lazy("You get a mail when it is ready."),
    ),
    ExportStatus.DONE: StatusText(
        "done", gettext_lazy("Ready"), "success", "circle-check",
        gettext_lazy("It is kept for seven days."),
    ),
    ExportStatus.FAILED: StatusText(
        "failed", gettext_lazy("Failed"), "danger", "circle-alert",
        gettext_lazy("Have it prepared again."),
    ),
    ExportStatus.EXPIRED: StatusText(
        "expired", gettext_lazy("Expired"), "neutral", "hourglass",
        gettext_lazy("Its seven days are over. Have it prepared again."),
    ),
}  # fmt: skip
_PROBLEMS = {
    WORKER_DIED: gettext_lazy("It was interrupted three times."),
    NO_ACCESS: gettext_lazy("You could no longer see these figures when it was written."),
    BROKE: gettext_lazy("Something went wrong. The team was told."),
}
_KILO = 1_000


def export_status(export: Export) -> StatusText:
    """Return the state of an export."""
    return _STATES[ExportStatus(export.status)]


def export_problem(export: Export) -> str:
    """Return why an export failed; empty when it did not."""
    return str(_PROBLEMS.get(export.problem, ""))


def size_text(size: int | None) -> str:
    """Return the size of a file: ``12 kB``, ``3.4 MB``."""
    if size is None:
        return DASH
    if size < _KILO:
        return _("%(number)s bytes") % {"number": format_count(size)}
    if size < _KILO * _KILO:
        return _("%(number)s kB") % {"number": format_count(-(-size // _KILO))}
    tenths = Decimal(size // (_KILO * _KILO // 10)).scaleb(-1)
    return _("%(number)s MB") % {"number": format_count(tenths)}
