"""What differs between bands is what the published formula makes of the band, and no more (M7)."""

import csv
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from core.money import BPS, Money
from shop.domain.margin import order_cost, reference_cost_minor, reference_margin_minor
from tests.builders import NOW
from tests.confidentiality.everything_received import Received, receive
from tests.confidentiality.shop_world import (
    ORDER_COST_BPS,
    ORDER_COST_MINOR,
    PRODUCTS,
    Plan,
    Secrets,
    Wish,
    a_fresh_start,
    make_stage,
    net_of,
    order_all,
    play,
    pull,
    tell_catalogue,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WISHES = (Wish("DRESS", 1, 0), Wish("DRESS", 2, 750), Wish("DRESS", 7, 1_000))
RATE_BPS = 2_000
SCALE = re.compile(r'#?<(line#class="chart__grid"|ul#class="chart__ticks")')
CSV = "/portal/sales/?range=12m&format=csv"


@pytest.fixture
def stage(db):
    return make_stage({})


def costing(minor):
    costs = {sku: price // 2 for sku, (price, _category) in PRODUCTS.items()} | {"DRESS": minor}
    return Secrets(costs, costs, {})


def public_commission(wish, lower_bps):
    """The commission by what is published: list price, band, order costs, rate."""
    price, net = PRODUCTS[wish.sku][0], net_of(wish)
    margin = reference_margin_minor(
        net,
        reference_cost_minor=reference_cost_minor(price, lower_bps),
        quantity=wish.quantity,
        order_cost_minor=order_cost(
            net, fixed_minor=ORDER_COST_MINOR, bps=ORDER_COST_BPS, currency="EUR"
        ),
    )
    return Money(margin, "EUR").times_bps(RATE_BPS).minor


def earned(received):
    """The commissions of the newest list of sales that the affiliate downloaded, oldest first."""
    rows = list(csv.reader(received.pages(CSV)[-1].splitlines(), delimiter=";"))[1:]
    return [int(Decimal(row[6].replace(",", ".")) * 100) for row in reversed(rows)]


def shapes(received):
    """What was received with every number as one sign, without the scales of charts: how many
    steps one has follows from its numbers."""
    said = (re.sub(r"[\d.,\s%]+", "#", line) for line in received.lines())
    return [line for line in said if line != "#" and not SCALE.match(line)]


def test_another_band_changes_numbers_and_the_numbers_are_those_of_the_band(stage, client):
    plan = Plan(rounds=(WISHES,))
    one = play(plan, costing(4_000), stage, client, is_brief=True)
    other = play(plan, costing(6_000), stage, client, is_brief=True)

    assert shapes(one) == shapes(other)
    assert earned(one) == [public_commission(wish, 5_000) for wish in WISHES]
    assert earned(other) == [public_commission(wish, 3_500) for wish in WISHES]


def test_the_best_prober_finds_the_reference_cost_and_nothing_below_it(stage, client):
    """A bisection of the discount at which commission ends, as an adaptive affiliate would."""
    found = [probe(stage, client, cost) for cost in (3_501, 4_000, 5_000)]

    assert found[0] == found[1] == found[2]
    price = PRODUCTS["DRESS"][0]
    first = next(
        bps
        for bps in range(BPS + 1)
        if public_commission(Wish("DRESS", 1, bps), lower_bps=5_000) == 0
    )
    assert found[0] == first
    assert net_of(Wish("DRESS", 1, first)) >= reference_cost_minor(price, 5_000)


def probe(stage, client, cost_minor):
    """Return the smallest discount without commission, found by orders and what is seen of them."""
    shop, ada = stage.shop, stage.ada
    low, high, number = 0, BPS, 0
    received = Received()
    secrets = costing(cost_minor)
    with a_fresh_start(stage):
        tell_catalogue(shop, secrets.costs, NOW - timedelta(days=1), without=frozenset())
        while high - low > 1:
            middle, at = (low + high) // 2, NOW + timedelta(hours=number)
            order_all(shop, (Wish("DRESS", 1, middle),), secrets, number, at)
            pull(at)
            receive(client, ada, received, at, is_brief=True)
            if earned(received)[-1]:
                low = middle
            else:
                high = middle
            number += 1
    return high
