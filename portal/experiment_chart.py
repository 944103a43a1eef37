"""Intervals drawn one below the other on one scale, with a line at nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its ends; an end that is not known is None. ``text`` says it in words."""

    label: str
    middle: float
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """An interval with its positions in percent, as SVG reads them."""

    label: str
    text: str
    middle: str
    left: str
    width: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class Intervals:
    """What ``manager/experiment_intervals.html`` draws. ``zero`` is the line at nothing."""

    rows: list[Drawn]
    zero: str


def intervals(rows: Sequence[Interval]) -> Intervals:
    """Lay out ``rows`` between their smallest and largest ends, nothing included.

    An interval that is not known covers the whole width.
    """
    ends = [end for row in rows for end in (row.low, row.middle, row.high) if end is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    margin = (high - low) * 0.05 or 1.0
    low, high = low - margin, high + margin

    def place(value: float) -> float:
        return (value - low) / (high - low) * 100

    drawn = []
    for row in rows:
        left = 0.0 if row.low is None else place(row.low)
        right = 100.0 if row.high is None else place(row.high)
        drawn.append(
            Drawn(
                label=row.label,
                text=row.text,
                middle=_percent(place(row.middle)),
                left=_percent(left),
                width=_percent(right - left),
                is_known=row.low is not None and row.high is not None,
            )
        )
    return Intervals(drawn, _percent(place(0.0)))


def _percent(value: float) -> str:
    return f"{value:.2f}%"
