"""What managers read about hosts, moments and shippers: plain words behind stored marks."""

from __future__ import annotations

from datetime import datetime, timedelta

from babel.dates import format_time
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.click_language import duration
from portal.display import StatusText
from portal.formats import PARIS, format_count, format_day_short, in_paris, lazily, locale
from portal.queries.staff_tracking import Health

_SILENT = gettext_lazy("Silent")


def host_label(host: str) -> str:
    """Name the site somebody came from; the rarest ones stand together."""
    if not host:
        return _("Not said")
    return _("Other sites") if host == "(other)" else host


def clock(moment: datetime, now: datetime | None = None) -> str:
    """``14:32:05`` in Paris, with its day when ``now`` is on another."""
    local = in_paris(moment)
    text = format_time(local, format="HH:mm:ss", tzinfo=PARIS, locale=locale())
    if now is None or in_paris(now).date() == local.date():
        return text
    return f"{format_day_short(local.date())}, {text}"


def hour_label(hour: datetime) -> str:
    """``14:00``, the day before it when it is midnight: for the axis of a day."""
    local = in_paris(hour)
    text = format_time(local, format="HH:mm", tzinfo=PARIS, locale=locale())
    return text if local.hour else f"{format_day_short(local.date())}, {text}"


def short_duration(span: timedelta) -> str:
    """Return a length of time for a tile, in the units that every language shares."""
    seconds = int(span.total_seconds())
    if seconds < 1:
        return "< 1\u00a0s"
    if seconds < 120:
        return f"{seconds}\u00a0s"
    if seconds < 7_200:
        return f"{seconds // 60}\u00a0min"
    return f"{format_count(seconds // 3_600)}\u00a0h"


def machine_status(state: str) -> StatusText:
    """Return the state of one machine's shipper."""
    return {
        "recording": StatusText("recording", gettext_lazy("Recording"), "success", "circle-check"),
        "late": StatusText("late", gettext_lazy("Lagging"), "warning", "clock"),
        "silent": StatusText("silent", _SILENT, "danger", "circle-alert"),
    }[state]


def health_status(health: Health) -> StatusText:
    """Return how recording goes, with a sentence that says what to do."""
    return _HEALTH[health.state](health)


def _recording(_health: Health) -> StatusText:
    return StatusText(
        "recording", gettext_lazy("Recording"), "success", "circle-check",
        gettext_lazy("Landings are being recorded, and every one of them reaches the reports."),
    )  # fmt: skip


def _nothing(_health: Health) -> StatusText:
    return StatusText(
        "nothing", gettext_lazy("Not recording yet"), "neutral", "circle-dashed",
        gettext_lazy(
            "No machine has recorded anything yet. Start the shipper (bin/manage ship_clicks);"
            " bin/run does it by itself."
        ),
    )  # fmt: skip


def _silent(health: Health) -> StatusText:
    names = ", ".join(machine.name for machine in health.silent)
    longest = max(machine.silence for machine in health.silent)
    return StatusText(
        "silent", _SILENT, "danger", "circle-alert",
        lazily(
            lambda: _(
                "The shipper of %(names)s has said nothing for %(time)s. Landings wait on that"
                " machine and are not lost, but reports and new orders wait too. Start it again"
                " there: bin/manage ship_clicks."
            )
            % {"names": names, "time": duration(longest)}
        ),
    )  # fmt: skip


def _lost(health: Health) -> StatusText:
    lost = health.lost_lately
    return StatusText(
        "lost", gettext_lazy("Records lost"), "danger", "circle-alert",
        lazily(
            lambda: ngettext(
                "%(n)s record of the last 24 hours was lost, because no disk would take it. Its"
                " visitor landed all the same. Make room on the disk that holds the spool.",
                "%(n)s records of the last 24 hours were lost, because no disk would take them."
                " Their visitors landed all the same. Make room on the disk that holds the spool.",
                lost,
            )
            % {"n": format_count(lost)}
        ),
    )  # fmt: skip


def _late(health: Health) -> StatusText:
    lag = health.lag or timedelta(0)
    return StatusText(
        "late", gettext_lazy("Lagging"), "warning", "clock",
        lazily(
            lambda: _(
                "Landings are being recorded, but the reports are %(time)s behind. If this does"
                " not shrink within a few minutes, look at the load of the database."
            )
            % {"time": duration(lag)}
        ),
    )  # fmt: skip


def _unread(_health: Health) -> StatusText:
    return StatusText(
        "unread", gettext_lazy("Recording, with rejects"), "warning", "triangle-alert",
        gettext_lazy(
            "Landings are being recorded. Some lines could not be read and were kept aside: look"
            " at them."
        ),
    )  # fmt: skip


_HEALTH = {
    "recording": _recording,
    "nothing": _nothing,
    "silent": _silent,
    "lost": _lost,
    "late": _late,
    "unread": _unread,
}
