"""What an affiliate's home shows of a period and of the one it is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncDate

from core.money import BPS, Money, ratio
from portal.date_range import DateRange
from portal.formats import PARIS
from portal.queries.sales import (
    EARNED,
    EXPECTED,
    PAID,
    SaleState,
    of_products,
    with_earned,
    with_state,
)
from shop.counting import number_of_orders
from shop.models import LineKind, OrderLine
from tracking.domain.journey import Kind
from tracking.models import ClickDay, Credit, Link

BEST = 3
#: Of more consented landings carts are not counted on a home: the journeys of each are looked at.
MOST_FOR_CARTS = 20_000
_APPROVED = (*EARNED, *PAID)

_CARTS = """
SELECT count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM tracking_journeyevent j
    WHERE j.visitor = came.visitor AND j.kind = ANY(%(kinds)s)
      AND j.at >= came.at AND j.at < %(until)s)),
  count(*)
FROM (
  SELECT visitor, min(clicked_at) AS at FROM tracking_click
  WHERE clicked_at >= %(since)s AND clicked_at < %(until)s
    AND affiliate_id = %(affiliate)s AND visitor IS NOT NULL
    AND (SELECT sum(consented) FROM tracking_clickday
         WHERE affiliate_id = %(affiliate)s AND day >= %(first)s AND day <= %(last)s
        ) BETWEEN 1 AND %(most)s
  GROUP BY visitor
) came
"""
#: What of ``tracking.domain.journey`` says that something is in the cart.
CART_KINDS = [Kind.BASKET_CHANGED.value, Kind.CHECKOUT_OPENED.value]


@dataclass(slots=True)
class Figures:
    """A period in one currency. ``*_by_day`` hold the days on which there was something.

    ``basket_minor``: what the items of the orders came to, without VAT, after discounts.
    """

    currency: str
    clicks: int = 0
    orders: int = 0
    approved: int = 0
    paid: int = 0
    earned_minor: int = 0
    basket_minor: int = 0
    by_state: Counter[SaleState] = field(default_factory=Counter)
    orders_by_state: Counter[SaleState] = field(default_factory=Counter)
    clicks_by_day: Counter[date] = field(default_factory=Counter)
    orders_by_day: Counter[date] = field(default_factory=Counter)
    earned_by_day: Counter[date] = field(default_factory=Counter)

    @property
    def earned(self) -> Money:
        return Money(self.earned_minor, self.currency)

    @property
    def epc(self) -> Money | None:
        """Commission for each click, half away from zero; None without clicks."""
        return self.earned.share(1, self.clicks) if self.clicks else None

    @property
    def conversion_bps(self) -> int | None:
        """Orders for each click. Above the whole where promo codes bring orders without clicks."""
        return ratio(self.orders * BPS, self.clicks) if self.clicks else None

    @property
    def basket(self) -> Money | None:
        """The average basket; None without orders."""
        return Money(ratio(self.basket_minor, self.orders), self.currency) if self.orders else None

    def of(self, states: Iterable[SaleState]) -> Money:
        """What the sales in some states come to."""
        return Money(sum(self.by_state[state] for state in states), self.currency)

    @property
    def expected(self) -> Money:
        return self.of(EXPECTED)

    @property
    def validated(self) -> Money:
        return self.of(EARNED)

    @property
    def paid_out(self) -> Money:
        return self.of(PAID)


@dataclass(frozen=True, slots=True)
class Carts:
    """Visitors with consent, and how many of them put something in the cart."""

    visitors: int
    with_cart: int


@dataclass(frozen=True, slots=True)
class BestLink:
    """A link that earned most in a period."""

    link: Link
    orders: int
    earned: Money


@dataclass(frozen=True, slots=True)
class BestProduct:
    """A product that was bought most in a period. ``net``: without VAT, after discounts."""

    title: str
    units: int
    net: Money


def figures(
    affiliate_id: int,
    shown: DateRange,
    earlier: DateRange | None,
    currency: str,
    *,
    with_baskets: bool = True,
) -> tuple[Figures, Figures | None]:
    """Return what happened in ``shown`` and in ``earlier``, in two queries.

    Orders count by the day they were placed, in Paris; orders in other currencies and test orders
    are left out. What an edit added to an order brings money and is no order of its own. Without
    ``with_baskets`` nobody looks at the lines of the orders.
    """
    found = [(shown, Figures(currency))]
    if earlier is not None:
        found.append((earlier, Figures(currency)))
    _add_clicks(affiliate_id, found)
    _add_sales(affiliate_id, found, with_baskets=with_baskets)
    return found[0][1], found[1][1] if earlier is not None else None


Found = list[tuple[DateRange, Figures]]


def _add_clicks(affiliate_id: int, found: Found) -> None:
    days = Q()
    for period, _figures in found:
        days |= Q(day__gte=period.first, day__lte=period.last)
    rows = ClickDay.objects.filter(days, affiliate_id=affiliate_id).values_list("day", "visits")
    for day, visits in rows:
        for one in _of(day, found):
            one.clicks += visits
            one.clicks_by_day[day] += visits


def _add_sales(affiliate_id: int, found: Found, *, with_baskets: bool) -> None:
    credits = with_state(Credit.objects.filter(_placed(found), affiliate_id=affiliate_id))
    basket: Aggregate | Value = Value(0)
    if with_baskets:
        credits, basket = credits.annotate(basket=of_products("net_minor")), Sum("basket")
    rows = (
        credits.filter(order__currency=found[0][1].currency)
        .order_by()
        .values_list(TruncDate("order__placed_at", tzinfo=PARIS), "state")
        .annotate(number=number_of_orders(), total=Coalesce(Sum("earned_minor"), 0), net=basket)
    )
    for day, state, number, total, net in rows:
        for one in _of(day, found):
            one.orders += number
            one.approved += number if state in _APPROVED else 0
            one.paid += number if state in PAID else 0
            one.earned_minor += total
            one.basket_minor += net
            one.by_state[SaleState(state)] += total
            one.orders_by_state[SaleState(state)] += number
            one.orders_by_day[day] += number
            one.earned_by_day[day] += total


def _placed(found: Found) -> Q:
    key, placed = "order__placed_at", Q()
    for period, _figures in found:
        placed |= Q(**{f"{key}__gte": period.since, f"{key}__lt": period.until})
    return placed & Q(order__is_test=False)


def _of(day: date, found: Found) -> list[Figures]:
    return [one for period, one in found if period.first <= day <= period.last]


def carts(affiliate_id: int, shown: DateRange) -> Carts | None:
    """Return how many visitors with consent filled a cart; None where that is not tracked.

    One query. Of very many landings it is not counted here.
    """
    facts: dict[str, Any] = {
        "affiliate": affiliate_id, "first": shown.first, "last": shown.last,
        "since": shown.since, "until": shown.until, "kinds": CART_KINDS,
        "most": MOST_FOR_CARTS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CARTS, facts)
        with_cart, visitors = cursor.fetchone()
    return Carts(visitors, with_cart) if with_cart else None


def best_links(affiliate_id: int, shown: DateRange, currency: str) -> list[BestLink]:
    """Return the links whose orders of the period earned most, in two queries."""
    rows = (
        with_earned(_credits(affiliate_id, shown, currency).filter(touchpoint__link__isnull=False))
        .order_by()
        .values_list("touchpoint__link_id")
        .annotate(number=number_of_orders(), total=Coalesce(Sum("earned_minor"), 0))
        .order_by("-total", "touchpoint__link_id")[:BEST]
    )
    found = list(rows)
    links = Link.objects.in_bulk([pk for pk, *_numbers in found])
    return [
        BestLink(links[pk], number, Money(total, currency)) for pk, number, total in found if total
    ]


def best_products(affiliate_id: int, shown: DateRange, currency: str) -> list[BestProduct]:
    """Return the products of the period's orders that were bought most, in one query."""
    rows = (
        OrderLine.objects.filter(
            order__in=_credits(affiliate_id, shown, currency).values("order_id"),
            kind=LineKind.PRODUCT,
        )
        .values_list("title")
        .annotate(units=Sum("quantity"), total=Sum("net_minor"))
        .order_by("-units", "-total", "title")[:BEST]
    )
    return [BestProduct(title, units, Money(net, currency)) for title, units, net in rows]


def _credits(affiliate_id: int, shown: DateRange, currency: str) -> QuerySet[Credit]:
    return Credit.objects.filter(
        affiliate_id=affiliate_id,
        order__placed_at__gte=shown.since,
        order__placed_at__lt=shown.until,
        order__currency=currency,
        order__is_test=False,
    )
