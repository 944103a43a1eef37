"""What the shop's pages tell through ap.js (POST /j): read strictly, kept sparingly.

The body is JSON of at most 4 kB: ``consent`` (true or false), and with a yes ``capsule``, ``ref``
and up to 20 ``events``. Each event has a ``kind``, its age ``ago`` in milliseconds, and the fields
of its kind below. A field that nobody knows is refused, so that nothing is sent by mistake.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from core.errors import DomainError
from tracking.domain.capsule import LONGEST_CAPSULE
from tracking.domain.navigation import HOST_LENGTH, Landing, is_search_engine
from tracking.domain.references import is_reference

LARGEST_BODY = 4_096
MOST_EVENTS = 20
PATH_LENGTH = 500
MEDIUM_LENGTH = 40
OLDEST_EVENT = timedelta(hours=1)
MOST_PIECES = 100_000
MOST_MINOR = 10**12


class JourneyRefused(DomainError):
    """The body of a call to /j cannot be taken."""

    code = "journey_refused"


class Kind(StrEnum):
    """What a page of the shop tells."""

    LANDING = "landing"
    PAGE_VIEW = "page_view"
    BASKET_CHANGED = "basket_changed"
    CHECKOUT_OPENED = "checkout_opened"
    SESSION_STARTED = "session_started"


class Channel(StrEnum):
    """Where a visit of the shop began."""

    AFFILIATE = "affiliate"
    PAID = "paid"
    EMAIL = "email"
    SEARCH = "search"
    SOCIAL = "social"
    REFERRAL = "referral"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened ``ago``; ``data`` is what is kept of it."""

    kind: Kind
    ago: timedelta
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of /j. ``consent`` is ``None`` when it says nothing about it."""

    consent: bool | None
    capsule: str = ""
    ref: str = ""
    events: tuple[Event, ...] = ()

    @property
    def landing(self) -> Landing | None:
        """What the landing page told in this call, if it did."""
        data = next((event.data for event in self.events if event.kind == Kind.LANDING), None)
        return None if data is None else landing_of(data)


_SOCIAL = (
    "facebook.com", "instagram.com", "tiktok.com", "pinterest.com", "pinterest.fr", "youtube.com",
    "t.co", "x.com", "twitter.com", "snapchat.com", "linkedin.com", "lnkd.in", "reddit.com",
    "threads.net", "threads.com",
)  # fmt: skip
_PAID = ("cpc", "ppc", "cpm", "paid", "display", "retargeting")
_EMAIL = ("email", "e-mail", "mail", "newsletter")


def parse(body: bytes) -> Call:
    """Return what a call of /j says.

    :raises JourneyRefused: when it is too long, no JSON, or holds what we did not ask for.
    """
    if len(body) > LARGEST_BODY:
        raise JourneyRefused(f"More than {LARGEST_BODY} bytes.")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise JourneyRefused("This is not JSON.") from error
    if not isinstance(said, dict):
        raise JourneyRefused("This is not a JSON object.")
    _known(said, {"consent", "capsule", "ref", "events"}, "the call")
    consent = said.get("consent")
    if consent is not None and not isinstance(consent, bool):
        raise JourneyRefused("consent is true or false.")
    capsule = _text(said, "capsule", LONGEST_CAPSULE)
    ref = _text(said, "ref", 22)
    if ref and not is_reference(ref):
        raise JourneyRefused("ref is not a reference of ours.")
    events = said.get("events", [])
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise JourneyRefused(f"events is a list of at most {MOST_EVENTS}.")
    read = tuple(_event(event) for event in events)
    return Call(consent=consent, capsule=capsule, ref=ref, events=read)


def landing_of(data: Mapping[str, Any]) -> Landing:
    """Return a landing from what was kept of its event."""
    return Landing(
        redirect_count=data.get("redirects"),
        entry=data.get("entry", ""),
        referrer_host=data.get("referrer"),
        is_visible=data.get("visible"),
        has_focus=data.get("focused"),
        is_framed=data.get("framed"),
        was_prerendered=data.get("prerendered"),
        history_length=data.get("history"),
    )


def channel_of(*, referrer_host: str, medium: str, is_affiliate: bool) -> Channel:
    """Return where a visit began: our link first, then ``utm_medium``, then the Referer's host."""
    if is_affiliate:
        return Channel.AFFILIATE
    said = medium.strip().lower()
    if said.startswith(_PAID):
        return Channel.PAID
    if said in _EMAIL:
        return Channel.EMAIL
    if not referrer_host:
        return Channel.DIRECT
    if is_search_engine(referrer_host):
        return Channel.SEARCH
    is_social = any(referrer_host == host or referrer_host.endswith(f".{host}") for host in _SOCIAL)
    return Channel.SOCIAL if is_social else Channel.REFERRAL


