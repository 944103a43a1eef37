"""How many people let how much leave (rules P35 to P38). Amounts in minor units."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Rule:
    """Batches of more than ``above_minor`` need so many people, an owner among them if asked."""

    above_minor: int
    people: int
    needs_owner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a batch still lacks before it is approved."""

    people: int
    owner: bool

    def __bool__(self) -> bool:
        return bool(self.people or self.owner)


#: Without rules, and below the lowest of them.
ONE_PERSON = Rule(above_minor=0, people=1)


def rule_for(rules: Iterable[Rule], total_minor: int) -> Rule:
    """Return the rule of the highest amount that ``total_minor`` exceeds (P35)."""
    return max((rule for rule in rules if total_minor > rule.above_minor), default=ONE_PERSON)


def missing(rule: Rule, owners: Collection[bool]) -> Missing:
    """Return what is missing. ``owners`` says of each who approved whether they are an owner."""
    lacks_owner = rule.needs_owner and not any(owners)
    lacking = max(rule.people - len(owners), 1 if lacks_owner else 0)
    return Missing(people=lacking, owner=lacks_owner)


def exceeds_daily_limit(limit_minor: int | None, approved_minor: int, total_minor: int) -> bool:
    """Tell whether a yes to ``total_minor`` more passes the limit of the day; ``None``: none."""
    return limit_minor is not None and approved_minor + total_minor > limit_minor


def why_not_a_set(rules: Collection[Rule]) -> str:
    """Return what is wrong with rules that are to hold together, as a code; empty when nothing.

    A larger batch never needs fewer people than a smaller one, nor does it lose its owner.
    """
    ordered = sorted(rules)
    if not ordered:
        return "empty"
    if len({rule.above_minor for rule in ordered}) < len(ordered):
        return "twice"
    for smaller, larger in zip(ordered, ordered[1:], strict=False):
        if larger.people < smaller.people or (smaller.needs_owner and not larger.needs_owner):
            return "weaker"
    if any(rule.people < 1 for rule in ordered):
        return "nobody"
    return ""
