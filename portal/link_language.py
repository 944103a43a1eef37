"""What a partner reads about devices and changes of a link: plain words behind stored marks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.models import AuditEntry, User
from portal.countries import country_name
from portal.display import TimelineItem
from portal.formats import format_day, with_colon
from portal.forms.link import last_day_of
from tracking.domain.user_agent import Browser, Device
from tracking.models import Link

_DEVICES: dict[Device, Promise] = {
    Device.DESKTOP: gettext_lazy("Computer"),
    Device.PHONE: gettext_lazy("Phone"),
    Device.TABLET: gettext_lazy("Tablet"),
    Device.UNKNOWN: pgettext_lazy("device", "Unknown"),
}
_BROWSERS: dict[Browser, str] = {
    Browser.CHROME: "Chrome",
    Browser.EDGE: "Edge",
    Browser.FIREFOX: "Firefox",
    Browser.SAFARI: "Safari",
    Browser.SAMSUNG: "Samsung Internet",
    Browser.OPERA: "Opera",
}
_FIELDS: dict[str, Promise] = {
    "destination_url": gettext_lazy("Page"),
    "label": gettext_lazy("Name"),
    "note": gettext_lazy("Note"),
    "tags": gettext_lazy("Tags"),
    "utm": gettext_lazy("UTM parameters"),
    "expires_at": gettext_lazy("Last day"),
    "coupon_code": gettext_lazy("Promo code"),
}
_VERBS: dict[str, tuple[Promise, str]] = {
    "link.edited": (gettext_lazy("Changed"), "pencil"),
    "link.archived": (gettext_lazy("Archived"), "archive"),
    "link.restored": (gettext_lazy("Back in use"), "undo-2"),
}
MOST_CHANGES = 50


def device_name(device: Device, browser: Browser | None = None) -> str:
    """Return a kind of device, with its browser where that is known."""
    name = str(_DEVICES[device])
    if browser == Browser.IN_APP:
        return _("%(device)s, inside an app") % {"device": name}
    return f"{name}, {_BROWSERS[browser]}" if browser in _BROWSERS else name


def country_or_unknown(code: str) -> str:
    """Return a country's name in the active language."""
    return country_name(code) if code else _("Unknown")


def history(link: Link, reader: User) -> list[TimelineItem]:
    """Return the changes of a link, newest first, down to its making. One query."""
    entries = (
        AuditEntry.objects.filter(
            subject_type="tracking.link", subject_id=str(link.pk), verb__in=_VERBS
        )
        .select_related("actor")
        .order_by("-pk")[:MOST_CHANGES]
    )
    items = [_item(entry, reader) for entry in entries]
    made = TimelineItem(title=_("Made"), at=link.created_at, icon="plus")
    return [*items, made]


def _item(entry: AuditEntry, reader: User) -> TimelineItem:
    title, icon = _VERBS[entry.verb]
    return TimelineItem(
        title=str(title),
        at=entry.at,
        actor=_actor(entry.actor, reader),
        note="; ".join(_changes(entry.data)),
        icon=icon,
    )


def _actor(actor: User | None, reader: User) -> str:
    if actor is None:
        return _("System")
    if actor == reader:
        return _("You")
    return _("Team") if actor.is_staff else actor.get_short_name()


def _changes(data: dict[str, Any]) -> Iterable[str]:
    for field, label in _FIELDS.items():
        if field in data:
            before, after = (_written(field, value) for value in data[field])
            yield with_colon(label, f"{before} → {after}")


def _written(field: str, value: Any) -> str:
    if field == "expires_at" and value:
        day = last_day_of(datetime.fromisoformat(value))
        return format_day(day) if day else _("none")
    if isinstance(value, list):
        value = ", ".join(value)
    if isinstance(value, dict):
        value = ", ".join(f"{name.removeprefix('utm_')}={one}" for name, one in value.items())
    return str(value or _("none"))
