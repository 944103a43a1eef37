"""What is left of an order's lines after goods and money went back: pure, by the shop's dates.

The result depends on what happened and when, never on the order in which it became known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from core.money import Money, ratio
from payouts.domain.commission import PRODUCT

SHIPPING = "shipping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """One order line as it was sold. The net is of the whole line, without VAT."""

    line: int
    kind: str
    quantity: int
    net_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Goods that came back (``quantity``), or money without goods (zero).

    ``line`` is None for money that was given back for the whole order. ``key`` orders what the
    shop did at the same moment.
    """

    at: datetime
    key: str
    line: int | None
    quantity: int
    net_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of a line: how many units, and what the whole line is worth at their price.

    ``net_minor`` is the price that was paid in the end for one unit, times the quantity sold.
    """

    quantity: int
    net_minor: int


@dataclass(slots=True)
class _Rest:
    sold: Sold
    quantity: int
    unit: Fraction  # What one unit costs after refunds, in minor units.

    @property
    def net(self) -> Fraction:
        return self.unit * self.quantity

    def reduce(self, minor: int) -> None:
        """Give back money for the units that are still there, at most all that they cost."""
        if self.quantity:
            self.unit = max(Fraction(0), self.unit - Fraction(minor, self.quantity))


def left_of(sold: Sequence[Sold], backs: Iterable[Back]) -> dict[int, Left]:
    """Return what is left of each line, by line.

    Goods that come back take their units along. Money for a line lowers the price of its units
    that are still there. Money for the whole order is shipping first, as far as shipping is left;
    the rest lowers the product lines in proportion to what is left of them (largest remainder),
    at most to nothing. Rounding: once per line, half away from zero. Rules R2 to R5.
    """
    rests = {one.line: _Rest(one, one.quantity, Fraction(one.net_minor, one.quantity))
             for one in sold}  # fmt: skip
    for back in sorted(backs, key=lambda one: (one.at, one.key)):
        if back.line is None:
            if not back.quantity:
                _reduce_all(rests.values(), back.net_minor)
        elif back.quantity:
            rest = rests[back.line]
            rest.quantity = max(0, rest.quantity - back.quantity)
        else:
            rests[back.line].reduce(back.net_minor)
    return {
        line: Left(quantity=rest.quantity, net_minor=_rounded(rest.unit * rest.sold.quantity))
        for line, rest in rests.items()
    }


def after_caps(now_minor: int, *, standing_minor: int, before_minor: int, taken_minor: int) -> int:
    """Return what is left after caps of a line whose rule gives ``now_minor`` from now on.

    It gave ``before_minor`` at first, of which caps and budgets left ``standing_minor``: of less,
    the same part is left now. More is what corrected costs took of the limits for it, which is
    ``taken_minor``. Rounding: half away from zero. Rules R6 and R9.
    """
    if now_minor > before_minor:
        return standing_minor + min(now_minor - before_minor, taken_minor)
    if standing_minor >= before_minor:
        return now_minor
    return min(ratio(standing_minor * now_minor, before_minor), standing_minor)


def rise_minor(now_minor: int, *, before_minor: int, taken_minor: int) -> int:
    """Return what a line still has to take of caps and budgets to earn ``now_minor``. Rule R9."""
    return max(0, now_minor - before_minor - taken_minor)


def _reduce_all(rests: Collection[_Rest], minor: int) -> None:
    rest_minor = minor
    for one in rests:
        if one.sold.kind == SHIPPING and one.net > 0:
            part = min(rest_minor, _rounded(one.net))
            one.reduce(part)
            rest_minor -= part
    goods = [one for one in rests if one.sold.kind == PRODUCT and one.quantity]
    worth = [_rounded(one.net) for one in goods]
    taken = min(rest_minor, sum(worth))
    if taken:
        for one, share in zip(goods, Money(taken, "").split(worth), strict=True):
            one.reduce(share.minor)


def _rounded(amount: Fraction) -> int:
    return ratio(amount.numerator, amount.denominator)
