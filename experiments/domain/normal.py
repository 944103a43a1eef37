"""The two distributions that intervals need."""

from __future__ import annotations

from math import exp, lgamma, log, pi, sqrt, tan
from statistics import NormalDist

_STANDARD = NormalDist()


def normal_quantile(probability: float) -> float:
    """Return where the standard normal distribution has ``probability`` below it."""
    return _STANDARD.inv_cdf(probability)


def normal_below(value: float) -> float:
    """Return how much of the standard normal distribution lies below ``value``."""
    return _STANDARD.cdf(value)


def student_quantile(probability: float, degrees: float) -> float:
    """Return where Student's distribution has ``probability`` below it, by bisection.

    :raises ValueError: for less than one degree of freedom.
    """
    if degrees < 1:
        raise ValueError("At least one degree of freedom is needed.")
    if degrees == 1:
        return tan(pi * (probability - 0.5))
    low, high = -1_000.0, 1_000.0
    for _step in range(200):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if student_below(middle, degrees) < probability else (low, middle)
        )
    return (low + high) / 2


def student_below(value: float, degrees: float) -> float:
    """Return how much of Student's distribution lies below ``value``."""
    if value == 0:
        return 0.5
    tail = _incomplete_beta(degrees / 2, 0.5, degrees / (degrees + value * value)) / 2
    return tail if value < 0 else 1 - tail


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    fraction = d
    for m in range(1, 300):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + numerator * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + numerator / c
            c = c if abs(c) > tiny else tiny
            fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return exp(front) * fraction / a


def standard_error(variances: tuple[float, float], counts: tuple[int, int]) -> float:
    """Return the standard error of the difference of two means."""
    return sqrt(variances[0] / counts[0] + variances[1] / counts[1])
