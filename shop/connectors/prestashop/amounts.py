"""What lines cost once the rules of the cart are taken off, in whole minor units (rules PS4, PS5).

The module in the shop computes the same (``bodies.php``): both sides are tested against one table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.money import Money, minor_digits, ratio


@dataclass(frozen=True, slots=True)
class Scale:
    """How millionths of the order's currency become minor units of ``currency``.

    ``rate`` is in millionths: units of the order's currency for one of ``currency``.
    """

    currency: str
    rate: int

    def minor(self, millionths: int) -> int:
        """Return minor units, rounded half away from zero."""
        return ratio(millionths * 10 ** minor_digits(self.currency), self.rate)


@dataclass(frozen=True, slots=True)
class Priced:
    """What a line costs before the rules of the cart, in millionths of the order's currency."""

    is_goods: bool
    net: int
    gross: int


@dataclass(frozen=True, slots=True)
class Reduction:
    """A rule of the cart: what it took off the order, in millionths of the order's currency."""

    net: int
    gross: int
    frees_shipping: bool


@dataclass(frozen=True, slots=True)
class Net:
    """What a line costs in the end, in minor units of the whole line, and what was taken off."""

    net: int
    discount: int
    tax: int


def net_of(
    lines: Sequence[Priced], reductions: Sequence[Reduction], scale: Scale, shipping: int | None
) -> list[Net]:
    """Return what each line costs when each rule's amount is spread over the goods.

    Each rule is spread by the lines' totals without tax, largest remainder, ties to the earlier
    line; a rule that frees shipping is first taken off the line ``shipping``. What is more than
    the goods cost is taken off shipping and wrapping; no line falls below zero.
    """
    before = [max(scale.minor(line.net), 0) for line in lines]
    tax = [scale.minor(line.gross) - whole for line, whole in zip(lines, before, strict=True)]
    left = list(before)
    for rule in reductions:
        amount = max(scale.minor(rule.net), 0)
        parts = _spread(amount, rule, lines, before, left, shipping)
        left = [one - part for one, part in zip(left, parts, strict=True)]
        if sum(parts):
            taxes = Money(scale.minor(rule.gross) - amount, scale.currency).split(parts)
            tax = [one - part.minor for one, part in zip(tax, taxes, strict=True)]
    return [
        Net(net, whole - net, of_tax) for net, whole, of_tax in zip(left, before, tax, strict=True)
    ]


def _spread(
    amount: int,
    rule: Reduction,
    lines: Sequence[Priced],
    before: Sequence[int],
    left: Sequence[int],
    shipping: int | None,
) -> list[int]:
    parts = [0] * len(lines)
    if rule.frees_shipping and shipping is not None:
        parts[shipping] = min(amount, left[shipping])
    goods = [index for index, line in enumerate(lines) if line.is_goods]
    room = [left[index] for index in goods]
    wanted = min(amount - sum(parts), sum(room))
    shares = split(wanted, [before[index] for index in goods])
    fitting = [min(share, one) for share, one in zip(shares, room, strict=True)]
    others = split(wanted - sum(fitting),
                   [one - part for one, part in zip(room, fitting, strict=True)])  # fmt: skip
    for index, part, other in zip(goods, fitting, others, strict=True):
        parts[index] = part + other
    rest = amount - sum(parts)
    for index, line in enumerate(lines):
        if not line.is_goods:
            more = min(rest, left[index] - parts[index])
            parts[index] += more
            rest -= more
    return parts


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split minor units by ``weights``, largest remainder; of no weight at all: nothing."""
    if not sum(weights):
        return [0] * len(weights)
    return [part.minor for part in Money(amount, "").split(weights)]
