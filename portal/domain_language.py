"""What a look-alike domain is called, how near it comes, and what each visit to it met."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fraud.models import LookalikeStatus
from portal.display import StatusText

_STATUSES = {
    one.code: one
    for one in (
        StatusText(
            LookalikeStatus.LEADS_TO_LINK, gettext_lazy("Forwards to a partner's link"),
            "danger", "triangle-alert",
            gettext_lazy(
                "Whoever types this name is sent through a partner's link. Its sales by typed"
                " visits are refused, and a case holds the account."
            ),
        ),
        StatusText(
            LookalikeStatus.LEADS_TO_US, gettext_lazy("Forwards to the shop"), "warning", "link",
            gettext_lazy("It leads to the shop without a partner's link. It may change its mind."),
        ),
        StatusText(
            LookalikeStatus.LEADS_ELSEWHERE, gettext_lazy("Forwards elsewhere"), "warning",
            "external-link", gettext_lazy("It sends visitors to another site."),
        ),
        StatusText(
            LookalikeStatus.PAGE, gettext_lazy("Shows a page"), "info", "globe",
            gettext_lazy("It shows a page of its own. One clean look proves nothing."),
        ),
        StatusText(
            LookalikeStatus.SILENT, gettext_lazy("Registered, answers nothing"), "neutral", "pause",
            gettext_lazy("Somebody has it, and no page answers there yet."),
        ),
        StatusText(
            LookalikeStatus.GENERATED, gettext_lazy("Not yet looked up"), "neutral", "hourglass",
            gettext_lazy("It has its first look when its turn comes."),
        ),
        StatusText(
            LookalikeStatus.UNREGISTERED, gettext_lazy("Unregistered"), "neutral", "circle-dashed",
            gettext_lazy("Nobody has it: you can register it before somebody else does."),
        ),
        StatusText(
            LookalikeStatus.OURS, gettext_lazy("Ours"), "success", "circle-check",
            gettext_lazy("The shop has registered it. It is looked at no more."),
        ),
    )
}  # fmt: skip
LEVELS: dict[str, Promise] = {
    "L1": gettext_lazy("The name itself"),
    "L2": gettext_lazy("Contains the name"),
    "L3": gettext_lazy("A typing error away"),
    "L4": gettext_lazy("A part of the name"),
}
_WAYS: dict[str, Promise] = {
    "tld-swap": gettext_lazy("another ending"),
    "omission": gettext_lazy("a letter missing"),
    "hyphenation": gettext_lazy("a hyphen more"),
    "transposition": gettext_lazy("two letters swapped"),
    "repetition": gettext_lazy("a letter twice"),
    "replacement": gettext_lazy("a neighbouring key"),
    "insertion": gettext_lazy("a neighbouring key more"),
    "addition": gettext_lazy("a letter at the end"),
    "homoglyph": gettext_lazy("signs that look alike"),
    "dictionary": gettext_lazy("a word added"),
    "vowel-swap": gettext_lazy("another vowel"),
    "plural": gettext_lazy("the plural"),
    "various": gettext_lazy("www or a similar beginning"),
    "bitsquatting": gettext_lazy("one bit wrong"),
    "subdomain": gettext_lazy("a dot within"),
    "cyrillic": gettext_lazy("letters of another alphabet"),
    "seen": gettext_lazy("visitors came from there"),
    "added": gettext_lazy("added by the team"),
}
_VISITORS: dict[str, Promise] = {
    "chrome": gettext_lazy("Chrome on a computer, address typed"),
    "iphone": gettext_lazy("Safari on a telephone, address typed"),
    "firefox": gettext_lazy("Firefox on a computer, address typed"),
    "search": gettext_lazy("Chrome on a computer, from a search engine"),
    "dns": gettext_lazy("The DNS alone"),
}
_SENT_ON: dict[str, Promise] = {
    "http": gettext_lazy("redirected"),
    "refresh": gettext_lazy("forwarded by its Refresh header"),
    "meta": gettext_lazy("forwarded by a refresh in the page"),
    "script": gettext_lazy("forwarded by a script"),
    "frame": gettext_lazy("shows the next page in a frame"),
}


def domain_status(code: str) -> StatusText:
    """Return what a domain does with its visitors, in words."""
    return _STATUSES[LookalikeStatus(code)]


def status_options() -> list[tuple[str, str]]:
    """Return every state, heaviest first, for a filter."""
    return [(code, str(one.label)) for code, one in _STATUSES.items()]


def level_label(level: str) -> str:
    """Return how near a domain comes to a name."""
    return f"{level} · {LEVELS[level]}" if level in LEVELS else level


def way_label(way: str) -> str:
    """Return how a domain differs from the name."""
    return str(_WAYS.get(way, way))


def visitor_label(client: str) -> str:
    """Return whom a visit pretended to be."""
    return str(_VISITORS.get(client, client))


def step_sentence(hop: dict[str, Any], *, is_link: bool, partner: str) -> str:
    """Return what became of one question of a visit. ``is_link``: it is the link it ended on."""
    if is_link:
        return _("The link of %(partner)s. It was not opened: a look is no click.") % {
            "partner": partner
        }
    if hop.get("error"):
        return _("no answer: %(error)s") % {"error": hop["error"]}
    if not hop.get("status"):
        return _("Ours. It was not opened.")
    if hop.get("way"):
        how = str(_SENT_ON.get(hop["way"], hop["way"]))
        return _("answered %(status)s, %(how)s") % {"status": hop["status"], "how": how}
    return _("answered %(status)s, and there it ended") % {"status": hop["status"]}
