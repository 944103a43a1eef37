"""What moving the edges of margin bands would have done to commissions of the past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.money import Money
from payouts.domain.moved_bands import PastLine, earned_in_band
from payouts.models import CommissionLine, CommissionStatus

BASIS = "reference"
#: How far back commissions are looked at.
LOOK_BACK = timedelta(days=90)
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Effect:
    """Commissions on reference margin in one currency, before caps, budgets and returns."""

    lines: int
    paid: Money
    would_be: Money

    @property
    def difference(self) -> Money:
        """What would have been paid on top; below zero: less."""
        return self.would_be - self.paid


def summed(effects: Mapping[int, Sequence[Effect]]) -> list[Effect]:
    """Return the effects on all affiliates together, one per currency, by its code."""
    sums: dict[str, list[int]] = {}
    for one in (effect for found in effects.values() for effect in found):
        _add(sums, one.paid.currency, one.lines, one.paid.minor, one.would_be.minor)
    return _effects(sums)


def effects_by_affiliate(
    places: Mapping[int, tuple[int, int]], *, since: datetime, until: datetime
) -> dict[int, list[Effect]]:
    """Return the effect on each affiliate with orders placed from ``since`` to ``until``.

    ``places`` is each product's list price without VAT and lower edge under the moved bands; a
    line whose product is not there keeps what it earned. One effect per currency, by its code.
    """
    rows = (
        CommissionLine.objects.filter(
            commission__basis=BASIS,
            margin_minor__isnull=False,
            order_line__order__placed_at__gte=since,
            order_line__order__placed_at__lt=until,
        )
        .exclude(commission__status=CommissionStatus.REVERSED)
        .values_list(
            "commission__affiliate",
            "order_line__product_id",
            "order_line__quantity",
            "order_line__net_minor",
            "order_cost_minor",
            "pays",
            "rate",
            "commission__credit__share_bps",
            "amount_minor",
            "cut_minor",
            "commission__currency",
        )
    )
    sums: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for row in rows.iterator(chunk_size=_AT_ONCE):
        affiliate_id, product_id, quantity, net, cost, pays, rate, share, amount, cut, currency = (
            row
        )
        line = PastLine(
            quantity=quantity,
            net_minor=net,
            order_cost_minor=cost,
            pays=pays,
            rate=rate,
            share_bps=share,
            uncut_minor=amount + cut,
            currency=currency,
        )
        would_be = line.uncut_minor
        if product_id in places:
            price, lower_bps = places[product_id]
            would_be = earned_in_band(line, list_price_minor=price, lower_bps=lower_bps)
        _add(sums[affiliate_id], currency, 1, line.uncut_minor, would_be)
    return {affiliate_id: _effects(found) for affiliate_id, found in sums.items()}


def _add(sums: dict[str, list[int]], currency: str, *numbers: int) -> None:
    before = sums.get(currency, [0] * len(numbers))
    sums[currency] = [one + more for one, more in zip(before, numbers, strict=True)]


def _effects(sums: Mapping[str, Sequence[int]]) -> list[Effect]:
    return [
        Effect(count, Money(paid, currency), Money(would_be, currency))
        for currency, (count, paid, would_be) in sorted(sums.items())
    ]
