"""Periods, steps and goals: what terms reward beyond each sale. Rules B1 to B8 of their page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from affiliates.domain.terms import Every, Step, Tiers
from core.money import BPS, ratio
from payouts.domain.refunds import Left

_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}


def period_of(day: date, every: Every) -> tuple[date, date]:
    """Return the first day of the calendar period that holds ``day``, and of the next one."""
    length = _MONTHS[every]
    month = (day.month - 1) // length * length + 1
    first = date(day.year, month, 1)
    after = month + length
    return first, date(day.year + (after > 12), after - 12 if after > 12 else after, 1)


def steps_reached(tiers: Tiers, value: int) -> tuple[Step, ...]:
    """Return the steps that ``value`` reaches, the lowest first."""
    return tuple(step for step in tiers.steps if step.at <= value)


def next_step(tiers: Tiers, value: int, rate_bps: int) -> Step | None:
    """Return the lowest step that is not reached and pays more than ``rate_bps``, if any."""
    better = (step for step in tiers.steps if step.rate_bps > rate_bps and value < step.at)
    return next(better, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """A line of a commission, and what is left of it. Minor units.

    ``share_bps`` is the part of the credit; ``left`` is empty when nothing went back.
    """

    margin_minor: int
    net_minor: int
    quantity: int
    share_bps: int
    left: Left | None = None


def margin_that_counts(lines: Iterable[SoldLine]) -> int:
    """Return the margin that stands of ``lines``, for tiers and goals, in minor units.

    Of each line: its margin for what did not come back, less money given back without goods,
    never below zero, times the share of the credit. Rounded half away from zero, once per line.
    """
    total = 0
    for line in lines:
        margin, quantity = line.margin_minor, line.quantity
        if line.left is not None:
            margin -= max(0, line.net_minor - line.left.net_minor)
            quantity = line.left.quantity
        total += ratio(max(margin, 0) * quantity * line.share_bps, line.quantity * BPS)
    return total
