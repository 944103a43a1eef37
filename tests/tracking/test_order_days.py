"""Sums of orders by day: the same as the facts at any moment, summed already or not."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.domain.paris import PARIS
from shop.models import LineKind, Order, Return, ReturnLine
from tests.builders import (
    NOW,
    make_attribution,
    make_credit,
    make_line,
    make_order,
    make_product,
    make_return,
    make_shop,
)
from tracking.models import Attribution, ChangedDay, OrderDay, Outcome
from tracking.queries import order_days
from tracking.services import order_sums
from tracking.tasks import sum_order_days

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 5, 1), date(2026, 6, 30)
IN_MAY, IN_JUNE = datetime(2026, 5, 1, tzinfo=PARIS), datetime(2026, 6, 1, tzinfo=PARIS)
FIGURES = ("orders", "decided", "attributed", "known", "new", "revenue_minor", "returned_minor")


def facts():
    """Return the figures by day and currency, order by order."""
    found = Counter()
    for order in Order.objects.filter(is_test=False).select_related("attribution"):
        day = order.placed_at.astimezone(PARIS).date()
        decision = Attribution.objects.filter(order=order).first()
        is_ours = decision is not None and decision.outcome == Outcome.ATTRIBUTED
        tells = {
            "orders": True,
            "decided": decision is not None,
            "attributed": is_ours,
            "known": is_ours and order.is_new_customer is not None,
            "new": is_ours and bool(order.is_new_customer),
        }
        for name, is_so in tells.items():
            found[day, order.currency, name] += is_so and not order.is_addition
        for line in order.lines.filter(kind=LineKind.PRODUCT) if is_ours else ():
            found[day, order.currency, "revenue_minor"] += line.net_minor
            for back in ReturnLine.objects.filter(line=line, shop_return__withdrawn_at=None):
                day_back = back.shop_return.returned_at.astimezone(PARIS).date()
                found[day_back, order.currency, "returned_minor"] += back.net_minor
    return {key: number for key, number in found.items() if number}


def told():
    return {
        (one.day, one.currency, name): getattr(one, name)
        for one in order_days((FIRST, LAST))
        for name in FIGURES
        if getattr(one, name)
    }


class World:
    """A shop to which things happen."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.shop, self.product = make_shop(), make_product()

    def moment(self):
        return NOW - timedelta(hours=self.random.randrange(24 * 40))

    def pick(self, rows):
        rows = list(rows)
        return self.random.choice(rows) if rows else None

    def order(self, **fields):
        lines = [
            {"product": self.product, "net_minor": self.random.randrange(1, 9_000)},
            {"kind": LineKind.SHIPPING},
        ]
        make_order(
            shop=self.shop,
            lines=lines,
            placed_at=self.moment(),
            currency=self.random.choice(("EUR", "EUR", "CHF")),
            is_new_customer=self.random.choice((True, False, None)),
            is_test=self.random.random() < 0.1,
            **fields,
        )

    def addition(self):
        if (order := self.pick(Order.objects.filter(is_addition=False))) is not None:
            self.order(follows=order, is_addition=True)

    def becomes_addition(self):
        if (order := self.pick(Order.objects.all())) is not None:
            order.is_addition = True
            order.save(update_fields=["is_addition"])

    def decide(self):
        if (order := self.pick(Order.objects.filter(attribution=None))) is not None:
            self.random.choice((make_credit, make_attribution))(order=order)

    def decide_again(self):
        if (decision := self.pick(Attribution.objects.all())) is not None:
            decision.outcome = self.random.choice((Outcome.ATTRIBUTED, Outcome.NOBODY))
            decision.save(update_fields=["outcome"])

    def know_customer(self):
        Order.objects.filter(is_new_customer=None).update(is_new_customer=True)

    def deliver(self):
        Order.objects.update(delivered_at=NOW)

    def give_back(self):
        if (order := self.pick(Order.objects.all())) is not None:
            make_return(order, returned_at=self.moment())

    def withdraw(self):
        if (one := self.pick(Return.objects.all())) is not None:
            one.withdrawn_at = NOW
            one.save(update_fields=["withdrawn_at"])

    def sum(self):
        sum_order_days()


@pytest.mark.parametrize("seed", range(6))
def test_at_any_moment_they_are_the_facts(seed):
    world = World(seed)
    steps = [world.order] * 4 + [world.decide] * 3 + [
        world.addition, world.becomes_addition, world.decide_again, world.know_customer,
        world.deliver, world.give_back, world.give_back, world.withdraw, world.sum, world.sum,
    ]  # fmt: skip
    for number in range(60):
        world.random.choice(steps)()
        if number % 5 == 0:
            assert told() == facts()
    assert told() == facts() != {}

    sum_order_days()

    assert not ChangedDay.objects.exists()
    assert told() == facts()


def test_what_is_summed_is_read_from_the_sums_alone():
    make_credit(order=make_order(placed_at=IN_JUNE, lines=[{}]))
    assert sum_order_days() == 1
    OrderDay.objects.update(orders=7)

    [day] = order_days((FIRST, FIRST), (IN_JUNE.date(), LAST))

    assert (day.day, day.orders) == (IN_JUNE.date(), 7)
    assert order_days((FIRST, FIRST)) == []


def test_a_delivery_changes_no_day():
    order = make_order()
    sum_order_days()
    Order.objects.update(delivered_at=NOW, customer_ref="")
    assert not ChangedDay.objects.exists()

    make_return(order, returned_at=IN_JUNE)

    assert set(ChangedDay.objects.values_list("day", flat=True)) == {IN_JUNE.date()}


def test_a_decision_changes_the_day_of_the_order_and_of_what_came_back():
    order = make_order(placed_at=IN_MAY)
    make_return(order, returned_at=IN_JUNE)
    sum_order_days()

    make_credit(order=order)

    changed = ChangedDay.objects.order_by("day").values_list("day", flat=True).distinct()
    assert list(changed) == [FIRST, IN_JUNE.date()]


def test_a_day_is_one_in_paris():
    """Also the one of 25 hours."""
    autumn = date(2025, 10, 26)
    nights = [
        (autumn - timedelta(days=1), "2025-10-25T21:59:59Z"),
        (autumn, "2025-10-25T22:00:00Z"),
        (autumn, "2025-10-26T22:59:59Z"),
        (autumn + timedelta(days=1), "2025-10-26T23:00:00Z"),
    ]
    for _day, at in nights:
        make_order(placed_at=at)
    for _ in range(2):
        found = order_days((date(2025, 10, 1), date(2025, 10, 31)))
        assert sorted((one.day, one.orders) for one in found) == sorted(
            Counter(day for day, _at in nights).items()
        )
        sum_order_days()


def test_more_changes_than_one_turn_takes_are_read_until_they_are_summed(monkeypatch):
    monkeypatch.setattr(order_sums, "_AT_ONCE", 2)
    for days in range(3):
        make_order(placed_at=NOW - timedelta(days=days))
        assert told() == facts()
    assert sum_order_days() == 2
    assert told() == facts()
    assert [sum_order_days(), sum_order_days()] == [1, 0]
    assert told() == facts()


def test_it_is_one_question_however_many_days_changed():
    for before, after in pairwise((0, 3, 9)):
        for days in range(before, after):
            line = {"product": make_product()}
            make_line(make_order(placed_at=NOW - timedelta(days=days), lines=[]), **line)
        with CaptureQueriesContext(connection) as asked:
            order_days((FIRST, LAST))
        assert len(asked) == 1
