"""By which rule the lines of a sale were paid, and what it pays: one wording for page and file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from affiliates.domain.terms import Pays
from core.money import Money
from payouts.models import CommissionLine
from portal.formats import format_bps, format_money


@dataclass(frozen=True, slots=True)
class Paid:
    """A rule by its name (the base of the terms has one too), and what it paid."""

    rule: str
    said: str


def paid_by(lines: Iterable[CommissionLine], currency: str) -> list[Paid]:
    """Return every rule that took a line of one sale, each once, in the order of the lines.

    Rates and amounts are those that count for ever, with tier and factor. What earns nothing
    whatever the terms say, like shipping, is left out.
    """
    found = (_paid(line, currency) for line in lines)
    return list(dict.fromkeys(one for one in found if one is not None))


def rules_of(paid: Sequence[Paid]) -> str:
    """Return the names of the rules, one after the other."""
    return "; ".join(one.rule for one in paid)


def said_of(paid: Sequence[Paid]) -> str:
    """Return what the rules paid, in the same order."""
    return "; ".join(one.said for one in paid)


def _paid(line: CommissionLine, currency: str) -> Paid | None:
    name = _text(line.steps, "rule", "name") or _("Base rate")
    if line.pays == Pays.MARGIN:
        return Paid(name, _("%(rate)s of the margin") % {"rate": format_bps(line.rate)})
    if line.pays == Pays.NET:
        rate = format_bps(line.rate)
        return Paid(name, _("%(rate)s of the price paid without VAT") % {"rate": rate})
    if line.pays == Pays.FLAT:
        amount = format_money(Money(line.rate, currency))
        return Paid(name, _("%(amount)s per order") % {"amount": amount})
    if line.rule:
        reason = _text(line.steps, "excluded", "text")
        return Paid(name, _("nothing: %(reason)s") % {"reason": reason})
    return None


def _text(steps: Iterable[dict[str, Any]], kind: str, key: str) -> str:
    found = (str(step[key]) for step in steps if step["step"] == kind and key in step)
    return next(found, "")
