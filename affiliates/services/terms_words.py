"""Terms as people read them, in the active language: every part as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, get_day_names
from babel.numbers import format_percent
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from affiliates.domain.terms import (
    CONTRACTED,
    Bonus,
    BonusKind,
    Customer,
    Every,
    Factor,
    Hold,
    HoldFrom,
    Metric,
    Pays,
    Range,
    Rule,
    Tiers,
    When,
)
from affiliates.domain.terms_content import TermsContent
from affiliates.models import AffiliateKind, Basis, Programme
from affiliates.services import surface_words
from core.money import Money
from core.money_words import money_words

#: So many names are written out; of more, their number is said.
SHOWN = 8
Sentences = list[tuple[str, str]]

CUSTOMERS: dict[str, Promise] = {
    Customer.NEW: gettext_lazy("a new customer"),
    Customer.RETURNING: gettext_lazy("a returning customer"),
    Customer.UNKNOWN: gettext_lazy("a customer of whom nothing is known"),
}
ROLES: dict[str, Promise] = {
    "introducer": gettext_lazy("introducer"),
    "influencer": gettext_lazy("influencer"),
    "closer": gettext_lazy("closer"),
}
PERIODS: dict[str, Promise] = {
    Every.MONTH: gettext_lazy("a month"),
    Every.QUARTER: gettext_lazy("a quarter"),
    Every.YEAR: gettext_lazy("a year"),
}
CONDITIONS: dict[str, Promise] = {
    "category": gettext_lazy("Category"),
    "brand": gettext_lazy("Brand"),
    "collection": gettext_lazy("Collection"),
    "sku": gettext_lazy("Products"),
    "customer": gettext_lazy("Customer"),
    "affiliate_class": gettext_lazy("Kind of affiliate"),
    "role": gettext_lazy("Part in the order"),
    "code": gettext_lazy("Promo code"),
    "surface": gettext_lazy("Where it was clicked"),
    "discount_bps": gettext_lazy("Discount of the line"),
    "order_minor": gettext_lazy("Value of the order"),
    "weekday": gettext_lazy("Day of the week"),
    "since": gettext_lazy("From"),
    "until": gettext_lazy("Until"),
}


def locale() -> str:
    """Return the Babel locale of the active language."""
    return "fr_FR" if (get_language() or "en").startswith("fr") else "en_GB"


def percent(bps: int) -> str:
    """Return basis points as a percentage with at most two decimals."""
    pattern = "#,##0.##\u00a0%" if locale() == "fr_FR" else "#,##0.##%"
    return str(format_percent(Decimal(bps).scaleb(-4), format=pattern, locale=locale()))


def amount(minor: int, currency: str) -> str:
    """Return an amount with its currency."""
    return money_words(Money(minor, currency))


def day(one: date) -> str:
    """Return a day as ``12 November 2026``."""
    return str(format_date(one, format="long", locale=locale()))


def day_of(moment: datetime) -> str:
    """Return the day in the programme's time zone, as :func:`day` does."""
    return day(moment.astimezone(Programme.get().zone).date())


def days(number: int) -> str:
    """Return ``1 day``, ``30 days``."""
    return ngettext("%(count)s day", "%(count)s days", number) % {"count": number}


def weekday(number: int) -> str:
    """Return the name of an ISO weekday."""
    return str(get_day_names("wide", locale=locale())[number - 1])


def class_name(one: str) -> str:
    """Return the name of a class of affiliates."""
    return _("Under contract") if one == CONTRACTED else str(AffiliateKind(one).label)


def pays(rule: Rule, currency: str) -> str:
    """Say what a rule pays."""
    if rule.pays == Pays.NOTHING:
        return _("nothing: %(reason)s") % {"reason": rule.reason}
    if rule.pays == Pays.FLAT:
        said = _("%(amount)s per order, at most the margin") % {
            "amount": amount(rule.flat_minor, currency)
        }
    elif rule.pays == Pays.NET:
        said = _("%(rate)s of the price paid without VAT, at most the margin") % {
            "rate": percent(rule.rate_bps)
        }
    else:
        said = _("%(rate)s of the margin") % {"rate": percent(rule.rate_bps)}
    if rule.is_scaled:
        said = _("%(pays)s, times the measured factor") % {"pays": said}
    if rule.cap_minor is None:
        return said
    most = amount(rule.cap_minor, currency)
    return _("%(pays)s, and no more than %(amount)s for one order") % {"pays": said, "amount": most}


