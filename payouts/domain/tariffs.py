"""How an order line is paid: which rule takes it, on what it pays, and at which rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from affiliates.domain.rule_choice import LineFacts, choose
from affiliates.domain.terms import Pays, Rule, TermsRules
from core.money import BPS, ratio

Step = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """How one line is paid. Decided once, frozen on the commission's line, never decided again."""

    rule: str  # Key of the rule; empty: the base of the terms.
    pays: Pays
    rate: int  # Basis points, with tier and factor; of a flat amount minor units, once per order.
    reason: str = ""  # Why it pays nothing.
    steps: tuple[Step, ...] = ()


def tariff_of(
    facts: LineFacts,
    *,
    rules: TermsRules,
    rate_bps: int,
    tier_bps: int | None,
    factor_bps: int | None,
    terms_version: int,
) -> Tariff:
    """Return how the terms pay a line.

    The base is ``rate_bps`` of margin, or the rate of the tier that was reached. A measured
    factor scales what is marked as scaled; the product is rounded half away from zero to a whole
    basis point (a flat amount to a minor unit). Rules T2 to T5 of docs/rules/terms.md.
    """
    rule = choose(rules, facts)
    if rule is None:
        tier: tuple[Step, ...] = ()
        if tier_bps is not None:
            tier = ({"step": "tier", "rate_bps": tier_bps, "instead_of": rate_bps},)
            rate_bps = tier_bps
        rate, factor = _scaled(rate_bps, rules, factor_bps if rules.is_base_scaled else None)
        said: Step = {"step": "rate", "rate_bps": rate, "terms": terms_version}
        return Tariff(rule="", pays=Pays.MARGIN, rate=rate, steps=(*tier, *factor, said))
    named: Step = {"step": "rule", "key": rule.key, "name": rule.name, "priority": rule.priority}
    if rule.pays == Pays.NOTHING:
        return Tariff(rule=rule.key, pays=rule.pays, rate=0, reason=rule.reason, steps=(named,))
    rate, factor = _scaled(_rate(rule), rules, factor_bps if rule.is_scaled else None)
    return Tariff(
        rule=rule.key,
        pays=rule.pays,
        rate=rate,
        steps=(named, *factor, rate_step(rule.pays, rate, terms_version)),
    )


def rate_step(pays: Pays, rate: int, terms_version: int) -> Step:
    """Return the step that says what a line is paid: a rate, or a flat amount of the order."""
    if pays == Pays.FLAT:
        return {"step": "flat", "minor": rate, "terms": terms_version}
    said: Step = {"step": "rate", "rate_bps": rate, "terms": terms_version}
    return {**said, "pays": pays.value} if pays == Pays.NET else said


def _rate(rule: Rule) -> int:
    return rule.flat_minor if rule.pays == Pays.FLAT else rule.rate_bps


def _scaled(rate: int, rules: TermsRules, factor_bps: int | None) -> tuple[int, tuple[Step, ...]]:
    """Return the rate times the factor that counts; without a factor the rate itself."""
    if factor_bps is None:
        return rate, ()
    counts = rules.factor.clamp(factor_bps)
    scaled = ratio(rate * counts, BPS)
    return scaled, (
        {"step": "factor", "measured_bps": factor_bps, "factor_bps": counts, "of": rate},
    )
