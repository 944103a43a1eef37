"""Bonuses while orders of the past are run again, in the order of time. Pure. Rule S9."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from affiliates.domain.terms import Bonus, BonusKind, Metric
from payouts.domain.achievements import period_of

_EVER = date.min, date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A commission that is approved at the end of its hold, with what bonuses count of it.

    ``bonuses``: those of its terms; ``margin_minor``: what stands of it, in minor units.
    ``order_id``: of the order that it is part of; what an edit added to one is none more.
    """

    affiliate_id: int
    order_id: int
    currency: str
    at: datetime
    placed_on: date
    margin_minor: int
    is_new_customer: bool
    bonuses: Sequence[Bonus]


class _Asked(NamedTuple):
    """Half-open days and what is counted of them."""

    metric: Metric
    first: date
    end: date


@dataclass(slots=True)
class _Sums:
    """What was approved on one day."""

    margin_minor: int = 0
    orders: int = 0
    new_customers: int = 0

    def of(self, metric: Metric) -> int:
        return {
            Metric.MARGIN: self.margin_minor,
            Metric.ORDERS: self.orders,
            Metric.NEW_CUSTOMERS: self.new_customers,
        }[metric]


@dataclass(slots=True)
class SimulatedBonuses:
    """Which bonuses affiliates reach, as commissions are approved in the order of time.

    ``sellers``: affiliates who had sold before the first order that is run, by id. ``since``: a
    bonus is added up when an order of that day or later reached it; others are only had.
    """

    zone: tzinfo
    since: date
    sellers: Collection[int] = ()
    #: Minor units, by currency and affiliate.
    added: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    _waiting: list[tuple[datetime, int, Counted]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _had: set[tuple[int, str, date]] = field(default_factory=set)
    _sold: set[int] = field(default_factory=set)
    _orders: set[tuple[int, int]] = field(default_factory=set)
    _days: dict[tuple[str, int], dict[date, _Sums]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_Sums))
    )
    #: What was asked for of the days above, kept up to date.
    _values: dict[tuple[str, int], dict[_Asked, int]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def book(self, counted: Counted) -> None:
        """Keep a commission until the moment of its approval has come."""
        heappush(self._waiting, (counted.at, next(self._numbers), counted))

    def settle(self, until: datetime | None = None) -> None:
        """Award what the commissions approved until a moment reach; without one, of all of them.

        No order that comes afterwards is approved before that moment.
        """
        while self._waiting and (until is None or self._waiting[0][0] <= until):
            _at, _number, one = heappop(self._waiting)
            self._count(one)

    def _count(self, one: Counted) -> None:
        day = one.at.astimezone(self.zone).date()
        holder = one.currency, one.affiliate_id
        sums = self._days[holder][day]
        order = one.affiliate_id, one.order_id
        is_order = order not in self._orders
        self._orders.add(order)
        added = _Sums(one.margin_minor, int(is_order), int(is_order and one.is_new_customer))
        sums.margin_minor += added.margin_minor
        sums.orders += added.orders
        sums.new_customers += added.new_customers
        values = self._values[holder]
        for asked in values:
            if asked.first <= day < asked.end:
                values[asked] += added.of(asked.metric)
        for bonus, first in self._reached(one, day):
            self._had.add((one.affiliate_id, bonus.key, first))
            if one.placed_on >= self.since:
                self.added[one.currency, one.affiliate_id] += bonus.minor
        self._sold.add(one.affiliate_id)

    def _reached(self, one: Counted, day: date) -> Iterator[tuple[Bonus, date]]:
        """Yield the bonuses that a commission reaches, with the first day for which each is had."""
        is_first = one.affiliate_id not in self._sold and one.affiliate_id not in self.sellers
        for bonus in one.bonuses:
            first, end = window_of(bonus, day)
            if (one.affiliate_id, bonus.key, first) in self._had or not first <= day < end:
                continue
            if bonus.kind == BonusKind.FIRST_SALE:
                if is_first:
                    yield bonus, first
            elif self._value(one, _Asked(bonus.metric, first, end)) >= bonus.at:
                yield bonus, first

    def _value(self, one: Counted, asked: _Asked) -> int:
        holder = one.currency, one.affiliate_id
        values = self._values[holder]
        if asked not in values:
            days = self._days[holder].items()
            values[asked] = sum(
                sums.of(asked.metric) for day, sums in days if asked.first <= day < asked.end
            )
        return values[asked]


def window_of(bonus: Bonus, day: date) -> tuple[date, date]:
    """Return the first day on which approvals count for a bonus on ``day``, and the day after."""
    if bonus.kind == BonusKind.GOAL:
        return period_of(day, bonus.every)
    if bonus.kind == BonusKind.CAMPAIGN:
        return bonus.since or date.min, bonus.until or date.max
    return _EVER


def begins_before(day: date, bonuses: Collection[Bonus], *, hold_days: int) -> date:
    """Return from which day on orders count for bonuses that orders of ``day`` may reach.

    What is approved in a period may have been ordered as long before as the longest hold.
    """
    firsts = [window_of(one, day) for one in bonuses if one.kind != BonusKind.FIRST_SALE]
    asked = [first for first, end in firsts if end > day and first > date.min]
    return min([day, *(first - timedelta(days=hold_days) for first in asked)])