def conditions(when: When, currency: str) -> Sentences:
    """Return every condition of a rule as its name and what it asks for."""
    said: dict[str, str] = {
        **{name: _names(getattr(when, name)) for name in
           ("category", "brand", "collection", "sku", "code")},
        "surface": _names(surface_words.place_names(when.surface)),
        "customer": _or(str(CUSTOMERS[one]) for one in sorted(when.customer)),
        "affiliate_class": _or(class_name(one) for one in sorted(when.affiliate_class)),
        "role": _or(str(ROLES[one]) for one in sorted(when.role)),
        "discount_bps": _range(when.discount_bps, percent),
        "order_minor": _range(when.order_minor, lambda minor: amount(minor, currency)),
        "weekday": _or(weekday(one) for one in sorted(when.weekday)),
        "since": day(when.since) if when.since else "",
        "until": _("before %(day)s") % {"day": day(when.until)} if when.until else "",
    }  # fmt: skip
    return [(str(CONDITIONS[name]), text) for name, text in said.items() if text]


def rule_sentence(rule: Rule, currency: str) -> str:
    """Say what a rule pays, and when."""
    when = "; ".join(f"{name}: {text}" for name, text in conditions(rule.when, currency))
    paid = pays(rule, currency).rstrip(".")  # A reason may be a whole sentence.
    if not when:
        return _("Always: %(pays)s.") % {"pays": paid}
    return _("%(pays)s. When: %(when)s.") % {"pays": paid, "when": when}


def bonus_sentence(bonus: Bonus, currency: str) -> str:
    """Say what a bonus is for."""
    facts = {
        "amount": amount(bonus.minor, currency),
        "goal": metric(bonus.metric, bonus.at, currency),
        "period": PERIODS[bonus.every],
        "since": day(bonus.since) if bonus.since else "",
        "until": day(bonus.until) if bonus.until else "",
    }
    if bonus.kind == BonusKind.FIRST_SALE:
        return _("%(amount)s once, for the first validated sale.") % facts
    if bonus.kind == BonusKind.GOAL:
        return _("%(amount)s for %(goal)s in %(period)s.") % facts
    return _("%(amount)s once, for %(goal)s from %(since)s to before %(until)s.") % facts


def metric(one: Metric, at: int, currency: str) -> str:
    """Return what is counted and how much of it."""
    if one == Metric.MARGIN:
        return _("%(amount)s of validated margin") % {"amount": amount(at, currency)}
    if one == Metric.ORDERS:
        return ngettext("%(count)s validated order", "%(count)s validated orders", at) % {
            "count": at
        }
    return ngettext("%(count)s new customer", "%(count)s new customers", at) % {"count": at}


def sentences(content: TermsContent) -> Sentences:
    """Return what terms say beside their rules and bonuses, as name and sentence."""
    by_delivery = content.rules.hold_from == HoldFrom.DELIVERY
    names = [name for name in _NAMES if by_delivery or name != "undelivered_days"]
    found = [(name, said(name, _value(content, name), content.currency)) for name in names]
    return [(str(_NAMES[name]), text) for name, text in found if text]


def label(name: str) -> str:
    """Return the name of a part of the terms."""
    return str(_NAMES[name])


def said(name: str, value: Any, currency: str) -> str:
    """Say one part of the terms; nothing for what they do not have."""
    return str(_SAY[name](value, currency))


def _value(content: TermsContent, name: str) -> Any:
    return getattr(content, name) if hasattr(content, name) else getattr(content.rules, name)


def _tiers(tiers: Tiers | None, currency: str) -> str:
    if tiers is None:
        return ""
    steps = "; ".join(
        _("from %(goal)s: %(rate)s")
        % {"goal": metric(tiers.metric, step.at, currency), "rate": percent(step.rate_bps)}
        for step in tiers.steps
    )
    return _("Counted over %(period)s, for orders placed after the step: %(steps)s.") % {
        "period": PERIODS[tiers.every],
        "steps": steps,
    }


