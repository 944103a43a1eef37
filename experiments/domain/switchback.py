"""On and off by periods: the only design that shows everything an affiliate brings."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from experiments.domain.estimate import finite, moments
from experiments.domain.normal import student_quantile

LEAST_BLOCKS = 4  # Of each kind: fewer say nothing, whatever they show.


@dataclass(frozen=True, slots=True)
class Period:
    """A block of the calendar, half-open; ``is_control``: the affiliate is off in it."""

    starts_at: datetime
    ends_at: datetime
    is_control: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """Orders of the whole shop per day, on against off."""

    on_blocks: int
    off_blocks: int
    on_per_day: float
    off_per_day: float
    difference: float
    low: float
    high: float
    confidence: float
    is_enough: bool

    @property
    def relative(self) -> float | None:
        """The difference as a share of what comes without; None if nothing does."""
        return self.difference / self.off_per_day if self.off_per_day else None

    def as_json(self) -> dict[str, Any]:
        """Return the figures as they are stored; an end that is not known is null."""
        return finite(asdict(self))


def calendar(
    *, key: bytes, experiment: str, starts_at: datetime, block: timedelta, pairs: int
) -> list[Period]:
    """Return ``pairs`` of blocks, one on and one off each, in an order drawn by a keyed hash.

    Pairs keep on and off balanced over seasons; the draw within a pair cannot be foreseen.
    """
    periods: list[Period] = []
    for pair in range(pairs):
        message = f"{experiment}\0{pair}".encode()
        is_off_first = bool(hmac.new(key, message, hashlib.sha256).digest()[0] & 1)
        for place, is_control in enumerate((is_off_first, not is_off_first)):
            begin = starts_at + block * (2 * pair + place)
            periods.append(Period(begin, begin + block, is_control))
    return periods


def compare_blocks(
    blocks: Sequence[tuple[Period, int]], *, washout: timedelta, confidence: float = 0.95
) -> Switched:
    """Return how many more orders a day brings with the affiliate on, by blocks as units.

    ``blocks`` are periods with the orders counted after their ``washout``, during which the block
    before still works. The interval is Welch's: blocks differ, and there are few of them.
    """
    rates: dict[bool, list[float]] = {True: [], False: []}
    for period, orders in blocks:
        days = (period.ends_at - period.starts_at - washout) / timedelta(days=1)
        rates[period.is_control].append(orders / days)
    on, off = moments(rates[False]), moments(rates[True])
    difference = on.mean - off.mean
    is_enough = min(on.count, off.count) >= LEAST_BLOCKS
    spread = float("inf")
    if min(on.count, off.count) >= 2:
        parts = (on.variance / on.count, off.variance / off.count)
        degrees = _welch(parts, (on.count, off.count))
        spread = sqrt(sum(parts)) * student_quantile(0.5 + confidence / 2, degrees)
    return Switched(
        on_blocks=on.count,
        off_blocks=off.count,
        on_per_day=on.mean,
        off_per_day=off.mean,
        difference=difference,
        low=difference - spread,
        high=difference + spread,
        confidence=confidence,
        is_enough=is_enough,
    )


def _welch(parts: tuple[float, float], counts: tuple[int, int]) -> float:
    below = sum(part**2 / (count - 1) for part, count in zip(parts, counts, strict=True))
    return max(1.0, sum(parts) ** 2 / below) if below else float(sum(counts) - 2)
