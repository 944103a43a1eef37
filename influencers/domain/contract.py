"""When a written contract is needed, and which day one covers: values in, values out.

The rules are CT1 to CT7 of ``docs/rules/contracts.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.money import Money


class Clause(StrEnum):
    """What every text of the contract has to settle, beside what is filled in for each one."""

    DUTIES = "duties"
    DISCLOSURE = "disclosure"
    PROPERTY = "property"
    PAYMENT = "payment"
    LIABILITY = "liability"
    ENDING = "ending"
    LAW = "law"


class Level(StrEnum):
    """How near an influencer's year is to the amount from which a contract is mandatory."""

    FREE = "free"
    WARNED = "warned"
    MANDATORY = "mandatory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From which amount of a calendar year a written contract is mandatory, excluding VAT.

    ``warn_bps``: from which part of it managers are warned (7,000 is 70 %).
    """

    since: date
    limit: Money
    warn_bps: int

    @property
    def warning(self) -> Money:
        """Return from which amount managers are warned, rounded to the minor unit."""
        return self.limit.times_bps(self.warn_bps)


@dataclass(frozen=True, slots=True)
class GiftValue:
    """Something given, at its value excluding VAT, and what it was to promote."""

    purpose: str
    value: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTotal:
    """What an advertiser gave an influencer in a calendar year, excluding VAT.

    ``of_purpose``: the total for each purpose of the gifts, the largest first. Money is paid for
    no named purpose, so all of it counts towards each.
    """

    cash: Money
    in_kind: Money
    of_purpose: tuple[tuple[str, Money], ...]

    @property
    def total(self) -> Money:
        """Return what counts: money and gifts of all purposes, taken together to be safe."""
        return self.cash + self.in_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """For which days a contract holds, first and last included.

    ``ends_on`` None: for an indefinite time. ``renews``: it goes on after ``ends_on`` until it is
    ended. ``ended_on``: the last day, once somebody ended it.
    """

    starts_on: date
    ends_on: date | None
    renews: bool
    ended_on: date | None = None


def contract_total(cash: Money, gifts: Iterable[GiftValue]) -> YearTotal:
    """Return what counts of a calendar year: ``cash`` paid, and what was given (CT2, CT3).

    Units: minor units of the currency of ``cash``, excluding VAT. Nothing is rounded.

    :raises CurrencyMismatch: for a gift in another currency.
    """
    nothing = Money(0, cash.currency)
    of_purpose: dict[str, Money] = {}
    for gift in gifts:
        purpose = gift.purpose.strip()
        of_purpose[purpose] = of_purpose.get(purpose, nothing) + gift.value
    by_size = sorted(of_purpose.items(), key=lambda pair: (-pair[1].minor, pair[0]))
    return YearTotal(
        cash=cash,
        in_kind=sum(of_purpose.values(), nothing),
        of_purpose=tuple((purpose, cash + value) for purpose, value in by_size),
    )


def level_of(total: Money, threshold: Threshold | None) -> Level:
    """Return how near ``total`` is: at the amount itself a contract is mandatory (CT4, CT5).

    ``threshold`` None: the law asks for nothing on that day.

    :raises CurrencyMismatch: when both are in different currencies.
    """
    if threshold is None or (total - threshold.warning).minor < 0:
        return Level.FREE
    return Level.MANDATORY if (total - threshold.limit).minor >= 0 else Level.WARNED


def threshold_on(thresholds: Iterable[Threshold], day: date) -> Threshold | None:
    """Return the threshold in force on ``day``: the one that began last (CT1)."""
    begun = [one for one in thresholds if one.since <= day]
    return max(begun, key=lambda one: one.since, default=None)


def covers(period: Period, day: date) -> bool:
    """Tell whether a signed contract of ``period`` holds on ``day`` (CT6)."""
    if day < period.starts_on or (period.ended_on is not None and day > period.ended_on):
        return False
    return period.renews or period.ends_on is None or day <= period.ends_on


def missing_clauses(clauses: dict[str, str]) -> tuple[Clause, ...]:
    """Return what a text does not settle (CT7)."""
    return tuple(clause for clause in Clause if not clauses.get(clause, "").strip())
