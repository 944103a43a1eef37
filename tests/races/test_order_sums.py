"""Sums of orders by day beside orders that are not committed yet: none is left out."""

import threading

import pytest
from django.db import transaction

from tests.builders import NOW, make_order
from tests.races.threads import at_once, raised
from tracking.models import ChangedDay, OrderDay
from tracking.queries import order_days
from tracking.services.order_sums import sum_changed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TODAY = NOW.date()


def orders_of_today():
    return sum(one.orders for one in order_days((TODAY, TODAY)))


def test_an_order_that_commits_after_its_day_was_summed_names_the_day_again():
    make_order(placed_at=NOW)
    written, summed = threading.Event(), threading.Event()

    def write(_number):
        with transaction.atomic():
            make_order(placed_at=NOW)
            written.set()
            assert summed.wait(timeout=10)

    def add_up(_number):
        assert written.wait(timeout=10)
        sum_changed()
        seen = orders_of_today()
        summed.set()
        return seen

    answers = at_once(2, lambda number: (write, add_up)[number](number))

    assert raised(answers) == []
    assert answers[1] == OrderDay.objects.get().orders == 1
    assert orders_of_today() == 2
    sum_changed()
    assert (orders_of_today(), OrderDay.objects.get().orders) == (2, 2)


def test_orders_and_sums_at_once_lose_none():
    def step(number):
        for _ in range(10):
            if number % 2:
                make_order(placed_at=NOW, lines=[])
            else:
                sum_changed()

    answers = at_once(8, step)

    assert raised(answers) == []
    assert orders_of_today() == 40
    sum_changed()
    assert not ChangedDay.objects.exists()
    assert OrderDay.objects.get().orders == orders_of_today() == 40
