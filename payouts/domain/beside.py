"""What people booked for a sale, once goods of it came back: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from core.money import ratio
from payouts.domain.commission import PRODUCT
from payouts.domain.refunds import Left, Sold


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A plus or minus that a person booked for a sale, and what was left of its goods then."""

    minor: int
    worth: Fraction


def worth_of(sold: Iterable[Sold], left: Mapping[int, Left]) -> Fraction:
    """Return what is left of an order's goods, at the price that was paid in the end, minor units.

    Exact: nothing is rounded. Zero when all of them came back or were refunded.
    """
    goods = (one for one in sold if one.kind == PRODUCT)
    return sum(
        (
            Fraction(left[one.line].net_minor * left[one.line].quantity, one.quantity)
            for one in goods
        ),
        Fraction(0),
    )


def beside_minor(booked: Iterable[Booked], *, worth: Fraction, lines_minor: int) -> int:
    """Return what people's entries come to while the lines of their sale come to ``lines_minor``.

    Each goes along with the goods: what stands of it is the part of them that is left, of what was
    left when it was booked. What was booked when nothing was left stands. Together with the lines
    they are never below zero. Minor units; rounding: half away from zero, once per entry. Rule R13.
    """
    return max(sum(_standing(one, worth) for one in booked), -lines_minor)


def of_the_sale(minor: int, *, standing_minor: int) -> int:
    """Return how much of an entry is of the sale of which ``standing_minor`` stands.

    What is taken back beyond it was of something else, such as goodwill. Rule R13.
    """
    return max(minor, -max(0, standing_minor))


def _standing(one: Booked, worth: Fraction) -> int:
    if not one.worth or worth >= one.worth:
        return one.minor
    return ratio(
        one.minor * worth.numerator * one.worth.denominator,
        worth.denominator * one.worth.numerator,
    )
