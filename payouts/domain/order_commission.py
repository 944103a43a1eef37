"""What a whole order earns one affiliate: flat amounts over their lines, then rules' caps, then its
own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from affiliates.domain.terms import Pays, TermsRules
from core.money import BPS, Money
from payouts.domain.commission import Deal, Earned, Line, earn, tariff_for
from payouts.domain.tariffs import Step

RULE_CAP = "rule_cap"
ORDER_CAP = "order_cap"
MONTH_CAP = "month_cap"
BUDGET = "budget"


def earn_order(lines: Sequence[Line], deal: Deal, *, currency: str) -> list[Earned]:
    """Return what each line of an order earns, caps of rules and of the order taken off.

    Caps of a month and budgets come after: they depend on other orders. Units: minor units of
    ``currency``. Rounding: half away from zero, once per line; a flat amount and what a cap takes
    are split to the last unit. Rules C6, C8 and C9 of docs/rules/commission.md.

    :raises RateOutOfRange: if the rate or the share is not between 0 and 100 %.
    """
    parts = _flat_parts(lines, deal, currency)
    earned = [
        earn(line, deal, currency=currency, part_minor=part)
        for line, part in zip(lines, parts, strict=True)
    ]
    earned = limit_rules(earned, deal.rules, currency=currency)
    cap = deal.rules.order_cap_minor
    return earned if cap is None else limit(earned, cap, reason=ORDER_CAP, currency=currency)


def limit_rules(
    earned: Sequence[Earned],
    rules: TermsRules,
    *,
    currency: str,
    taken: Mapping[str, int] | None = None,
) -> list[Earned]:
    """Return the lines with no more for all lines of one rule than the cap of that rule.

    ``taken``: what lines of the credit took of it before, in minor units by the key of the rule.
    Split as ``limit`` splits. Rule C8.
    """
    left = list(earned)
    for rule in rules.rules:
        if rule.cap_minor is None:
            continue
        places = [place for place, one in enumerate(left) if one.rule == rule.key]
        within = limit(
            [left[place] for place in places],
            rule.cap_minor - (taken or {}).get(rule.key, 0),
            reason=RULE_CAP,
            currency=currency,
            of_minor=rule.cap_minor,
            name=rule.name,
        )
        for place, one in zip(places, within, strict=True):
            left[place] = one
    return left


def limit(
    earned: Sequence[Earned],
    most_minor: int,
    *,
    reason: str,
    currency: str,
    of_minor: int = -1,
    name: str = "",
) -> list[Earned]:
    """Return the lines with no more than ``most_minor`` in all, the rest taken off in proportion.

    ``of_minor``: the whole limit, where others took of it before. ``name``: that of the rule whose
    cap it is. Largest remainder, so that what is taken off adds up; no line falls below zero.
    Rules C8 to C11.
    """
    total = sum(one.amount_minor for one in earned)
    excess = total - max(0, most_minor)
    if excess <= 0:
        return list(earned)
    cuts = Money(excess, currency).split([one.amount_minor for one in earned])
    whole = most_minor if of_minor < 0 else of_minor
    said: Step = {"step": "cut", "reason": reason, "limit": whole}
    if name:
        said["name"] = name
    return [
        _cut(one, cut.minor, {**said, "minor": cut.minor}) if cut else one
        for one, cut in zip(earned, cuts, strict=True)
    ]


def _cut(one: Earned, minor: int, step: Step) -> Earned:
    left = one.amount_minor - minor
    return replace(
        one,
        amount_minor=left,
        cut_minor=one.cut_minor + minor,
        steps=(*one.steps[:-1], step, {"step": "amount", "minor": left}),
    )


def _flat_parts(lines: Sequence[Line], deal: Deal, currency: str) -> list[int | None]:
    """Split each flat amount, the affiliate's share of it, over the lines of its rule by net."""
    parts: list[int | None] = [None] * len(lines)
    if not any(rule.pays == Pays.FLAT for rule in deal.rules.rules) and not any(
        line.tariff for line in lines
    ):
        return parts
    taken: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        tariff = tariff_for(line, deal)
        if not isinstance(tariff, str) and tariff.pays == Pays.FLAT:
            taken[tariff.rule, tariff.rate].append(place)
    for (_rule, minor), places in taken.items():
        flat = Money(minor, currency).share(deal.share_bps, BPS)
        split = flat.split([max(0, lines[place].net_minor) for place in places])
        for place, part in zip(places, split, strict=True):
            parts[place] = part.minor
    return parts
