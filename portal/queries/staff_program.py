"""The figures of the programme in a period, each beside those of another period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from core.money import BPS, Money, ratio
from payouts.models import Adjustment, Commission, CommissionStatus
from portal.date_range import DateRange
from shop.counting import counted
from tracking.models import ClickDay, Credit
from tracking.queries import DayOfOrders, order_days


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and how much it changed (basis points; None without a basis).

    ``value`` None: there is nothing to compute it from.
    """

    value: int | None
    change_bps: int | None

    @classmethod
    def of(cls, current: int | None, previous: int | None) -> Figure:
        changed = None if current is None or not previous else change_bps(current, previous)
        return cls(current, changed)


@dataclass(frozen=True, slots=True)
class Tiles:
    """The head of the dashboard. Amounts are minor units of ``currency``.

    ``orders`` are all, the other figures of sales are of those that an affiliate brought.
    ``known_customers``: orders of which the shop said whether the customer is new.
    """

    currency: str
    orders: Figure
    attributed: Figure
    attributed_bps: Figure
    revenue: Figure
    cost: Money
    cost_change_bps: int | None
    cost_bps: Figure
    new_customers_bps: Figure
    known_customers: int
    basket: Figure
    epc: Figure
    active: Figure
    clicks: Figure
    returned_bps: Figure

    def money(self, figure: Figure) -> Money | None:
        return None if figure.value is None else Money(figure.value, self.currency)

    @property
    def revenue_money(self) -> Money | None:
        return self.money(self.revenue)

    @property
    def basket_money(self) -> Money | None:
        return self.money(self.basket)

    @property
    def epc_money(self) -> Money | None:
        return self.money(self.epc)


def change_bps(current: int, previous: int) -> int | None:
    """Return the relative change in basis points; None when there was nothing before."""
    return ratio((current - previous) * BPS, previous) if previous > 0 else None


def tiles(
    period: DateRange,
    currency: str,
    earlier: DateRange | None = None,
    *,
    days: Iterable[DayOfOrders] | None = None,
    earned: tuple[int, int] | None = None,
) -> Tiles:
    """Count ``period`` and ``earlier`` (the one before, if none is given), in five queries.

    Test orders are left out, and of money what is in another currency. ``days`` and ``earned``
    spare a query each where the page knows them: the days of both periods, and what the sales of
    each earned (:func:`earned_of`).
    """
    earlier = earlier or period.previous()
    now, before = _orders(period, earlier, currency, days)
    cost, cost_before = cost_of(period, earlier, currency, earned=earned)
    clicks, clicks_before = _clicks(period, earlier)
    return Tiles(
        currency=currency,
        orders=Figure.of(now.every, before.every),
        attributed=Figure.of(now.attributed, before.attributed),
        attributed_bps=Figure.of(
            _share(now.attributed, now.decided), _share(before.attributed, before.decided)
        ),
        revenue=Figure.of(now.revenue, before.revenue),
        cost=Money(cost, currency),
        cost_change_bps=change_bps(cost, cost_before),
        cost_bps=Figure.of(_share(cost, now.revenue), _share(cost_before, before.revenue)),
        new_customers_bps=Figure.of(_share(now.new, now.known), _share(before.new, before.known)),
        known_customers=now.known,
        basket=Figure.of(
            _each(now.revenue, now.attributed), _each(before.revenue, before.attributed)
        ),
        epc=Figure.of(_each(cost, clicks), _each(cost_before, clicks_before)),
        active=_active(period, earlier),
        clicks=Figure.of(clicks, clicks_before),
        returned_bps=_returned_share(now, before),
    )


def within(field: str, period: DateRange, earlier: DateRange) -> tuple[Q, Q]:
    """Return the conditions that a moment is in each of two periods."""
    now = Q(**{f"{field}__gte": period.since, f"{field}__lt": period.until})
    before = Q(**{f"{field}__gte": earlier.since, f"{field}__lt": earlier.until})
    return now, before


def _share(part: int, whole: int) -> int | None:
    return ratio(part * BPS, whole) if whole > 0 else None


def _each(total: int, count: int) -> int | None:
    return ratio(total, count) if count else None


