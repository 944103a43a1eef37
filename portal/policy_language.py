"""Attribution policies as people read them: every rule as a sentence, and what changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from affiliates.models import AffiliateKind
from portal.formats import format_bps
from tracking.domain.policy import (
    CONTRACTED,
    Answer,
    CodeRule,
    OnSite,
    Part,
    Policy,
    Session,
    SessionOpen,
)

_RULES: dict[str, Promise] = {
    "split": gettext_lazy("Who is credited"),
    "look_back_days": gettext_lazy("Look-back"),
    "code": gettext_lazy("Promo codes"),
    "stand_down": gettext_lazy("Standing down"),
    "basket_before_click": gettext_lazy("Basket before the click"),
    "session_open": gettext_lazy("Visit under way"),
    "on_site": gettext_lazy("Looks on the shop's own pages"),
    "contracted_priority_days": gettext_lazy("Contracts first"),
}
_ON_SITE: dict[str, Promise] = {
    OnSite.IF_ALONE: gettext_lazy(
        "A tap in a look on the shop's own pages earns only when nothing from elsewhere may."
    ),
    OnSite.NEVER: gettext_lazy("Taps in looks on the shop's own pages earn nothing."),
}
_CODE: dict[str, Promise] = {
    CodeRule.ALWAYS: gettext_lazy("A promo code counts at the moment of the order."),
    CodeRule.IF_INVOLVED: gettext_lazy(
        "A promo code counts if a click of its affiliate also led to the order."
    ),
    CodeRule.IF_WINNER: gettext_lazy("A promo code counts if the last click was of its affiliate."),
}
PARTS: dict[str, Promise] = {
    Part.INTRODUCER: gettext_lazy("Introducer"),
    Part.INFLUENCER: gettext_lazy("Influencer"),
    Part.CLOSER: gettext_lazy("Closer"),
}


def class_name(one: str) -> str:
    """Return the name of a class of affiliates."""
    return _("Under contract") if one == CONTRACTED else str(AffiliateKind(one).label)


def rule_sentences(policy: Policy) -> list[tuple[str, str]]:
    """Return every rule of a policy, in the order of the form, as its name and what it says."""
    said = {
        "split": _split(policy),
        "look_back_days": _look_back(policy),
        "code": str(_CODE[policy.code]),
        "stand_down": _stand_down(policy.stand_down),
        "basket_before_click": _basket(policy.basket_before_click),
        "session_open": _session_open(policy.session_open),
        "on_site": str(_ON_SITE[policy.on_site]),
        "contracted_priority_days": _contracted(policy.contracted_priority_days),
    }
    return [(str(_RULES[name]), sentence) for name, sentence in said.items()]


def changes(before: Policy, after: Policy) -> list[tuple[str, str]]:
    """Return the rules that ``after`` words otherwise than ``before``, as ``after`` says them."""
    old = rule_sentences(before)
    return [new for was, new in zip(old, rule_sentences(after), strict=True) if was != new]


def part_name(part: str) -> str:
    """Return the name of a part on the way to an order."""
    return str(PARTS[part])


def _split(policy: Policy) -> str:
    if policy.split is None:
        return _("The last one that may earn gets the whole order.")
    shares = ", ".join(
        f"{part_name(part)} {format_bps(policy.split.get(part, 0))}" for part in Part
    )
    return _("Shared by the part that each one played: %(shares)s.") % {"shares": shares}


def _look_back(policy: Policy) -> str:
    if not policy.look_back_days:
        return _("As long as the window of the affiliate's terms.")
    days = ", ".join(
        ngettext("%(name)s %(count)s day", "%(name)s %(count)s days", number)
        % {"name": class_name(one), "count": number}
        for one, number in sorted(policy.look_back_days.items())
    )
    return _("%(days)s; others as long as the window of their terms.") % {"days": days}


def _stand_down(rule: Session | None) -> str:
    if rule is None:
        return _("Nobody stands down for an earlier affiliate of the same visit.")
    return _(
        "In a visit that another affiliate brought, these do not earn: %(who)s. A visit ends"
        " after %(minutes)s minutes of quiet."
    ) % {"who": _who(rule), "minutes": rule.minutes}


def _basket(rule: Session | None) -> str:
    if rule is None:
        return _("A basket that was filled before the click changes nothing.")
    return _(
        "A click does not earn when the basket was filled in the %(minutes)s minutes before it."
        " For: %(who)s."
    ) % {"who": _who(rule), "minutes": rule.minutes}


def _session_open(rule: SessionOpen | None) -> str:
    if rule is None:
        return _("A visit that was under way before the click changes nothing.")
    refused = []
    if rule.after_checkout == Answer.REFUSE:
        refused.append(_("after the checkout was opened"))
    if rule.other_channel == Answer.REFUSE:
        refused.append(_("during a visit that began by another channel"))
    if not refused:
        return _("Clicks into a visit under way are only marked.")
    return _("Clicks do not earn %(when)s, within %(minutes)s minutes. For: %(who)s.") % {
        "when": _(" or ").join(refused),
        "minutes": rule.minutes,
        "who": _who(rule),
    }


def _contracted(days: int | None) -> str:
    if days is None:
        return _("A contract gives nobody precedence.")
    return ngettext(
        "Affiliates under contract come first when they led to the order in its last day.",
        "Affiliates under contract come first when they led to the order in its last"
        " %(count)s days.",
        days,
    ) % {"count": days}


def _who(rule: Session) -> str:
    return _names(rule.classes) if rule.classes else _("everybody")


def _names(classes: Iterable[str]) -> str:
    return ", ".join(class_name(one) for one in sorted(classes))
