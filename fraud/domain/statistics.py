"""Estimates of shares and distances: floats, because nothing here is money."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

#: Of the standard normal distribution: 95 % of it lies within 1.96, 99 % within 2.576.
Z95, Z99 = 1.959964, 2.575829


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float]:
    """Return the interval of a share, 0 to 1, by Wilson's score; of nothing: (0, 1).

    Source: E. B. Wilson, "Probable inference" (1927); it stays within 0 and 1 for small counts.
    """
    if of <= 0:
        return (0.0, 1.0)
    share, square = hits / of, z * z
    middle = share + square / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return (max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole))


def bps(share: float) -> int:
    """Return a share as basis points, rounded to the nearest."""
    return round(share * 10_000)


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
