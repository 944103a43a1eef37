"""What a whole order earns one affiliate: flat amounts over their lines, then the order's cap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from affiliates.domain.terms import Pays
from core.money import BPS, Money
from payouts.domain.commission import Deal, Earned, Line, earn, tariff_for
from payouts.domain.tariffs import Step

ORDER_CAP = "order_cap"
MONTH_CAP = "month_cap"
BUDGET = "budget"


def earn_order(lines: Sequence[Line], deal: Deal, *, currency: str) -> list[Earned]:
    """Return what each line of an order earns, the cap of the order taken off.

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
    cap = deal.rules.order_cap_minor
    return earned if cap is None else limit(earned, cap, reason=ORDER_CAP, currency=currency)


def limit(
    earned: Sequence[Earned], most_minor: int, *, reason: str, currency: str, of_minor: int = -1
) -> list[Earned]:
    """Return the lines with no more than ``most_minor`` in all, the rest taken off in proportion.

    ``of_minor``: the whole limit, where others took of it before. Largest remainder, so that
    what is taken off adds up; no line falls below zero. Rules C9 to C11.
    """
    total = sum(one.amount_minor for one in earned)
    excess = total - max(0, most_minor)
    if excess <= 0:
        return list(earned)
    cuts = Money(excess, currency).split([one.amount_minor for one in earned])
    whole = most_minor if of_minor < 0 else of_minor
    return [
        _cut(one, cut.minor, {"step": "cut", "reason": reason, "minor": cut.minor, "limit": whole})
        if cut
        else one
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
