"""A stored computation as sentences: one form for the affiliate, one for the retailer's staff.

On the reference basis every step is public by construction. On the actual basis the affiliate's
form leaves out the cost, the margin and how far it limits an amount, from which the cost could be
computed. Of the programme's budget it says that it is used up, not how large it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from affiliates.domain.terms import Pays
from core.money import BPS, Money
from core.money_words import money_words
from payouts.domain.order_commission import BUDGET, MONTH_CAP, RULE_CAP
from payouts.models import CommissionLine

Step = dict[str, Any]

#: On the actual basis: what would tell the cost.
HIDDEN_FROM_PARTNERS = {"actual_cost", "margin", "order_cost"}


def partner_sentences(steps: Sequence[Step], currency: str) -> list[str]:
    """Return the computation for the affiliate, in the active language."""
    if any(step["step"] == "actual_cost" for step in steps):
        steps = [step for step in steps if step["step"] not in HIDDEN_FROM_PARTNERS]
        return [_sentence(_without_cost(step), currency) for step in steps]
    return [_sentence(_without_budget(step), currency) for step in steps]


def staff_sentences(line: CommissionLine, currency: str) -> list[str]:
    """Return the computation for people who may see costs, ending with the actual margin."""
    sentences = all_sentences(line.steps, currency)
    if line.actual_margin_minor is not None:
        sentences.append(
            _("Actual margin of the line, with the real cost: %(amount)s.")
            % {"amount": _amount(line.actual_margin_minor, currency)}
        )
    return sentences


def all_sentences(steps: Sequence[Step], currency: str) -> list[str]:
    """Return every step of a computation, for people who may see costs."""
    return [_sentence(step, currency) for step in steps]


def _without_cost(step: Step) -> Step:
    return {"step": "limit"} if step["step"] == "limit" else _without_budget(step)


def _without_budget(step: Step) -> Step:
    return {**step, "limit": None} if step.get("reason") == BUDGET else step


def _sentence(step: Step, currency: str) -> str:
    return _SAY[step["step"]](step, currency)


def _waiting(_step: Step, _currency: str) -> str:
    return _("This line waits for a fact from the shop. It is priced as soon as it is known.")


def _net(step: Step, currency: str) -> str:
    return _("Price paid without VAT, after discounts, for %(quantity)s: %(amount)s.") % {
        "quantity": step["quantity"],
        "amount": _amount(step["minor"], currency),
    }


def _reference_cost(step: Step, currency: str) -> str:
    return _(
        "Reference cost: margin band %(lower)s–%(upper)s, so %(unit)s each"
        " (list price %(list)s less %(lower)s), %(amount)s in all."
    ) % {
        "lower": _percent(step["lower_bps"]),
        "upper": _percent(step["upper_bps"]),
        "unit": _amount(step["unit_minor"], currency),
        "list": _amount(step["list_price_minor"], currency),
        "amount": _amount(step["minor"], currency),
    }


def _actual_cost(step: Step, currency: str) -> str:
    return _("Real cost: %(unit)s each, for %(quantity)s.") % {
        "unit": _amount(step["unit_minor"], currency),
        "quantity": step["quantity"],
    }


def _order_cost(step: Step, currency: str) -> str:
    return _("Its share of the order's published costs: %(amount)s.") % {
        "amount": _amount(step["minor"], currency)
    }


def _margin(step: Step, currency: str) -> str:
    if not step["minor"]:
        return _("No margin is left on this line, so it earns nothing.")
    return _("Margin: %(amount)s.") % {"amount": _amount(step["minor"], currency)}


def _rule(step: Step, _currency: str) -> str:
    return _("Rule of the terms: “%(name)s”.") % {"name": step["name"]}


def _tier(step: Step, _currency: str) -> str:
    return _("Tier reached before this order: the rate is %(rate)s instead of %(before)s.") % {
        "rate": _percent(step["rate_bps"]),
        "before": _percent(step["instead_of"]),
    }


def _factor(step: Step, _currency: str) -> str:
    if step["measured_bps"] == step["factor_bps"]:
        return _("Measured incrementality: %(factor)s, by which the rate is multiplied.") % {
            "factor": _percent(step["factor_bps"])
        }
    return _(
        "Measured incrementality: %(measured)s. By the terms it counts as %(factor)s, by which the"
        " rate is multiplied."
    ) % {"measured": _percent(step["measured_bps"]), "factor": _percent(step["factor_bps"])}


def _rate(step: Step, _currency: str) -> str:
    said = {"rate": _percent(step["rate_bps"]), "version": step["terms"]}
    if step.get("pays") == Pays.NET:
        return (
            _("Rate: %(rate)s of the price paid without VAT (terms, version %(version)s).") % said
        )
    return _("Rate: %(rate)s of margin (terms, version %(version)s).") % said


def _flat(step: Step, currency: str) -> str:
    return _("Fixed amount, once per order: %(amount)s (terms, version %(version)s).") % {
        "amount": _amount(step["minor"], currency),
        "version": step["terms"],
    }


def _part(step: Step, currency: str) -> str:
    return _("This line's part of it, in proportion to the prices: %(amount)s.") % {
        "amount": _amount(step["minor"], currency)
    }


def _limit(step: Step, currency: str) -> str:
    if "minor" not in step:
        return _("A limit that holds for every line takes a part of it off.")
    return _("No line earns more than its margin: %(amount)s.") % {
        "amount": _amount(step["minor"], currency)
    }


def _share(step: Step, _currency: str) -> str:
    return _("Share of the order: %(share)s.") % {"share": _percent(step["share_bps"])}


def _cut(step: Step, currency: str) -> str:
    said = {"amount": _amount(step["minor"], currency)}
    if step["reason"] == BUDGET and step["limit"] is None:
        return _(
            "The programme's budget for the month of the order is used up: %(amount)s less."
        ) % said  # fmt: skip
    said["limit"] = _amount(step["limit"], currency)
    if step["reason"] == BUDGET:
        return (
            _(
                "The programme's budget for the month of the order, %(limit)s, is used up:"
                " %(amount)s less."
            )
            % said
        )
    if step["reason"] == MONTH_CAP:
        return (
            _(
                "The terms pay at most %(limit)s for the orders of one month, and that is reached:"
                " %(amount)s less."
            )
            % said
        )
    if step["reason"] == RULE_CAP:
        said["name"] = step["name"]
        return (
            _(
                "The rule “%(name)s” pays at most %(limit)s for one order: %(amount)s less on this"
                " line."
            )
            % said
        )
    return _("The terms pay at most %(limit)s for one order: %(amount)s less on this line.") % said


def _commission(step: Step, currency: str) -> str:
    return _("Commission: %(amount)s.") % {"amount": _amount(step["minor"], currency)}


def _rise(step: Step, currency: str) -> str:
    return _("With the corrected cost it would be %(to)s instead of %(of)s: %(amount)s more.") % {
        "to": _amount(step["to"], currency),
        "of": _amount(step["of"], currency),
        "amount": _amount(step["minor"], currency),
    }


def _beside(_step: Step, _currency: str) -> str:
    return _(
        "What the team booked for this sale goes along with its goods, and the sale never falls"
        " below zero."
    )


def _excluded(step: Step, _currency: str) -> str:
    if step["reason"] == "rule":
        return _("It earns nothing: %(reason)s.") % {"reason": step["text"].rstrip(".")}
    return {
        "test_order": _("Test order: it earns nothing."),
        "gift_card": _("Gift cards earn nothing; what is bought with them does."),
        "shipping": _("Shipping earns nothing."),
        "fee": _("Fees earn nothing."),
        "adjustment": _("Corrections by the shop earn nothing."),
    }.get(step["reason"], _("This line earns nothing."))


_SAY: Mapping[str, Callable[[Step, str], str]] = {
    "excluded": _excluded,
    "waiting": _waiting,
    "net": _net,
    "reference_cost": _reference_cost,
    "actual_cost": _actual_cost,
    "order_cost": _order_cost,
    "margin": _margin,
    "rule": _rule,
    "tier": _tier,
    "factor": _factor,
    "rate": _rate,
    "flat": _flat,
    "part": _part,
    "limit": _limit,
    "share": _share,
    "cut": _cut,
    "rise": _rise,
    "beside": _beside,
    "amount": _commission,
}


def _amount(minor: int, currency: str) -> str:
    return money_words(Money(minor, currency))


def _percent(bps: int) -> str:
    whole, rest = divmod(bps * 100, BPS)
    number = whole if not rest else round(bps * 100 / BPS, 2)
    return f"{format_decimal(number, locale=_locale())} %"


def _locale() -> str:
    return {"fr": "fr_FR", "en": "en_GB"}[(get_language() or "fr")[:2]]