@dataclass(slots=True)
class _Orders:
    """Sums of a period. ``revenue`` and ``returned``: minor units of the currency asked for."""

    every: int = 0
    decided: int = 0
    attributed: int = 0
    known: int = 0
    new: int = 0
    revenue: int = 0
    returned: int = 0

    @classmethod
    def of(cls, days: Iterable[DayOfOrders], period: DateRange, currency: str) -> _Orders:
        found = cls()
        for one in days:
            if period.first <= one.day <= period.last:
                found.every += one.orders
                found.decided += one.decided
                found.attributed += one.attributed
                found.known += one.known
                found.new += one.new
                if one.currency == currency:
                    found.revenue += one.revenue_minor
                    found.returned += one.returned_minor
        return found


def _orders(
    period: DateRange,
    earlier: DateRange,
    currency: str,
    days: Iterable[DayOfOrders] | None = None,
) -> tuple[_Orders, _Orders]:
    if days is None:
        days = order_days((period.first, period.last), (earlier.first, earlier.last))
    return _Orders.of(days, period, currency), _Orders.of(days, earlier, currency)


def _sums(rows: Any, field: str, now: Q, before: Q) -> tuple[int, int]:
    found = rows.filter(now | before).aggregate(
        now=Sum(field, filter=now), before=Sum(field, filter=before)
    )
    return found["now"] or 0, found["before"] or 0


def earned_of(period: DateRange, earlier: DateRange, currency: str) -> tuple[int, int]:
    """Return minor units that the sales of each period earned, before what changed them since."""
    earned = Commission.objects.filter(currency=currency).exclude(status=CommissionStatus.REVERSED)
    return _sums(earned, "amount_minor", *within("credit__order__placed_at", period, earlier))


def cost_of(
    period: DateRange,
    earlier: DateRange,
    currency: str,
    *,
    earned: tuple[int, int] | None = None,
) -> tuple[int, int]:
    """Return minor units of commission for both periods, in two queries.

    What the orders of each period earned with all that changed it since, and what was booked in
    it beside any sale: bonuses, corrections, goodwill, claims. ``earned``: of :func:`earned_of`.
    """
    of_sales = earned if earned is not None else earned_of(period, earlier, currency)
    beside = Q(commission__isnull=True)
    now, before = (
        of_sale | (beside & booked)
        for of_sale, booked in zip(
            within("commission__credit__order__placed_at", period, earlier),
            within("effective_at", period, earlier),
            strict=True,
        )
    )
    # Of a sale that does not stand only what a person added since does.
    changes = Adjustment.objects.filter(currency=currency).exclude(
        commission__status=CommissionStatus.REVERSED, is_payable=False
    )
    changed = _sums(changes, "amount_minor", now, before)
    return of_sales[0] + changed[0], of_sales[1] + changed[1]


def returned_share(period: DateRange, earlier: DateRange, currency: str) -> Figure:
    """Return what came back of affiliates' orders as a share of their revenue, in one query."""
    now, before = _orders(period, earlier, currency)
    return _returned_share(now, before)


def _returned_share(now: _Orders, before: _Orders) -> Figure:
    return Figure.of(_share(now.returned, now.revenue), _share(before.returned, before.revenue))


def _active(period: DateRange, earlier: DateRange) -> Figure:
    now, before = within("order__placed_at", period, earlier)
    counts = Credit.objects.filter(now | before, counted("order__")).aggregate(
        now=Count("affiliate", distinct=True, filter=now),
        before=Count("affiliate", distinct=True, filter=before),
    )
    return Figure.of(counts["now"], counts["before"])


def _clicks(period: DateRange, earlier: DateRange) -> tuple[int, int]:
    now = Q(day__gte=period.first, day__lte=period.last)
    before = Q(day__gte=earlier.first, day__lte=earlier.last)
    return _sums(ClickDay.objects, "visits", now, before)


@dataclass(frozen=True, slots=True)
class OrderDays:
    """Orders by day: all of them, those that an affiliate brought, and these a period before."""

    every: list[tuple[date, int]]
    attributed: list[tuple[date, int]]
    before: list[int]


def orders_by_day(
    period: DateRange, earlier: DateRange | None, days: Iterable[DayOfOrders]
) -> OrderDays:
    """Return the orders of each day in Paris from those of both periods. No test orders."""
    every: Counter[date] = Counter()
    attributed: Counter[date] = Counter()
    for one in days:
        every[one.day] += one.orders
        attributed[one.day] += one.attributed
    return OrderDays(
        [(day, every[day]) for day in period.days],
        [(day, attributed[day]) for day in period.days],
        [attributed[day] for day in earlier.days] if earlier else [],
    )
