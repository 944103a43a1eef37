"""Which rule of the terms takes an order line, and why the others do not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from affiliates.domain.terms import Customer, Range, Rule, TermsRules


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What rules may ask of a line, its order and its credit.

    Texts of the catalogue are as the shop says them now; a fact that is not known is empty, and
    a condition about it does not hold.
    """

    category: str = ""
    brand: str = ""
    collections: frozenset[str] = frozenset()
    sku: str = ""
    customer: Customer = Customer.UNKNOWN
    classes: frozenset[str] = frozenset()
    role: str = ""
    codes: frozenset[str] = frozenset()
    surface: str = ""
    discount_bps: int | None = None
    order_minor: int = 0
    placed_on: date = date.min  # In the programme's time zone.


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVerdict:
    """What became of one rule. ``failed`` names the conditions that do not hold."""

    rule: Rule
    failed: tuple[str, ...] = ()
    is_beaten: bool = False  # It would take the line, but a rule before it does.

    @property
    def wins(self) -> bool:
        return not self.failed and not self.is_beaten


def choose(rules: TermsRules, facts: LineFacts) -> Rule | None:
    """Return the rule that takes the line, or ``None``: the base of the terms. Rules T2, T3."""
    return next((rule for rule in rules.rules if not _failed(rule, facts, rules)), None)


def judge(rules: TermsRules, facts: LineFacts) -> tuple[RuleVerdict, ...]:
    """Return the verdict on every rule, in the order of priority: who wins, who is beaten."""
    verdicts: list[RuleVerdict] = []
    is_won = False
    for rule in rules.rules:
        failed = _failed(rule, facts, rules)
        verdicts.append(RuleVerdict(rule=rule, failed=failed, is_beaten=is_won and not failed))
        is_won = is_won or not failed
    return tuple(verdicts)


def _failed(rule: Rule, facts: LineFacts, rules: TermsRules) -> tuple[str, ...]:
    when = rule.when
    customer = facts.customer
    if customer == Customer.UNKNOWN:
        customer = rules.unknown_customer
    met = {
        "category": _is_in(facts.category, when.category),
        "brand": _is_in(facts.brand, when.brand),
        "collection": _shares(facts.collections, when.collection),
        "sku": _is_in(facts.sku, when.sku),
        "customer": _is_in(customer.value, when.customer),
        "affiliate_class": _shares(facts.classes, when.affiliate_class),
        "role": _is_in(facts.role, when.role),
        "code": _shares(
            {code.upper() for code in facts.codes}, {code.upper() for code in when.code}
        ),
        "surface": _is_on(facts.surface, when.surface),
        "discount_bps": _lies_in(facts.discount_bps, when.discount_bps),
        "order_minor": _lies_in(facts.order_minor, when.order_minor),
        "weekday": not when.weekday or facts.placed_on.isoweekday() in when.weekday,
        "since": when.since is None or when.since <= facts.placed_on,
        "until": when.until is None or facts.placed_on < when.until,
    }
    return tuple(name for name, holds in met.items() if not holds)


def _is_in(value: str, wanted: Collection[str]) -> bool:
    return not wanted or value in wanted


def _shares(values: Collection[str], wanted: Collection[str]) -> bool:
    return not wanted or not set(wanted).isdisjoint(values)


def _is_on(surface: str, wanted: Collection[str]) -> bool:
    return not wanted or any(
        surface.startswith(one[:-1]) if one.endswith("*") else surface == one for one in wanted
    )


def _lies_in(value: int | None, wanted: Range | None) -> bool:
    return wanted is None or (value is not None and wanted.holds(value))
