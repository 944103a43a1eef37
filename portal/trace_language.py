"""Why an order was credited, in words: verdicts of rules, facts of clicks, steps of a journey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.display import StatusText
from tracking.domain.journey import Channel, Kind
from tracking.domain.navigation import Fact, Navigation
from tracking.domain.policy import CodeRule
from tracking.domain.touchpoints import Result, Rule

_RULES: dict[str, Promise] = {
    Rule.SHOP: gettext_lazy("Leads to the shop of the order"),
    Rule.BEFORE_ORDER: gettext_lazy("Came before the order"),
    Rule.ACCOUNT: gettext_lazy("Account active"),
    Rule.CODE_PERIOD: gettext_lazy("Promo code valid"),
    Rule.CODE_USES: gettext_lazy("Promo code not used up"),
    Rule.TERMS: gettext_lazy("Terms on the day of the order"),
    Rule.LOOK_BACK: gettext_lazy("Within the look-back"),
    Rule.NAVIGATION: gettext_lazy("Somebody came from elsewhere"),
    Rule.STAND_DOWN: gettext_lazy("Nobody else had brought the visit"),
    Rule.BASKET: gettext_lazy("Basket empty before the click"),
    Rule.SESSION_OPEN: gettext_lazy("No visit under way"),
    Rule.CODE: gettext_lazy("Promo code counts"),
    Rule.PRIORITY: gettext_lazy("Contracts first"),
}
_RESULTS: dict[str, StatusText] = {
    Result.PASSED: StatusText("passed", gettext_lazy("Passed"), "success", "circle-check"),
    Result.FAILED: StatusText("failed", gettext_lazy("Failed"), "danger", "circle-x"),
    Result.UNKNOWN: StatusText("unknown", gettext_lazy("Unknown"), "neutral", "circle-dashed"),
}
_CODE: dict[str, Promise] = {
    CodeRule.ALWAYS: gettext_lazy("It always counts."),
    CodeRule.IF_INVOLVED: gettext_lazy("It counts if a click of its affiliate led here too."),
    CodeRule.IF_WINNER: gettext_lazy("It counts if the last click was of its affiliate."),
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
_NAVIGATIONS: dict[str, Promise] = {
    Navigation.PREFETCH: gettext_lazy("Fetched ahead by the browser"),
    Navigation.EMBEDDED: gettext_lazy("Called as part of another page"),
    Navigation.INTERNAL: gettext_lazy("From a page of the shop"),
    Navigation.TYPED: gettext_lazy("Typed, scanned or opened from an app"),
    Navigation.FOLLOWED: gettext_lazy("A link on another site was followed"),
    Navigation.FORWARDED: gettext_lazy("Another site forwarded by itself"),
    Navigation.UNKNOWN: gettext_lazy("The browser does not say how"),
    Navigation.PROBE: gettext_lazy("Not a visit: another kind of request"),
    Navigation.BOT: gettext_lazy("A robot"),
}
_FACTS: dict[Fact, Promise] = {
    Fact.TOP_LEVEL: gettext_lazy("A whole page was opened."),
    Fact.NOT_TOP_LEVEL: gettext_lazy("Only a part of another page: image, script or frame."),
    Fact.PREFETCH: gettext_lazy("The browser fetched it ahead of a visit."),
    Fact.OWN_SITE: gettext_lazy("The browser says that a page of the shop asked for it."),
    Fact.REFERRER_OWN: gettext_lazy("It came from a page of the shop."),
    Fact.STRICT_CONTRADICTION: gettext_lazy(
        "It says that it came from another site, but it began at the shop or in a program."
    ),
    Fact.NONE_NOT_NAVIGATE: gettext_lazy("A browser extension asked, not a person."),
    Fact.EXTENSION: gettext_lazy("A browser extension asked."),
    Fact.OTHER_METHOD: gettext_lazy("A form or a program asked: no link works that way."),
    Fact.REFERRER_SENT: gettext_lazy("The browser says which page it came from."),
    Fact.REFERRER_ABSENT: gettext_lazy("The browser does not say which page it came from."),
    Fact.LAX_SEEN: gettext_lazy("The visitor had been here before."),
    Fact.STRICT_SEEN: gettext_lazy("The shop's own cookie came along."),
    Fact.STRICT_MISSING: gettext_lazy("The shop's own cookie did not come along as it should."),
    Fact.NO_GESTURE: gettext_lazy("Nobody clicked or typed: it happened by itself."),
    Fact.SEARCH: gettext_lazy("It came from a search engine."),
    Fact.EXCHANGED: gettext_lazy("Consent came after the landing."),
    Fact.LANDED: gettext_lazy("The landing page told what it saw."),
    Fact.OWN_HOP_ONLY: gettext_lazy("No address in between but ours."),
    Fact.HIDDEN_REDIRECTOR: gettext_lazy("Another address stood in between, hidden."),
    Fact.UNSEEN: gettext_lazy("The page opened in the background."),
    Fact.REFERRER_CONTRADICTION: gettext_lazy(
        "The page that it claims to come from is not the one the landing page saw."
    ),
    Fact.FRAMED: gettext_lazy("The page stood in a frame of another one."),
}
_KINDS: dict[str, tuple[Promise, str]] = {
    Kind.LANDING: (gettext_lazy("Landed"), "arrow-right"),
    Kind.PAGE_VIEW: (gettext_lazy("Page viewed"), "eye"),
    Kind.BASKET_CHANGED: (gettext_lazy("Basket changed"), "shopping-bag"),
    Kind.CHECKOUT_OPENED: (gettext_lazy("Checkout opened"), "wallet"),
    Kind.SESSION_STARTED: (gettext_lazy("Visit began"), "globe"),
}


def result_status(result: str) -> StatusText:
    """Return what a rule answered, as a badge.

    :raises KeyError: for rules that do not apply: those are listed by name alone.
    """
    return _RESULTS[result]


def rule_name(rule: str) -> str:
    """Return the question that a rule asks; one that is gone shows its code."""
    return str(_RULES.get(rule, rule.replace("_", " ")))


def verdict_sentence(verdict: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """Return the facts of a verdict as a sentence; ``names`` are those of affiliates, by id."""
    facts = verdict.get("facts", {})
    rule, result = verdict["rule"], verdict["result"]
    if rule == Rule.LOOK_BACK:
        return _look_back(facts)
    if rule == Rule.BEFORE_ORDER and facts:
        return _("%(age)s after the order.") % {"age": span(-facts["age_seconds"])}
    if rule == Rule.STAND_DOWN:
        return _stand_down(facts, result, names)
    if rule == Rule.BASKET:
        return _basket(facts, result)
    if rule == Rule.SESSION_OPEN:
        return _session_open(facts, result)
    if rule == Rule.CODE:
        return _code(facts["rule"], result)
    if rule == Rule.PRIORITY:
        return ngettext(
            "One under contract led here in the last day.",
            "One under contract led here in the last %(count)s days.",
            facts["days"],
        ) % {"count": facts["days"]}
    return ""


def navigation_name(navigation: str) -> str:
    """Return how somebody came, or that it was not kept."""
    return str(_NAVIGATIONS[navigation]) if navigation in _NAVIGATIONS else _("Not recorded")


def fact_sentences(facts: int) -> list[str]:
    """Return what is proven of a click."""
    return [str(sentence) for fact, sentence in _FACTS.items() if facts & fact]


def step_words(kind: str, data: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a step of a journey as its title, a note, and its icon."""
    title, icon = _KINDS.get(kind, (kind.replace("_", " "), "circle-dashed"))
    note = data.get("path", "")
    if kind == Kind.SESSION_STARTED and "channel" in data:
        note = channel_name(data["channel"])
    if kind == Kind.BASKET_CHANGED and data.get("items") is not None:
        note = ngettext("%(count)s article", "%(count)s articles", data["items"]) % {
            "count": data["items"]
        }
    return str(title), note, icon