def _holds(holds: tuple[Hold, ...], _currency: str) -> str:
    return "; ".join(
        _("%(names)s: %(days)s") % {"names": _names(hold.category), "days": days(hold.days)}
        for hold in holds
    )


def _factor(factor: Factor, _currency: str) -> str:
    if factor == Factor():
        return ""
    return _("The measured factor counts from %(floor)s to %(cap)s.") % {
        "floor": percent(factor.floor_bps),
        "cap": percent(factor.cap_bps),
    }


def _cap(sentence: Promise) -> Callable[[int | None, str], str]:
    def say(minor: int | None, currency: str) -> str:
        return "" if minor is None else str(sentence) % {"amount": amount(minor, currency)}

    return say


def _range(wanted: Range | None, show: Callable[[int], str]) -> str:
    if wanted is None:
        return ""
    ends = []
    if wanted.at_least is not None:
        ends.append(_("at least %(value)s") % {"value": show(wanted.at_least)})
    if wanted.below is not None:
        ends.append(_("below %(value)s") % {"value": show(wanted.below)})
    return ", ".join(ends)


def _or(names: Iterable[str]) -> str:
    return _(" or ").join(names)


def _names(names: Iterable[str]) -> str:
    ordered = sorted(names)
    if len(ordered) <= SHOWN:
        return ", ".join(ordered)
    more = len(ordered) - SHOWN
    return ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", more) % {
        "names": ", ".join(ordered[:SHOWN]),
        "count": more,
    }


_NAMES: dict[str, Promise] = {
    "rate_bps": gettext_lazy("Base rate"),
    "basis": gettext_lazy("Paid on"),
    "is_base_scaled": gettext_lazy("Base rate and measured factor"),
    "tiers": gettext_lazy("Steps of the base rate"),
    "order_cap_minor": gettext_lazy("Most for one order"),
    "month_cap_minor": gettext_lazy("Most for one month"),
    "unknown_customer": gettext_lazy("A customer of whom nothing is known"),
    "factor": gettext_lazy("Measured factor"),
    "window_days": gettext_lazy("Attribution window"),
    "hold_days": gettext_lazy("Hold period"),
    "hold_from": gettext_lazy("The hold is counted from"),
    "undelivered_days": gettext_lazy("Hold while no delivery is known"),
    "holds": gettext_lazy("Hold of categories"),
    "trusted_days": gettext_lazy("Hold of trusted affiliates"),
    "minimum_payout_minor": gettext_lazy("Minimum payout"),
    "payment_days": gettext_lazy("Payment days"),
    "currency": gettext_lazy("Currency"),
}
_SAY: dict[str, Callable[[Any, str], str]] = {
    "rate_bps": lambda bps, _currency: percent(bps),
    "basis": lambda basis, _currency: str(Basis(basis).label),
    "is_base_scaled": lambda on, _currency: _("Times the measured factor.") if on else "",
    "tiers": _tiers,
    "order_cap_minor": _cap(gettext_lazy("%(amount)s of one order's credit")),
    "month_cap_minor": _cap(gettext_lazy("%(amount)s of one month's orders")),
    "unknown_customer": lambda one, _currency: (
        "" if one == Customer.UNKNOWN
        else _("Counts as %(customer)s.") % {"customer": CUSTOMERS[one]}
    ),
    "factor": _factor,
    "window_days": lambda number, _currency: days(number),
    "hold_days": lambda number, _currency: days(number),
    "hold_from": lambda one, _currency: (
        _("the delivery") if one == HoldFrom.DELIVERY else _("the order")
    ),
    "undelivered_days": lambda number, _currency: days(number),
    "holds": _holds,
    "trusted_days": lambda number, _currency: "" if number is None else days(number),
    "minimum_payout_minor": lambda minor, currency: amount(minor, currency),
    "payment_days": lambda found, _currency: ", ".join(map(str, sorted(found))),
    "currency": lambda code, _currency: code,
}  # fmt: skip
