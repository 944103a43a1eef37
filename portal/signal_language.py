"""What a signal is called and saw, for the team and for the affiliate, in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from fraud.models import Family, HostKind, Mode
from portal.display import StatusText, Text
from portal.formats import format_bps, format_count, format_moment
from portal.signal_texts import TEXTS

NOT_KNOWN = "–"

_FAMILIES: dict[str, Text] = {
    Family.NAVIGATION: gettext_lazy("How the link was opened"),
    Family.SESSION: gettext_lazy("What the visitor did before"),
    Family.DOMAIN: gettext_lazy("Where visits come from"),
    Family.IDENTITY: gettext_lazy("Who bought"),
    Family.STATISTICS: gettext_lazy("Times and shares"),
}

_MODES = {
    Mode.LIVE: StatusText("live", pgettext_lazy("signal", "Live"), "success", "circle-check"),
    Mode.SHADOW: StatusText(
        "shadow", gettext_lazy("Shadow"), "info", "eye", gettext_lazy("Records, changes nothing.")
    ),
    Mode.OFF: StatusText("off", gettext_lazy("Off"), "neutral", "ban"),
}

_MATCHED: dict[str, Text] = {
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("phone number"),
    "customer account": gettext_lazy("customer account"),
    "e-mail": gettext_lazy("e-mail address"),
    "address": gettext_lazy("postal address"),
    "iban": gettext_lazy("bank account"),
    "tax number": gettext_lazy("tax number"),
    "site": gettext_lazy("site"),
}

_LABELS: dict[str, Text] = {
    "ordered_at": gettext_lazy("Order"),
    "clicked_at": gettext_lazy("Click"),
    "seconds_before": gettext_lazy("Seconds between them"),
    "host": gettext_lazy("Host"),
    "imitates": gettext_lazy("Imitates"),
    "nearness": gettext_lazy("How near"),
    "hops": gettext_lazy("Steps"),
    "seen_at": gettext_lazy("Seen"),
    "was_known": gettext_lazy("Known when the visit came"),
    "is_known_now": gettext_lazy("Known when it was judged"),
    "clicks": gettext_lazy("Clicks"),
    "visits": gettext_lazy("Visits"),
    "known": gettext_lazy("Of which it is known"),
    "sales": gettext_lazy("Sales"),
    "orders": gettext_lazy("Orders"),
    "share_bps": gettext_lazy("Share"),
    "lower_bps": gettext_lazy("At least (95 %)"),
    "usual_bps": gettext_lazy("Usual"),
    "items": gettext_lazy("Items in the basket"),
    "basket_before_s": gettext_lazy("Basket before the click"),
    "checkout_before_s": gettext_lazy("Checkout before the click"),
    "page_before_s": gettext_lazy("Page before the click"),
    "visits_known": gettext_lazy("Known visits of the account"),
    "visits_with_basket": gettext_lazy("Of them with a basket"),
    "visits_at_checkout": gettext_lazy("Of them at checkout"),
}


class _Facts(dict[str, str]):
    """Facts as text; one that an older version of the rule did not keep shows as not known."""

    def __missing__(self, _key: str) -> str:
        return NOT_KNOWN


class _Blanks(dict[str, str]):
    """Every fact as an ellipsis: the sentence of the rule itself."""

    def __missing__(self, _key: str) -> str:
        return "…"


def signal_label(code: str) -> str:
    """The name of a signal; an unknown code shows itself."""
    words = TEXTS.get(code)
    return str(words.name) if words else code.replace("_", " ")


def signal_sentence(code: str, evidence: Mapping[str, Any]) -> str:
    """What a signal saw, for the team; empty for an unknown code."""
    words = TEXTS.get(code)
    if words is None:
        return ""
    is_only_then = evidence.get("is_known_now") is False and words.seen_then
    said = str(words.seen_then if is_only_then else words.seen) % _shown_all(evidence)
    is_too = evidence.get("was_known") is True and words.too and not is_only_then
    return f"{said} {words.too}" if is_too else said


def told_sentence(code: str, evidence: Mapping[str, Any]) -> str:
    """What the affiliate reads of a signal; empty for what is held against nobody."""
    words = TEXTS.get(code)
    if words is None:
        return ""
    is_only_then = evidence.get("is_known_now") is False and words.told_then
    return str(words.told_then if is_only_then else words.told) % _shown_all(evidence)


def clears_sentence(code: str) -> str:
    """What would clear a signal; empty when nothing is held against the affiliate."""
    words = TEXTS.get(code)
    return str(words.clears) if words else ""


def rule_sentence(code: str) -> str:
    """What a signal says, without the facts of anybody."""
    words = TEXTS.get(code)
    return str(words.seen) % _Blanks() if words else ""


def told_rule(code: str) -> str:
    """What an affiliate reads of a signal, without facts; empty for one held against nobody."""
    words = TEXTS.get(code)
    return str(words.told) % _Blanks() if words and words.told else ""


def family_name(family: str) -> str:
    """What a family of signals is about.

    :raises KeyError: unknown ``family``.
    """
    return str(_FAMILIES[family])


def mode_status(mode: str) -> StatusText:
    """How a signal is used.

    :raises KeyError: unknown ``mode``.
    """
    return _MODES[Mode(mode)]


def evidence_items(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The named facts of a signal as label and value, in the order of the labels."""
    return [
        (str(label), shown(key, evidence[key])) for key, label in _LABELS.items() if key in evidence
    ]


def threshold_name(name: str) -> str:
    """The name of a threshold as the rules page shows it, with its unit."""
    units = {"_s": _("seconds"), "_bps": _("of 10,000")}
    unit = next((text for end, text in units.items() if name.endswith(end)), "")
    plain = name.removesuffix("_bps").removesuffix("_s").replace("_", " ")
    return f"{plain} ({unit})" if unit else plain


def shown(key: str, value: object) -> str:
    """A fact as text: shares as percents, seconds as a duration, moments in Paris."""
    if value is None or value == "" or value == []:
        return NOT_KNOWN
    if key == "listed" and value in HostKind.values:
        return str(HostKind(str(value)).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(shown("", one) for one in value)
    if isinstance(value, int):
        return _number(key, value)
    if str(value) in _MATCHED:
        return str(_MATCHED[str(value)])
    return format_moment(datetime.fromisoformat(str(value))) if key.endswith("_at") else str(value)


def duration(seconds: int) -> str:
    """A duration in its largest whole unit: seconds below two minutes, minutes below two hours."""
    if seconds < 120:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < 7_200:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)s hour", "%(n)s hours", seconds // 3_600) % {"n": seconds // 3_600}


def _shown_all(evidence: Mapping[str, Any]) -> _Facts:
    return _Facts({key: shown(key, value) for key, value in evidence.items()})


def _number(key: str, value: int) -> str:
    if key.endswith("_bps"):
        return format_bps(value)
    if key.endswith("_before_s"):
        return duration(value)
    return format_count(value)