def channel_name(channel: str) -> str:
    """Return by what a visit began."""
    return str(_CHANNELS.get(channel, channel))


def span(seconds: int) -> str:
    """Return a span of time in its largest unit: days, hours, minutes, seconds."""
    days, hours, minutes = seconds // 86_400, seconds // 3_600, seconds // 60
    if days:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if hours:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    if minutes:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}


def _look_back(facts: Mapping[str, Any]) -> str:
    of_policy = facts.get("of") == "policy"
    look_back = ngettext("%(count)s day", "%(count)s days", facts["days"]) % {
        "count": facts["days"]
    }
    if facts["age_seconds"] < 0:
        return _("After the order.")
    said = {"age": span(facts["age_seconds"]), "look_back": look_back}
    if of_policy:
        return _("Came %(age)s before the order; look-back of the policy: %(look_back)s.") % said
    return _("Came %(age)s before the order; look-back of the terms: %(look_back)s.") % said


def _stand_down(facts: Mapping[str, Any], result: str, names: Mapping[int, str]) -> str:
    if "other" in facts:
        who = names.get(facts["other"], _("another affiliate"))
        return _("%(who)s had brought the visit, %(age)s before.") % {
            "who": who,
            "age": span(facts["seconds_before"]),
        }
    if "channel" in facts:
        return _("A program clicked %(age)s after %(channel)s had brought the visit.") % {
            "age": span(facts["seconds_before"]),
            "channel": channel_name(facts["channel"]),
        }
    return _unknown_or(result, _("No other affiliate in the same visit."))


def _basket(facts: Mapping[str, Any], result: str) -> str:
    if result == Result.FAILED:
        items = int(facts["items"] or 1)
        return ngettext(
            "%(count)s article in the basket %(age)s before the click.",
            "%(count)s articles in the basket %(age)s before the click.",
            items,
        ) % {"count": items, "age": span(facts["seconds_before"])}
    return _unknown_or(
        result,
        _("No filled basket in the %(minutes)s minutes before.") % {"minutes": facts["minutes"]},
    )


def _session_open(facts: Mapping[str, Any], result: str) -> str:
    if "after_checkout" in facts:
        sentence = _("The checkout was opened %(age)s before the click.") % {
            "age": span(facts["seconds_before"])
        }
    elif "channel" in facts:
        sentence = _("The visit began %(age)s before, by %(channel)s.") % {
            "age": span(facts["seconds_before"]),
            "channel": channel_name(facts["channel"]),
        }
    else:
        return _unknown_or(result, _("The visit began with this click."))
    if "keep" in (facts.get("after_checkout"), facts.get("other_channel")):
        return sentence + " " + _("This policy keeps such clicks.")
    return sentence


def _code(rule: str, result: str) -> str:
    if result == Result.UNKNOWN:
        return _("Nobody knows who brought the buyer: it counts.")
    return str(_CODE[CodeRule(rule)])


def _unknown_or(result: str, sentence: str) -> str:
    if result == Result.UNKNOWN:
        return _("Nothing is known of what came before: it is held against nobody.")
    return sentence
