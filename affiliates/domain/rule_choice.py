"""Which rule of the terms takes an order line, and why the others do not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from affiliates.domain import surfaces
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
    return next(
        (rule for rule in rules.rules if next(_failures(rule, facts, rules), None) is None), None
    )


def judge(rules: TermsRules, facts: LineFacts) -> tuple[RuleVerdict, ...]:
    """Return the verdict on every rule, in the order of priority: who wins, who is beaten."""
    verdicts: list[RuleVerdict] = []
    is_won = False
    for rule in rules.rules:
        failed = tuple(_failures(rule, facts, rules))
        verdicts.append(RuleVerdict(rule=rule, failed=failed, is_beaten=is_won and not failed))
        is_won = is_won or not failed
    return tuple(verdicts)


def _failures(rule: Rule, facts: LineFacts, rules: TermsRules) -> Iterator[str]:
    """Name the conditions that do not hold, one after the other: most callers need only one."""
    when = rule.when
    customer = facts.customer
    if customer == Customer.UNKNOWN:
        customer = rules.unknown_customer
    if not _is_in(facts.category, when.category):
        yield "category"
    if not _is_in(facts.brand, when.brand):
        yield "brand"
    if not _shares(facts.collections, when.collection):
        yield "collection"
    if not _is_in(facts.sku, when.sku):
        yield "sku"
    if not _is_in(customer.value, when.customer):
        yield "customer"
    if not _shares(facts.classes, when.affiliate_class):
        yield "affiliate_class"
    if not _is_in(facts.role, when.role):
        yield "role"
    if when.code and not _shares(
        {code.upper() for code in facts.codes}, {code.upper() for code in when.code}
    ):
        yield "code"
    if when.surface and not surfaces.is_on(facts.surface, when.surface):
        yield "surface"
    if not _lies_in(facts.discount_bps, when.discount_bps):
        yield "discount_bps"
    if not _lies_in(facts.order_minor, when.order_minor):
        yield "order_minor"
    if when.weekday and facts.placed_on.isoweekday() not in when.weekday:
        yield "weekday"
    if when.since is not None and facts.placed_on < when.since:
        yield "since"
    if when.until is not None and facts.placed_on >= when.until:
        yield "until"


def _is_in(value: str, wanted: Collection[str]) -> bool:
    return not wanted or value in wanted


def _shares(values: Collection[str], wanted: Collection[str]) -> bool:
    return not wanted or not set(wanted).isdisjoint(values)


def _lies_in(value: int | None, wanted: Range | None) -> bool:
    return wanted is None or (value is not None and wanted.holds(value))
