"""What differs between two versions of terms, and whether anything is worse for an affiliate.

Rule T11 of docs/rules/terms.md: a difference whose effect cannot be told counts as worse, for it
is told in time and never by surprise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from affiliates.domain.terms import Bonus, HoldFrom, Pays, Rule, TermsRules, Tiers
from affiliates.domain.terms_content import TermsContent
from core.money import BPS


class Effect(StrEnum):
    """What a difference does to an affiliate."""

    BETTER = "better"
    WORSE = "worse"  # Or it cannot be told.
    SAME = "same"  # It pays neither otherwise nor at another time.


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. ``about`` is a field of the terms, "rule" or "bonus", or "order_of_rules".

    ``before`` is ``None`` for what was added and ``after`` for what was removed; both are values
    of the domain (a ``Rule``, a ``Tiers``, an amount).
    """

    about: str
    before: Any
    after: Any
    effect: Effect


#: Fields of which more is better, and those of which less is.
_MORE = ("rate_bps", "window_days")
_LESS = ("hold_days", "minimum_payout_minor")


def differences(before: TermsContent, after: TermsContent) -> tuple[Change, ...]:
    """Return every difference, in the order in which terms are read."""
    return tuple(
        change
        for change in (
            *_fields(before, after),
            *_rules(before, after),
            *_rest(before, after),
            *_bonuses(before.rules, after.rules),
        )
        if change.before != change.after
    )


def is_worse(changes: tuple[Change, ...]) -> bool:
    """Tell whether an affiliate must be told ahead."""
    return any(change.effect == Effect.WORSE for change in changes)


def _fields(before: TermsContent, after: TermsContent) -> Iterator[Change]:
    for name in ("basis", "currency"):
        yield _change(name, getattr(before, name), getattr(after, name), Effect.WORSE)
    for name in _MORE:
        yield _more(name, getattr(before, name), getattr(after, name))
    for name in _LESS:
        yield _more(name, getattr(after, name), getattr(before, name), is_reversed=True)
    kept = set(before.payment_days) <= set(after.payment_days)
    yield _change("payment_days", before.payment_days, after.payment_days, _effect(is_better=kept))


def _rest(before: TermsContent, after: TermsContent) -> Iterator[Change]:
    old, new = before.rules, after.rules
    scaled = old.is_scaled or new.is_scaled
    yield _change(
        "is_base_scaled", old.is_base_scaled, new.is_base_scaled,
        _scaling(old, new, turned_on=new.is_base_scaled),
    )  # fmt: skip
    for name in ("order_cap_minor", "month_cap_minor"):
        was, now = getattr(old, name), getattr(new, name)
        yield _change(name, was, now, _effect(is_better=_no_lower(was, now)))
    asks = any(rule.when.customer for rule in (*old.rules, *new.rules))
    yield _change(
        "unknown_customer", old.unknown_customer, new.unknown_customer,
        Effect.WORSE if asks else Effect.SAME,
    )  # fmt: skip
    yield _change("tiers", old.tiers, new.tiers, _effect(is_better=_tiers_keep(old, new)))
    yield _change(
        "hold_from", old.hold_from, new.hold_from,
        _effect(is_better=new.hold_from == HoldFrom.ORDER),
    )  # fmt: skip
    undelivered = _more(
        "undelivered_days", new.undelivered_days, old.undelivered_days, is_reversed=True
    )
    by_delivery = HoldFrom.DELIVERY in {old.hold_from, new.hold_from}
    yield undelivered if by_delivery else replace(undelivered, effect=Effect.SAME)
    yield _holds(before, after)
    was, now = old.trusted_days, new.trusted_days
    sooner = now is not None and (was is None or now <= was)
    yield _change("trusted_days", was, now, _effect(is_better=sooner))
    kept = old.factor.floor_bps <= new.factor.floor_bps and old.factor.cap_bps <= new.factor.cap_bps
    yield _change(
        "factor", old.factor, new.factor, _effect(is_better=kept) if scaled else Effect.SAME
    )


def _change(about: str, before: Any, after: Any, effect: Effect) -> Change:
    return Change(about=about, before=before, after=after, effect=effect)


def _effect(*, is_better: bool) -> Effect:
    return Effect.BETTER if is_better else Effect.WORSE


def _no_lower(was: int | None, now: int | None) -> bool:
    """Tell whether a cap takes no more than before; ``None`` is no cap."""
    return now is None or (was is not None and now >= was)


def _more(about: str, low: int, high: int, *, is_reversed: bool = False) -> Change:
    """Return a change of a number that is better when ``high`` is above ``low``."""
    before, after = (high, low) if is_reversed else (low, high)
    return _change(about, before, after, _effect(is_better=high >= low))


