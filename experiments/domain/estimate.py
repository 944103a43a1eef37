"""The difference that the treatment makes, as assigned, with intervals that say what is not known.

Sources: intention to treat, D. B. Rubin (1974); CUPED, Deng, Xu, Kohavi, Walker (WSDM 2013); the
interval that holds at every look, Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform
central limit theory and asymptotic confidence sequences" (2021), equation 9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isinf, log, sqrt
from typing import Any

from experiments.domain.normal import normal_below, normal_quantile, standard_error

#: Fewer of an arm, or fewer outcomes in all, and a normal interval would promise too much.
LEAST_UNITS, LEAST_OUTCOMES = 100, 20


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean and variance of one arm's outcomes; of its covariate likewise."""

    count: int
    mean: float
    variance: float
    positive: int = 0  # How many outcomes are not zero.
    covariate_mean: float = 0.0
    covariate_variance: float = 0.0
    covariance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Treated against control: the difference per unit, and its intervals at ``confidence``."""

    treated: int
    control: int
    treated_mean: float
    control_mean: float
    difference: float
    low: float  # Holds once, at the planned end.
    high: float
    always_low: float  # Holds at every look before it.
    always_high: float
    p_value: float
    confidence: float
    outcomes: int
    variance_kept: float  # With the covariate, of what it was without: 1 - rho squared.
    is_enough: bool

    @property
    def relative(self) -> float | None:
        """The difference as a share of what came without; None if nothing came."""
        return self.difference / self.control_mean if self.control_mean else None

    def as_json(self) -> dict[str, Any]:
        """Return the figures as they are stored; an end that is not known is null."""
        return finite(asdict(self))


def finite(figures: dict[str, Any]) -> dict[str, Any]:
    """Return ``figures`` with None for infinities, which JSON does not know."""
    return {
        name: None if isinstance(value, float) and isinf(value) else value
        for name, value in figures.items()
    }


def moments(outcomes: Sequence[float], covariates: Sequence[float] | None = None) -> Moments:
    """Return count, mean and sample variance of the units of an arm.

    :raises ValueError: for a covariate that some units lack.
    """
    n = len(outcomes)
    if covariates is not None and len(covariates) != n:
        raise ValueError("Every unit needs its covariate.")
    if n < 2:
        return Moments(n, outcomes[0] if n else 0.0, 0.0, sum(map(bool, outcomes)))
    mean = sum(outcomes) / n
    variance = sum((value - mean) ** 2 for value in outcomes) / (n - 1)
    positive = sum(map(bool, outcomes))
    if covariates is None:
        return Moments(n, mean, variance, positive)
    middle = sum(covariates) / n
    spread = sum((value - middle) ** 2 for value in covariates) / (n - 1)
    shared = sum(
        (value - mean) * (beside - middle)
        for value, beside in zip(outcomes, covariates, strict=True)
    ) / (n - 1)
    return Moments(n, mean, variance, positive, middle, spread, shared)


def compare(
    treated: Moments, control: Moments, *, confidence: float = 0.95, planned: int | None = None
) -> Comparison:
    """Return what the treatment makes of a unit, all units as they were assigned.

    With covariates the outcomes are adjusted by the one slope that both arms share (CUPED), which
    moves no expectation. ``planned`` is for how many units the interval at every look is tightest.
    """
    theta = _slope(treated, control)
    adjusted = theta * (treated.covariate_mean - control.covariate_mean)
    difference = treated.mean - control.mean - adjusted
    variances = (_adjusted(treated, theta), _adjusted(control, theta))
    n, m = treated.count, control.count
    outcomes = treated.positive + control.positive
    is_enough = min(n, m) >= LEAST_UNITS and outcomes >= LEAST_OUTCOMES
    before = treated.variance + control.variance
    kept = sum(variances) / before if before else 1.0
    if min(n, m) < 2:
        error, always, p_value = float("inf"), float("inf"), 1.0
    else:
        error = standard_error(variances, (n, m))
        z = difference / error if error else 0.0
        p_value = 2 * (1 - normal_below(abs(z)))
        always = _always(error, n + m, planned or n + m, 1 - confidence)
        error *= normal_quantile(0.5 + confidence / 2)
    return Comparison(
        treated=n,
        control=m,
        treated_mean=treated.mean,
        control_mean=control.mean,
        difference=difference,
        low=difference - error,
        high=difference + error,
        always_low=difference - always,
        always_high=difference + always,
        p_value=p_value,
        confidence=confidence,
        outcomes=outcomes,
        variance_kept=kept,
        is_enough=is_enough,
    )


def _slope(treated: Moments, control: Moments) -> float:
    spread = treated.covariate_variance + control.covariate_variance
    return (treated.covariance + control.covariance) / spread if spread else 0.0


def _adjusted(arm: Moments, theta: float) -> float:
    return arm.variance - 2 * theta * arm.covariance + theta**2 * arm.covariate_variance


def _always(error: float, units: int, planned: int, alpha: float) -> float:
    """Return the half-width that holds at every look, tightest when ``planned`` units are seen."""
    rho_squared = (-2 * log(alpha) + log(-2 * log(alpha)) + 1) / planned
    scaled = units * rho_squared + 1
    spread = error * sqrt(units)  # Of one unit, as if all had one variance.
    return spread * sqrt(scaled / (units**2 * rho_squared) * log(scaled / alpha**2))
