"""How somebody came, what is proven of it, and what they did then: one word per stored mark."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.formats import format_count
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
_FACTS: dict[Fact, Promise] = {
    Fact.TOP_LEVEL: gettext_lazy("A whole page was opened"),
    Fact.NOT_TOP_LEVEL: gettext_lazy("Only a part of another page: image, script or frame"),
    Fact.PREFETCH: gettext_lazy("The browser fetched it ahead of a visit"),
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
    Fact.OTHER_METHOD: gettext_lazy("A form or a program asked: no link works that way"),
    Fact.REFERRER_SENT: gettext_lazy("The browser says which page it came from"),
    Fact.REFERRER_ABSENT: gettext_lazy("The browser does not say which page it came from"),
    Fact.LAX_SEEN: gettext_lazy("The visitor had been here before"),
    Fact.STRICT_SEEN: gettext_lazy("The shop's own cookie came along"),
    Fact.STRICT_MISSING: gettext_lazy("The shop's own cookie did not come along as it should"),
    Fact.LANDED: gettext_lazy("The landing page told what it saw"),
    Fact.OWN_HOP_ONLY: gettext_lazy("No address in between but ours"),
    Fact.PAID_ID: gettext_lazy("The address carried the id of an advertisement"),
    Fact.FROM_SERVERS: gettext_lazy("Asked from a network of servers"),
    Fact.FROM_PEOPLE: gettext_lazy("Asked from a network of people"),
    Fact.LISTED_SITE: gettext_lazy("From a site on the policy lists"),
    Fact.LOOKALIKE_SITE: gettext_lazy("From a site that imitates the shop's name"),
    Fact.KNOWN_REDIRECTOR: gettext_lazy("From a site that was seen to forward to a partner's link"),
}
#: What of a landing a person should notice; the other facts are for the rules.
NOTABLE = (
    Fact.EXCHANGED
    | Fact.HIDDEN_REDIRECTOR
    | Fact.STRICT_CONTRADICTION
    | Fact.EXTENSION
    | Fact.NONE_NOT_NAVIGATE
    | Fact.OWN_SITE
    | Fact.REFERRER_OWN
    | Fact.REFERRER_CONTRADICTION
    | Fact.UNSEEN
    | Fact.FRAMED
    | Fact.FROM_SERVERS
    | Fact.NO_GESTURE
    | Fact.SEARCH
    | Fact.LISTED_SITE
    | Fact.LOOKALIKE_SITE
    | Fact.KNOWN_REDIRECTOR
)
_STEPS: dict[str, tuple[Promise, str]] = {
    Kind.LANDING: (gettext_lazy("Landing page seen"), "arrow-right"),
    Kind.PAGE_VIEW: (gettext_lazy("Page seen"), "eye"),
    Kind.BASKET_CHANGED: (gettext_lazy("Basket changed"), "shopping-bag"),
    Kind.CHECKOUT_OPENED: (gettext_lazy("Checkout opened"), "wallet"),
    Kind.SESSION_STARTED: (gettext_lazy("Visit began"), "globe"),
}
_CHANNELS: dict[str, Promise] = {
    Channel.AFFILIATE: gettext_lazy("an affiliate's link"),
    Channel.PAID: gettext_lazy("paid advertising"),
    Channel.EMAIL: gettext_lazy("an e-mail of the shop"),
    Channel.SEARCH: gettext_lazy("a search engine"),
    Channel.SOCIAL: gettext_lazy("a social network"),
    Channel.REFERRAL: gettext_lazy("another site"),
    Channel.DIRECT: gettext_lazy("the address itself"),
}


def navigation_name(navigation: str) -> str:
    """Return how somebody came, or that it was not kept."""
    return str(_NAVIGATION[navigation]) if navigation in _NAVIGATION else _("Not recorded")


def fact_names(facts: int) -> list[str]:
    """Return what is proven of a landing; ``facts & NOTABLE`` is what a person should notice."""
    return [str(name) for fact, name in _FACTS.items() if facts & fact]


def step_name(kind: str) -> str:
    """Name a step of a journey; one that nobody named shows its code."""
    return str(_STEPS[kind][0]) if kind in _STEPS else kind.replace("_", " ")


def step_icon(kind: str) -> str:
    """Return the icon of a step of a journey."""
    return _STEPS[kind][1] if kind in _STEPS else "circle-dashed"


def step_detail(kind: str, data: Mapping[str, Any]) -> str:
    """Return what a step tells beside its kind: a page, a basket, a channel."""
    if kind == Kind.SESSION_STARTED and "channel" in data:
        return channel_name(data["channel"])
    if kind == Kind.BASKET_CHANGED:
        items = data.get("items")
        if not isinstance(items, int):
            return ""
        return ngettext("%(count)s article", "%(count)s articles", items) % {
            "count": format_count(items)
        }
    return str(data.get("path", ""))


def channel_name(channel: str) -> str:
    """Return by what a visit began."""
    return str(_CHANNELS.get(channel, channel))


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
