"""Why an order was credited, in words: the rules that were asked, and what each answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.click_language import channel_name, duration
from portal.display import StatusText
from tracking.domain.policy import CodeRule, OnSite
from tracking.domain.touchpoints import Result, Rule

_RULES: dict[str, Promise] = {
    Rule.SHOP: gettext_lazy("Leads to the shop of the order"),
    Rule.BEFORE_ORDER: gettext_lazy("Came before the order"),
    Rule.ACCOUNT: gettext_lazy("Account active"),
    Rule.EXPERIMENT: gettext_lazy("Not in a pause of an experiment"),
    Rule.CODE_PERIOD: gettext_lazy("Promo code valid"),
    Rule.CODE_USES: gettext_lazy("Promo code not used up"),
    Rule.TERMS: gettext_lazy("Terms on the day of the order"),
    Rule.LOOK_BACK: gettext_lazy("Within the look-back"),
    Rule.NAVIGATION: gettext_lazy("Somebody came from elsewhere"),
    Rule.STAND_DOWN: gettext_lazy("Nobody else had brought the visit"),
    Rule.BASKET: gettext_lazy("Basket empty before the click"),
    Rule.SESSION_OPEN: gettext_lazy("No visit under way"),
    Rule.CODE: gettext_lazy("Promo code counts"),
    Rule.STAFF: gettext_lazy("No employee's order at the staff discount"),
    Rule.ON_SITE: gettext_lazy("Nobody from elsewhere comes before the tap"),
    Rule.PRIORITY: gettext_lazy("Contracts first"),
    Rule.FOLLOWS: gettext_lazy("Exchanges or adds to another order"),
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
        return _("%(age)s after the order.") % {"age": _age(-facts["age_seconds"])}
    if rule == Rule.STAND_DOWN:
        return _stand_down(facts, result, names)
    if rule == Rule.BASKET:
        return _basket(facts, result)
    if rule == Rule.SESSION_OPEN:
        return _session_open(facts, result)
    if rule == Rule.CODE:
        return _code(facts["rule"], result)
    if rule == Rule.STAFF:
        return _("The order used the staff-discount code %(code)s.") % {"code": facts["code"]}
    if rule == Rule.ON_SITE:
        return _on_site(facts["rule"], result)
    if rule == Rule.FOLLOWS:
        return _(
            "Placed %(age)s after order %(order)s: within the %(days)s days of an exchange."
        ) % {
            "age": _age(facts["seconds_after"]),
            "order": facts["order"],
            "days": facts["days"],
        }
    if rule == Rule.PRIORITY:
        return ngettext(
            "One under contract led here in the last day.",
            "One under contract led here in the last %(count)s days.",
            facts["days"],
        ) % {"count": facts["days"]}
    return ""


def _look_back(facts: Mapping[str, Any]) -> str:
    of_policy = facts.get("of") == "policy"
    look_back = ngettext("%(count)s day", "%(count)s days", facts["days"]) % {
        "count": facts["days"]
    }
    if facts["age_seconds"] < 0:
        return _("After the order.")
    said = {"age": _age(facts["age_seconds"]), "look_back": look_back}
    if of_policy:
        return _("Came %(age)s before the order; look-back of the policy: %(look_back)s.") % said
    return _("Came %(age)s before the order; look-back of the terms: %(look_back)s.") % said


def _stand_down(facts: Mapping[str, Any], result: str, names: Mapping[int, str]) -> str:
    if "other" in facts:
        who = names.get(facts["other"], _("another affiliate"))
        return _("%(who)s had brought the visit, %(age)s before.") % {
            "who": who,
            "age": _age(facts["seconds_before"]),
        }
    if "channel" in facts:
        return _("A program clicked %(age)s after %(channel)s had brought the visit.") % {
            "age": _age(facts["seconds_before"]),
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
        ) % {"count": items, "age": _age(facts["seconds_before"])}
    return _unknown_or(
        result,
        _("No filled basket in the %(minutes)s minutes before.") % {"minutes": facts["minutes"]},
    )


def _session_open(facts: Mapping[str, Any], result: str) -> str:
    if "after_checkout" in facts:
        sentence = _("The checkout was opened %(age)s before the click.") % {
            "age": _age(facts["seconds_before"])
        }
    elif "channel" in facts:
        sentence = _("The visit began %(age)s before, by %(channel)s.") % {
            "age": _age(facts["seconds_before"]),
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


def _on_site(rule: str, result: str) -> str:
    if rule == OnSite.NEVER:
        return _("This policy gives nothing for taps on the shop's own pages.")
    if result == Result.FAILED:
        return _("Something that brought the buyer from elsewhere may earn: it comes before.")
    return _("Nothing from elsewhere may earn, so the look does.")


def _unknown_or(result: str, sentence: str) -> str:
    if result == Result.UNKNOWN:
        return _("Nothing is known of what came before: it is held against nobody.")
    return sentence


def _age(seconds: int) -> str:
    return duration(timedelta(seconds=seconds))