def _event(said: object) -> Event:
    if not isinstance(said, dict):
        raise JourneyRefused("An event is a JSON object.")
    kind = said.get("kind")
    if not isinstance(kind, str) or kind not in _READERS:
        raise JourneyRefused("An event of no known kind.")
    fields = {name: value for name, value in said.items() if name not in {"kind", "ago"}}
    data = _READERS[kind](fields)
    return Event(kind=Kind(kind), ago=_age(said), data=data)


def _age(said: Mapping[str, Any]) -> timedelta:
    """Return how old an event is, 0 to 1 hour: the clock of a browser may jump."""
    ago = said.get("ago", 0)
    if isinstance(ago, bool) or not isinstance(ago, int):
        raise JourneyRefused("ago is a whole number of milliseconds.")
    oldest = OLDEST_EVENT // timedelta(milliseconds=1)
    return timedelta(milliseconds=min(max(ago, 0), oldest))


def _landing(said: dict[str, Any]) -> dict[str, Any]:
    switches = ("visible", "focused", "framed", "prerendered", "leaving")
    _known(said, {"path", "redirects", "entry", "referrer", "history", *switches}, "a landing")
    read: dict[str, Any] = {"path": _path(said)}
    entry = _text(said, "entry", 20)
    if entry and entry not in {"navigate", "reload", "back_forward", "prerender"}:
        raise JourneyRefused("entry is no way to load a page.")
    numbers = {name: _number(said, name, 10_000) for name in ("redirects", "history")}
    read |= {name: number for name, number in numbers.items() if number is not None}
    read |= {name: _switch(said, name) for name in switches if said.get(name) is not None}
    if entry:
        read["entry"] = entry
    if said.get("referrer") is not None:
        read["referrer"] = _host(said, "referrer")
    return read


def _page_view(said: dict[str, Any]) -> dict[str, Any]:
    _known(said, {"path"}, "a page view")
    return {"path": _path(said)}


def _basket_changed(said: dict[str, Any]) -> dict[str, Any]:
    _known(said, {"items", "value_minor"}, "a basket")
    read = {"items": _number(said, "items", MOST_PIECES)}
    read["value_minor"] = _number(said, "value_minor", MOST_MINOR)
    return {name: number for name, number in read.items() if number is not None}


def _checkout_opened(said: dict[str, Any]) -> dict[str, Any]:
    _known(said, {"path"}, "a checkout")
    return {"path": _path(said)} if "path" in said else {}


def _session_started(said: dict[str, Any]) -> dict[str, Any]:
    _known(said, {"referrer", "medium", "affiliate"}, "a session")
    referrer = _host(said, "referrer")
    channel = channel_of(
        referrer_host=referrer,
        medium=_text(said, "medium", MEDIUM_LENGTH),
        is_affiliate=_switch(said, "affiliate"),
    )
    return {"channel": channel.value, "referrer": referrer}


_READERS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    Kind.LANDING: _landing,
    Kind.PAGE_VIEW: _page_view,
    Kind.BASKET_CHANGED: _basket_changed,
    Kind.CHECKOUT_OPENED: _checkout_opened,
    Kind.SESSION_STARTED: _session_started,
}


def _known(said: Mapping[str, Any], names: set[str], what: str) -> None:
    if not said.keys() <= names:
        raise JourneyRefused(f"A field of {what} that nobody asked for.")


def _text(said: Mapping[str, Any], name: str, longest: int) -> str:
    text = said.get(name, "")
    if not isinstance(text, str) or len(text) > longest or not text.isprintable():
        raise JourneyRefused(f"{name} is a line of at most {longest} signs.")
    return text


def _path(said: Mapping[str, Any]) -> str:
    path = _text(said, "path", LARGEST_BODY)
    is_whole = not path.startswith("/") or path.startswith("//")
    if is_whole or not path.isascii() or "?" in path or "#" in path:
        raise JourneyRefused("path is the path of a page, without its query.")
    return path[:PATH_LENGTH]


def _host(said: Mapping[str, Any], name: str) -> str:
    host = _text(said, name, HOST_LENGTH).lower()
    if not host.isascii() or any(sign in host for sign in "/?#@ \\"):
        raise JourneyRefused(f"{name} is a host, not an address.")
    return host


def _number(said: Mapping[str, Any], name: str, largest: int) -> int | None:
    number = said.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= largest:
        raise JourneyRefused(f"{name} is a whole number from 0 to {largest}.")
    return number


def _switch(said: Mapping[str, Any], name: str) -> bool:
    is_on = said.get(name, False)
    if not isinstance(is_on, bool):
        raise JourneyRefused(f"{name} is true or false.")
    return is_on
