"""What managers read about landings, journeys and shippers: plain words behind stored marks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_time
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.display import StatusText
from portal.formats import PARIS, format_count, format_day_short, in_paris, lazily, locale
from portal.queries.staff_tracking import Health
from tracking.domain.journey import Channel, Kind
from tracking.domain.navigation import Fact, Navigation

_NAVIGATION: dict[str, Promise] = {
    Navigation.FOLLOWED: gettext_lazy("Followed on another site"),
    Navigation.TYPED: gettext_lazy("Typed, bookmarked, scanned or from an app"),
    Navigation.FORWARDED: gettext_lazy("Forwarded by another site"),
    Navigation.INTERNAL: gettext_lazy("From a page of the shop"),
    Navigation.UNKNOWN: gettext_lazy("The browser does not say"),
    Navigation.BOT: gettext_lazy("A robot that says so"),
    Navigation.EMBEDDED: gettext_lazy("An image, frame or script: nobody came"),
    Navigation.PREFETCH: gettext_lazy("Fetched ahead: nobody came"),
    Navigation.PROBE: gettext_lazy("Asked in another way than links are followed"),
}
_STEPS: dict[str, Promise] = {
    Kind.LANDING: gettext_lazy("Landing page seen"),
    Kind.PAGE_VIEW: gettext_lazy("Page seen"),
    Kind.BASKET_CHANGED: gettext_lazy("Basket changed"),
    Kind.CHECKOUT_OPENED: gettext_lazy("Checkout opened"),
    Kind.SESSION_STARTED: gettext_lazy("Visit began"),
}
_CHANNELS: dict[str, Promise] = {
    Channel.AFFILIATE: gettext_lazy("by a link of an affiliate"),
    Channel.PAID: gettext_lazy("by an advertisement"),
    Channel.EMAIL: gettext_lazy("by an e-mail"),
    Channel.SEARCH: gettext_lazy("by a search engine"),
    Channel.SOCIAL: gettext_lazy("by a social network"),
    Channel.REFERRAL: gettext_lazy("by another site"),
    Channel.DIRECT: gettext_lazy("directly"),
}
#: What of a landing a person should notice; the other facts are for the rules.
_FACTS: dict[Fact, Promise] = {
    Fact.EXCHANGED: gettext_lazy("Consent came after the landing"),
    Fact.HIDDEN_REDIRECTOR: gettext_lazy("A hidden redirect came before ours"),
    Fact.STRICT_CONTRADICTION: gettext_lazy("The browser's headers contradict its cookies"),
    Fact.EXTENSION: gettext_lazy("Asked by a browser extension"),
    Fact.NONE_NOT_NAVIGATE: gettext_lazy("Asked in the background, without a visit"),
    Fact.OWN_SITE: gettext_lazy("Asked by a page of the shop"),
    Fact.REFERRER_OWN: gettext_lazy("Sent by a page of the shop"),
    Fact.REFERRER_CONTRADICTION: gettext_lazy("The page knows nothing of the site it came from"),
    Fact.UNSEEN: gettext_lazy("The page was never looked at"),
    Fact.FRAMED: gettext_lazy("The page stood in a frame"),
    Fact.NO_GESTURE: gettext_lazy("Nobody clicked or typed"),
    Fact.SEARCH: gettext_lazy("From a search engine"),
}
_SILENT = gettext_lazy("Silent")


def navigation_label(code: str) -> str:
    """Return in which way a landing came."""
    return str(_NAVIGATION.get(code, _NAVIGATION[Navigation.UNKNOWN]))


def fact_labels(facts: int) -> list[str]:
    """Return what of a landing's facts a person should notice."""
    return [str(label) for fact, label in _FACTS.items() if facts & fact]


def step_label(kind: str) -> str:
    """Name a step of a journey; one that nobody named shows itself."""
    return str(_STEPS.get(kind, kind))


def step_detail(kind: str, data: Mapping[str, Any]) -> str:
    """Return what a step tells beside its kind: a page, a basket, a channel."""
    if kind == Kind.SESSION_STARTED:
        channel = data.get("channel", "")
        return str(_CHANNELS.get(channel, channel))
    if kind == Kind.BASKET_CHANGED:
        items = data.get("items")
        if not isinstance(items, int):
            return ""
        return ngettext("%(number)s piece in it", "%(number)s pieces in it", items) % {
            "number": format_count(items)
        }
    return str(data.get("path", ""))


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


def duration(span: timedelta) -> str:
    """Return a length of time as a person says it: its greatest unit, cut off."""
    seconds = int(span.total_seconds())
    if seconds < 1:
        return _("less than a second")
    if seconds < 120:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < 7_200:
        minutes = seconds // 60
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if seconds < 172_800:
        hours = seconds // 3_600
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = seconds // 86_400
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": format_count(days)}


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
