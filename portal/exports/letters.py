"""What is written to whom an export was made for: where it is, and how a report ends."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import letters
from core.exports import KEPT
from core.models import STAFF_SCOPE, Export, Schedule

_STOP = "portal.schedule.stop"
_FILE = "portal.export.file"
KEY = "schedule"


def stop_token(schedule_id: int) -> str:
    """Return what proves that somebody got the mail of a schedule."""
    return signing.dumps(schedule_id, salt=_STOP)


def read_stop_token(token: str) -> int:
    """Return whose schedule a token is of.

    :raises BadSignature: for what was not made here.
    """
    return int(signing.loads(token, salt=_STOP))


def file_token(export: Export) -> str:
    """Return what the link of a mail carries: it opens one file, for seven days."""
    return signing.dumps(str(export.public_id), salt=_FILE)


def opens(token: str, export: Export) -> bool:
    """Tell whether a link of a mail is for this file, and not older than a week."""
    try:
        said = signing.loads(token, salt=_FILE, max_age=KEPT)
    except signing.BadSignature:
        return False
    return bool(said == str(export.public_id))


def key_of(schedule: Schedule) -> str:
    """Return the key of the run of a schedule that is due: one export, one mail."""
    return f"{KEY}:{schedule.pk}:{schedule.next_on.isoformat()}"


def tell_ready(export: Export, now: datetime) -> None:
    """Tell its owner that a file is ready, by a link that asks them to sign in. Once for a run."""
    name = "export-file" if export.scope == STAFF_SCOPE else "my-export-file"
    link = _absolute(reverse(f"portal:{name}", args=[export.public_id]))
    link = f"{link}?t={file_token(export)}"
    letters.tell(
        [export.owner],
        f"export:{export.pk}:{export.status_changed_at.isoformat()}",
        now,
        lambda: _("Ready: %(title)s") % {"title": export.title},
        lambda: [
            ngettext(
                "The file that you asked for is ready: %(rows)s row.",
                "The file that you asked for is ready: %(rows)s rows.",
                export.rows,
            )
            % {"rows": export.rows},
            link,
            _("The link works for seven days, when you are signed in."),
            *_how_it_ends(export),
        ],
        kind="export_ready",
    )


def tell_stopped(schedule: Schedule, now: datetime) -> None:
    """Tell a person that a report is no longer sent because they may not see it any more."""
    letters.tell(
        [schedule.person],
        f"schedule:{schedule.pk}:stopped",
        now,
        lambda: _("No longer sent: %(name)s") % {"name": schedule.view.name},
        lambda: [
            _("You may no longer see the figures of this report, so it is no longer sent to you.")
        ],
        kind="export_ready",
    )


def _how_it_ends(export: Export) -> list[str]:
    kind, _mark, rest = (export.key or "").partition(":")
    if kind != KEY:
        return []
    token = stop_token(int(rest.partition(":")[0]))
    link = _absolute(reverse("portal:schedule-stop", args=[token]))
    return [_("To get this report no longer, open this page and confirm:"), link]


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"
