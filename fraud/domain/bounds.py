"""How far the thresholds of a signal may be moved: a setting tunes a rule, it does not undo it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.money import BPS

#: A threshold is at least a quarter and at most four times what the rule says.
TIMES = 4


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that a threshold may be, both included."""

    least: int
    most: int


def bounds_of(name: str, usual: int) -> Bounds:
    """Return how far a threshold may be moved from ``usual``, the one of the rule.

    A share in basis points that is no more than the whole stays so; a least count (``least_``) is
    never below one. One that is zero may be raised to four.
    """
    least, most = usual // TIMES, max(usual, 1) * TIMES
    if name.endswith("_bps") and usual <= BPS:
        most = min(most, BPS)
    if name.startswith("least_"):
        least = max(least, 1)
    return Bounds(least, most)


def out_of_bounds(usual: Mapping[str, int], wanted: Mapping[str, object]) -> str:
    """Return the name of a threshold that is unknown, no whole number or out of bounds, or none."""
    for name, value in wanted.items():
        if name not in usual or not isinstance(value, int) or isinstance(value, bool):
            return name
        bounds = bounds_of(name, usual[name])
        if not bounds.least <= value <= bounds.most:
            return name
    return ""
