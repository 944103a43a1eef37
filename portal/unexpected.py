"""What changed more than it usually does: one plain and robust rule for every figure (M1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from statistics import median_low

#: Weeks before the last seven days that say what is usual.
WEEKS = 9
#: Fewer than this in all weeks together say nothing.
LEAST = 40
#: How many usual deviations away is more than expected.
TIMES = 4


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of seven days that is not as usual: ``low`` to ``high`` would have been.

    ``n`` is what was counted in all weeks; ``distance`` how far outside it is, for the order.
    """

    value: int
    low: int
    high: int
    n: int
    distance: int

    @property
    def is_up(self) -> bool:
        return self.value > self.high


def unexpected(value: int, weeks: Sequence[int]) -> Change | None:
    """Return the change when ``value`` is outside of what ``weeks`` lead to expect.

    Expected is the median of the weeks, give or take four times the median deviation from it. A
    count varies by chance alone by about its root, so the deviation is never taken for less than
    that. Medians: one odd week, a campaign or a failure, does not move them. Nothing is said of
    fewer than ``LEAST`` in all, or of fewer weeks than ``WEEKS``.

    Whole numbers; ties of the medians go to the smaller one.
    """
    n = value + sum(weeks)
    if len(weeks) < WEEKS or n < LEAST:
        return None
    usual = median_low(weeks)
    deviation = median_low([abs(week - usual) for week in weeks])
    by_chance = isqrt(usual)
    reach = TIMES * max(deviation, by_chance, 1)
    low, high = max(usual - reach, 0), usual + reach
    if low <= value <= high:
        return None
    distance = (low - value if value < low else value - high) * 100
    return Change(value, low, high, n, distance // max(deviation, by_chance, 1))
