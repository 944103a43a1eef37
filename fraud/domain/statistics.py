"""Estimates of shares and distances: floats, because nothing here is money."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from core.money import BPS

#: Of the standard normal distribution: 95 % of it lies within 1.96, 99 % within 2.576.
Z95, Z99 = 1.959964, 2.575829


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float]:
    """Return the interval of a share, 0 to 1, by Wilson's score; of nothing: (0, 1).

    More hits than there are, counted at another moment, are all of them. Source: E. B. Wilson,
    "Probable inference" (1927); it stays within 0 and 1 for small counts.
    """
    if of <= 0:
        return (0.0, 1.0)
    share, square = min(hits, of) / of, z * z
    middle = share + square / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return (max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole))


def bps(share: float) -> int:
    """Return a share as basis points, rounded to the nearest."""
    return round(share * BPS)


def lower_bps(hits: int, of: int, z: float = Z95) -> int:
    """Return the least that a share can well be, in basis points; of nothing: 0."""
    return bps(wilson(hits, of, z)[0])


def upper_bps(hits: int, of: int, z: float = Z95) -> int:
    """Return the most that a share can well be, in basis points; of nothing: 10,000."""
    return bps(wilson(hits, of, z)[1])


def share_bps(hits: int, of: int) -> int:
    """Return a share in basis points; of nothing: 0."""
    return bps(hits / of) if of else 0


def chi_square(counts: Sequence[int], usual: Sequence[int]) -> float:
    """Return how far counts are from the shares of ``usual``: Pearson's statistic.

    Every class of ``usual`` counts one more, so that none is thought impossible. The degrees of
    freedom are one less than there are classes.
    """
    n, whole = sum(counts), sum(usual) + len(usual)
    expected = [n * (count + 1) / whole for count in usual]
    return sum(
        (one - other) ** 2 / other for one, other in zip(counts, expected, strict=True) if other
    )


def unevenness_bps(counts: Sequence[int]) -> int:
    """Return how far classes are from equally many, chance left out; 0: no farther than chance.

    That is Pearson's statistic against equal shares, less its degrees of freedom, per count.
    """
    n = sum(counts)
    if not n:
        return 0
    mean = n / len(counts)
    statistic = sum((count - mean) ** 2 / mean for count in counts)
    return max(0, bps((statistic - (len(counts) - 1)) / n))


def kolmogorov(ours: Sequence[int], others: Sequence[int]) -> tuple[float, float]:
    """Return the largest distance of two distributions by class, and that which is critical.

    The critical one is for 5 %: 1.36 x sqrt((n + m) / nm). Classes only make the distance smaller.
    """
    n, m = sum(ours), sum(others)
    if not n or not m:
        return (0.0, 1.0)
    distance = below = above = 0.0
    for one, other in zip(ours, others, strict=True):
        below += one / n
        above += other / m
        distance = max(distance, abs(below - above))
    return (distance, 1.36 * sqrt((n + m) / (n * m)))
