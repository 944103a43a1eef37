"""How many units a plan needs. Source: the usual two-sample formula, two-sided, unequal arms."""

from __future__ import annotations

from math import ceil, sqrt

from experiments.domain.normal import normal_quantile, student_quantile


def units_needed(
    *,
    conversion: float,
    effect: float,
    control: float,
    confidence: float = 0.95,
    power: float = 0.8,
) -> int:
    """Return how many units both arms need together.

    ``conversion`` is the share of treated units that order, ``effect`` the share of those orders
    that would not have come without, ``control`` the share of units that do without; all 0 to 1.

    :raises ValueError: for shares that are no shares, or an effect of nothing.
    """
    if not (0 < conversion < 1 and 0 < effect <= 1 and 0 < control < 1):
        raise ValueError("Conversion, effect and control are shares between 0 and 1.")
    without = conversion * (1 - effect)
    pooled = (1 - control) * conversion + control * without
    if_nothing = sqrt(pooled * (1 - pooled) / ((1 - control) * control))
    if_true = sqrt(
        conversion * (1 - conversion) / (1 - control) + without * (1 - without) / control
    )
    spread = normal_quantile(0.5 + confidence / 2) * if_nothing + normal_quantile(power) * if_true
    return ceil((spread / (conversion - without)) ** 2)


def effect_found(
    *,
    conversion: float,
    units: int,
    control: float,
    confidence: float = 0.95,
    power: float = 0.8,
) -> float | None:
    """Return the smallest effect that so many units find; None if they find none.

    The units and conversion as in ``units_needed``.
    """
    low, high = 0.0, 1.0
    arguments = {"conversion": conversion, "control": control}
    if units_needed(effect=high, confidence=confidence, power=power, **arguments) > units:
        return None
    for _step in range(50):
        middle = (low + high) / 2
        if (
            middle
            and units_needed(effect=middle, confidence=confidence, power=power, **arguments)
            <= units
        ):
            high = middle
        else:
            low = middle
    return high


def block_half_width(*, variance: float, pairs: int, confidence: float = 0.95) -> float:
    """Return by how many orders a day a switchback of ``pairs`` of blocks will be uncertain.

    ``variance`` is that of the orders per day between blocks.

    :raises ValueError: for a single pair, which tells nothing of its spread.
    """
    if pairs < 2:
        raise ValueError("At least two pairs of blocks are needed.")
    degrees = 2 * pairs - 2
    return student_quantile(0.5 + confidence / 2, degrees) * sqrt(2 * variance / pairs)


def half_width(
    *, conversion: float, effect: float, units: int, control: float, confidence: float = 0.95
) -> float:
    """Return by how much the share of incremental orders will be uncertain, up and down."""
    without = conversion * (1 - effect)
    variance = conversion * (1 - conversion) / (1 - control) + without * (1 - without) / control
    return normal_quantile(0.5 + confidence / 2) * sqrt(variance / units) / conversion
