"""Caps, budgets and tiers while orders of the past are run again, in the order of time. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from heapq import heappop, heappush
from itertools import count

from affiliates.domain.terms import Every, Metric, Tiers
from payouts.domain.achievements import period_of, steps_reached
from payouts.domain.commission import Earned
from payouts.domain.order_commission import BUDGET, MONTH_CAP, limit


class SimulatedMeters:
    """What the orders of each month have taken of caps and budgets, as ``Meter`` rows count it."""

    def __init__(self, budget_minor: int | None) -> None:
        self._budget_minor = budget_minor
        self._taken: dict[tuple[int | None, date, str], int] = defaultdict(int)

    def take(
        self,
        earned: Sequence[Earned],
        *,
        affiliate_id: int,
        month: date,
        currency: str,
        cap_minor: int | None,
    ) -> list[Earned]:
        """Return the lines less what the affiliate's cap, then the programme's budget, cuts."""
        left = list(earned)
        limits = (affiliate_id, cap_minor, MONTH_CAP), (None, self._budget_minor, BUDGET)
        for holder, most, reason in limits:
            if most is not None:
                taken = self._taken[holder, month, currency]
                left = limit(left, most - taken, reason=reason, currency=currency, of_minor=most)
        amount = sum(one.amount_minor for one in left)
        for holder, _most, _reason in limits:
            self._taken[holder, month, currency] += amount
        return left


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A commission that is approved at the end of its hold, with what tiers count of it.

    ``order_id``: of the order that it is part of; what an edit added to one is none more.
    """

    affiliate_id: int
    order_id: int
    terms: str  # Which terms: the key of the drafts and rows that this side is run under.
    tiers: Tiers
    at: datetime
    margin_minor: int
    is_new_customer: bool

    def counts(self, *, is_order: bool) -> int:
        """Return how much the metric of its tiers grows; ``is_order``: its order did not yet."""
        return {
            Metric.MARGIN: self.margin_minor,
            Metric.ORDERS: int(is_order),
            Metric.NEW_CUSTOMERS: int(is_order and self.is_new_customer),
        }[self.tiers.metric]


@dataclass(slots=True)
class SimulatedTiers:
    """Which step each affiliate has reached, as commissions are approved in the order of time."""

    zone: tzinfo
    _waiting: list[tuple[datetime, int, Approved]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _values: dict[tuple[int, str, date], int] = field(default_factory=lambda: defaultdict(int))
    _orders: set[tuple[int, int]] = field(default_factory=set)

    def book(self, approved: Approved) -> None:
        """Keep a commission until the moment of its approval has come."""
        heappush(self._waiting, (approved.at, next(self._numbers), approved))

    def rate_bps(
        self, affiliate_id: int, terms: str, tiers: Tiers, placed_at: datetime
    ) -> int | None:
        """Return the base rate of the highest step reached before ``placed_at``, in its period.

        Orders are asked about in the order of time.
        """
        while self._waiting and self._waiting[0][0] <= placed_at:
            _at, _number, one = heappop(self._waiting)
            period = _first_day(one.at, one.tiers.every, self.zone)
            order = one.affiliate_id, one.order_id
            self._values[one.affiliate_id, one.terms, period] += one.counts(
                is_order=order not in self._orders
            )
            self._orders.add(order)
        period = _first_day(placed_at, tiers.every, self.zone)
        value = self._values.get((affiliate_id, terms, period), 0)
        return max((step.rate_bps for step in steps_reached(tiers, value)), default=None)


def begins_before(day: date, tiers: Sequence[Tiers], *, hold_days: int) -> date:
    """Return from which day on orders count for tiers of an order of ``day``.

    What is approved in a period may have been ordered as long before as the longest hold.
    """
    if not tiers:
        return day
    earliest = min(period_of(day, one.every)[0] for one in tiers)
    return earliest - timedelta(days=hold_days)


def _first_day(moment: datetime, every: Every, zone: tzinfo) -> date:
    return period_of(moment.astimezone(zone).date(), every)[0]
