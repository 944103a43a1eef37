"""A stored computation as sentences: one form for the affiliate, one for the retailer's staff.

On the reference basis every step is public by construction. On the actual basis the affiliate's
form leaves out the cost and the margin, from which the cost could be computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import BPS, Money
from payouts.models import CommissionLine

Step = dict[str, Any]

HIDDEN_FROM_PARTNERS = {"actual_cost"}


def partner_sentences(steps: Sequence[Step], currency: str) -> list[str]:
    """Return the computation for the affiliate, in the active language."""
    actual = any(step["step"] == "actual_cost" for step in steps)
    hidden = HIDDEN_FROM_PARTNERS | ({"margin", "order_cost"} if actual else set())
    return [_sentence(step, currency) for step in steps if step["step"] not in hidden]


def staff_sentences(line: CommissionLine, currency: str) -> list[str]:
    """Return the computation for people who may see costs, ending with the actual margin."""
    sentences = [_sentence(step, currency) for step in line.steps]
    if line.actual_margin_minor is not None:
        sentences.append(
            _("Actual margin of the line, with the real cost: %(amount)s.")
            % {"amount": _amount(line.actual_margin_minor, currency)}
        )
    return sentences


def _sentence(step: Step, currency: str) -> str:
    kind = step["step"]
    if kind == "excluded":
        return _excluded(step["reason"])
    if kind == "waiting":
        return _("This line waits for a fact from the shop. It is priced as soon as it is known.")
    if kind == "net":
        return _("Price paid without VAT, after discounts, for %(quantity)s: %(amount)s.") % {
            "quantity": step["quantity"],
            "amount": _amount(step["minor"], currency),
        }
    if kind == "reference_cost":
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
    if kind == "actual_cost":
        return _("Real cost: %(unit)s each, for %(quantity)s.") % {
            "unit": _amount(step["unit_minor"], currency),
            "quantity": step["quantity"],
        }
    if kind == "order_cost":
        return _("Its share of the order's published costs: %(amount)s.") % {
            "amount": _amount(step["minor"], currency)
        }
    if kind == "margin":
        if not step["minor"]:
            return _("No margin is left on this line, so it earns nothing.")
        return _("Margin: %(amount)s.") % {"amount": _amount(step["minor"], currency)}
    if kind == "rate":
        return _("Rate: %(rate)s of margin (terms, version %(version)s).") % {
            "rate": _percent(step["rate_bps"]),
            "version": step["terms"],
        }
    if kind == "share":
        return _("Share of the order: %(share)s.") % {"share": _percent(step["share_bps"])}
    return _("Commission: %(amount)s.") % {"amount": _amount(step["minor"], currency)}


def _excluded(reason: str) -> str:
    return {
        "test_order": _("Test order: it earns nothing."),
        "gift_card": _("Gift cards earn nothing; what is bought with them does."),
        "shipping": _("Shipping earns nothing."),
        "fee": _("Fees earn nothing."),
        "adjustment": _("Corrections by the shop earn nothing."),
    }.get(reason, _("This line earns nothing."))


def _amount(minor: int, currency: str) -> str:
    return format_currency(Money(minor, currency).to_decimal(), currency, locale=_locale())


def _percent(bps: int) -> str:
    whole, rest = divmod(bps * 100, BPS)
    number = whole if not rest else round(bps * 100 / BPS, 2)
    return f"{format_decimal(number, locale=_locale())} %"


def _locale() -> str:
    return {"fr": "fr_FR", "en": "en_GB"}[(get_language() or "fr")[:2]]
