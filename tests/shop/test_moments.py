"""What an older body says of a product changes nothing, whenever it is read (rule O21)."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from shop.domain.moments import CLOCKS, Told, is_late
from shop.domain.states import Facts, Stock, UnitCost
from shop.models import Product, ProductCost
from shop.services import catalogue
from shop.services.applying import apply
from tests.builders import NOW, make_shop
from tests.portal_staff.connection_world import make_connection
from tests.shop.test_catalogue import DRESS

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("changed_at", "was_asked", "expected"),
    [
        (None, False, NOW),
        (None, True, NOW),
        (NOW - HOUR, False, NOW - HOUR),
        (NOW - HOUR, True, NOW - CLOCKS),
        (NOW - MINUTE, True, NOW - MINUTE),
        (NOW + MINUTE, False, NOW + MINUTE),
        (NOW + HOUR, False, NOW + CLOCKS),
    ],
)
def test_of_which_moment_a_fact_is(changed_at, was_asked, expected):
    assert Told(NOW, was_asked=was_asked).moment_of(changed_at) == expected


def test_of_one_moment_the_last_read_holds_and_what_is_of_none_always_does():
    assert is_late(NOW - MINUTE, NOW)
    assert not is_late(NOW, NOW)
    assert not is_late(None, NOW)
    assert not is_late(NOW - MINUTE, None)


def known():
    product = Product.objects.get()
    cost = ProductCost.objects.get(product=product, valid_to__isnull=True)
    return product.list_price_minor, cost.unit_cost_minor, product.stock, product.is_active


def product(minutes, price, cost, pieces):
    """A product as it is told, as of so many minutes after now; cost and stock may be left out."""
    return Facts(products=(replace(
        DRESS, list_price_minor=price, unit_cost_minor=cost, stock=pieces,
        changed_at=NOW + minutes * MINUTE,
    ),))  # fmt: skip


HISTORY = [
    product(1, 12_000, 4_000, 5),
    product(2, 11_000, None, None),
    Facts(unit_costs=(UnitCost(sku="S1", unit_cost_minor=4_500, changed_at=NOW + 3 * MINUTE),)),
    Facts(stocks=(Stock(sku="S1", pieces=7, changed_at=NOW + 2 * MINUTE),)),
    product(4, 10_000, None, 2),
]


@pytest.mark.parametrize("order", list(permutations(range(len(HISTORY)))))
def test_every_order_of_arrival_ends_with_the_newest(order):
    connection = make_connection()
    for read, number in enumerate(order):
        at = NOW + HOUR + read * MINUTE
        told = Told(at)
        if not Product.objects.exists():  # A cost or a stock alone makes no product.
            apply(connection=connection, facts=HISTORY[0], event_id="", told=told, now=at)
        for _time in range(2):
            facts = HISTORY[number]
            assert apply(connection=connection, facts=facts, event_id="", told=told, now=at) == {}

    assert known() == (10_000, 4_500, 2, True)
    product = Product.objects.get()
    assert product.changed_at == product.stock_changed_at == NOW + 4 * MINUTE
    assert product.cost_changed_at == NOW + 3 * MINUTE


def say(facts, told, now=None):
    connection = make_shop().connections.first() or make_connection()
    apply(connection=connection, facts=facts, event_id="", told=told, now=now or told.at)


def test_what_does_not_say_its_moment_is_of_when_it_came_however_late_it_is_read():
    plain = Facts(products=(replace(DRESS, stock=5),))
    say(product(0, 9_000, 3_000, 1), Told(NOW + HOUR))
    say(plain, Told(NOW - HOUR), now=NOW + 2 * HOUR)
    assert known() == (9_000, 3_000, 1, True)

    say(plain, Told(NOW + 2 * HOUR))
    assert known() == (12_000, 4_000, 5, True)


def test_what_we_asked_for_is_as_it_was_when_we_asked():
    say(product(0, 12_000, 4_000, 5), Told(NOW))
    say(product(-600, 10_000, 3_000, 2), Told(NOW + HOUR))
    assert known() == (12_000, 4_000, 5, True)

    say(product(-600, 10_000, 3_000, 2), Told(NOW + HOUR, was_asked=True))
    assert known() == (10_000, 3_000, 2, True)


def test_what_is_gone_stays_gone_for_an_older_word_and_comes_back_with_a_newer_one():
    say(product(0, 12_000, 4_000, 5), Told(NOW))
    say(Facts(gone_skus=("S1",)), Told(NOW + HOUR))
    say(product(30, 11_000, 4_000, 5), Told(NOW + 2 * HOUR))
    assert known() == (12_000, 4_000, 0, False)

    say(product(90, 11_000, 4_000, 5), Told(NOW + 2 * HOUR))
    assert known() == (11_000, 4_000, 5, True)
    say(Facts(gone_skus=("S1",)), Told(NOW + HOUR), now=NOW + 3 * HOUR)
    assert known() == (11_000, 4_000, 5, True)


def test_a_file_that_a_person_gives_holds_and_keeps_nothing_newer_out():
    say(product(0, 12_000, 4_000, 5), Told(NOW))
    catalogue.upsert(
        shop_id=make_shop().pk, products=[replace(DRESS, unit_cost_minor=5_000)], now=NOW + HOUR
    )
    assert known()[1] == 5_000

    say(product(10, 12_000, 4_200, 4), Told(NOW + 2 * HOUR))
    assert known() == (12_000, 4_200, 4, True)


def test_of_one_sku_told_twice_in_a_body_the_newer_holds():
    older, newer = product(1, 12_000, 4_000, 5), product(2, 11_000, 4_100, 6)
    say(Facts(products=(*newer.products, *older.products)), Told(NOW + HOUR))

    assert known() == (11_000, 4_100, 6, True)