def _rules(before: TermsContent, after: TermsContent) -> Iterator[Change]:
    old = {rule.key: rule for rule in before.rules.rules}
    new = {rule.key: rule for rule in after.rules.rules}
    for key, rule in new.items():
        if key not in old:
            yield _change("rule", None, rule, _effect(is_better=_adds(rule, before)))
    for key, rule in old.items():
        if key not in new:
            yield _change("rule", rule, None, _effect(is_better=_frees(rule, after)))
        else:
            moved = replace(new[key], priority=rule.priority)
            yield _change("rule", rule, moved, _rewrites(rule, moved, before, after))
    were = tuple(rule.name for key, rule in old.items() if key in new)
    are = tuple(old[key].name for key in new if key in old)
    yield _change("order_of_rules", were, are, Effect.WORSE)


def _adds(rule: Rule, before: TermsContent) -> bool:
    """Tell whether a new rule surely pays no less than whatever took its lines before."""
    if rule.pays != Pays.MARGIN or rule.is_scaled or rule.cap_minor is not None:
        return False
    others = before.rules.rules
    tiers = before.rules.tiers.steps if before.rules.tiers else ()
    rates = [before.rate_bps, *(one.rate_bps for one in others), *(one.rate_bps for one in tiers)]
    if before.rules.is_scaled and before.rules.factor.cap_bps > BPS:
        return False
    known = all(one.pays in {Pays.MARGIN, Pays.NOTHING} for one in others)
    return known and rule.rate_bps >= max(rates)


def _frees(rule: Rule, after: TermsContent) -> bool:
    """Tell whether the lines of a rule that goes surely earn no less without it."""
    if rule.pays == Pays.NOTHING:
        return True
    others = after.rules.rules
    if rule.pays != Pays.MARGIN or rule.is_scaled or after.rules.is_scaled:
        return False
    free = all(one.pays == Pays.MARGIN and one.cap_minor is None for one in others)
    return free and rule.rate_bps <= min(after.rate_bps, *(one.rate_bps for one in others), BPS)


def _rewrites(old: Rule, new: Rule, before: TermsContent, after: TermsContent) -> Effect:
    if replace(old, name=new.name, reason=new.reason) == new:
        return Effect.SAME
    if old.when != new.when:
        return Effect.WORSE
    if old.pays == Pays.NOTHING:
        return Effect.BETTER
    if old.pays != new.pays or new.rate_bps < old.rate_bps or new.flat_minor < old.flat_minor:
        return Effect.WORSE
    if not _no_lower(old.cap_minor, new.cap_minor):
        return Effect.WORSE
    if old.is_scaled != new.is_scaled:
        return _scaling(before.rules, after.rules, turned_on=new.is_scaled)
    return Effect.BETTER


def _scaling(old: TermsRules, new: TermsRules, *, turned_on: bool) -> Effect:
    """Say what it does to be scaled by the measured factor from now on, or no longer."""
    if turned_on:
        return _effect(is_better=new.factor.floor_bps >= BPS)
    return _effect(is_better=old.factor.cap_bps <= BPS)


def _tiers_keep(old: TermsRules, new: TermsRules) -> bool:
    """Tell whether every step of before is reached as early and pays as much."""
    was, now = old.tiers, new.tiers
    if was is None:
        return True
    if now is None or (was.metric, was.every) != (now.metric, now.every):
        return False
    return all(_rate_at(now, step.at) >= step.rate_bps for step in was.steps)


def _rate_at(tiers: Tiers, at: int) -> int:
    return max((step.rate_bps for step in tiers.steps if step.at <= at), default=0)


def _holds(before: TermsContent, after: TermsContent) -> Change:
    old, new = before.rules.holds, after.rules.holds
    categories = {name for hold in (*old, *new) for name in hold.category}
    no_longer = all(_days(after, name) <= _days(before, name) for name in categories)
    return _change("holds", old, new, _effect(is_better=no_longer))


def _days(content: TermsContent, category: str) -> int:
    held = (hold.days for hold in content.rules.holds if category in hold.category)
    return next(held, content.hold_days)


def _bonuses(old: TermsRules, new: TermsRules) -> Iterator[Change]:
    before = {bonus.key: bonus for bonus in old.bonuses}
    after = {bonus.key: bonus for bonus in new.bonuses}
    for key in (*after, *(key for key in before if key not in after)):
        was, now = before.get(key), after.get(key)
        yield _change("bonus", was, now, _bonus_effect(was, now))


def _bonus_effect(was: Bonus | None, now: Bonus | None) -> Effect:
    if was is None or now is None:
        return _effect(is_better=was is None)
    if replace(was, name=now.name) == now:
        return Effect.SAME
    same = replace(was, name=now.name, minor=now.minor, at=now.at) == now
    return _effect(is_better=same and now.minor >= was.minor and now.at <= was.at)
