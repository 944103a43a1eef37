"""The catalogue: products, periods of cost, bands given once (docs/rules/margin.md)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shop.domain.canonical import CanonicalProduct
from shop.models import BandAssignment, CostSource, OrderLine, Product, ProductCost
from shop.services import catalogue, costs, orders
from tests.builders import NOW, make_shop
from tests.shop.test_orders import a_line, an_order

pytestmark = pytest.mark.django_db

DRESS = CanonicalProduct(
    sku="S1",
    name="Robe",
    category="robes",
    brand="Atelier",
    list_price_minor=12_000,
    vat_bps=2_000,
    currency="EUR",
    unit_cost_minor=4_000,
)


def upsert(*products, now=NOW):
    return catalogue.upsert(shop_id=make_shop().pk, products=products, now=now)


def test_a_product_gets_its_cost_and_its_band():
    report = upsert(DRESS)

    assert (report.created, report.changed, report.unchanged) == (1, 0, 0)
    product = Product.objects.get()
    assert product.list_price_ex_vat.minor == 10_000
    band = BandAssignment.objects.get()
    assert (band.band.lower_bps, band.list_price_minor, band.reference_cost_minor) == (
        5_000,
        10_000,
        5_000,
    )


def test_the_same_again_changes_nothing():
    upsert(DRESS)

    assert upsert(DRESS, DRESS).unchanged == 1
    assert ProductCost.objects.count() == BandAssignment.objects.count() == 1


def test_a_changed_cost_begins_a_period_and_leaves_the_band():
    upsert(DRESS)
    later = NOW + timedelta(days=1)

    report = upsert(replace(DRESS, unit_cost_minor=9_000, name="Robe longue"), now=later)

    assert report.changed == 1
    assert list(
        ProductCost.objects.order_by("pk").values_list("unit_cost_minor", "valid_from", "valid_to")
    ) == [(4_000, catalogue.ALWAYS, later), (9_000, later, None)]
    assert BandAssignment.objects.get().band.lower_bps == 5_000


def test_two_costs_at_one_moment_are_a_correction():
    upsert(DRESS)
    upsert(replace(DRESS, unit_cost_minor=5_000))
    upsert(replace(DRESS, unit_cost_minor=6_000))

    assert list(ProductCost.objects.order_by("pk").values_list("unit_cost_minor", flat=True)) == [
        4_000,
        6_000,
    ]


def test_a_cost_that_is_not_sent_leaves_the_known_one():
    upsert(DRESS)
    upsert(replace(DRESS, unit_cost_minor=None), now=NOW + timedelta(days=1))

    assert ProductCost.objects.get().unit_cost_minor == 4_000


def test_a_product_without_cost_has_no_band_until_its_cost_is_known():
    upsert(replace(DRESS, unit_cost_minor=None))
    assert not BandAssignment.objects.exists()

    upsert(DRESS)

    assert BandAssignment.objects.get().band.lower_bps == 5_000


def test_a_band_that_was_ended_is_followed_by_one_from_now():
    upsert(DRESS)
    ended = NOW - timedelta(days=1)
    BandAssignment.objects.update(valid_to=ended)

    upsert(replace(DRESS, unit_cost_minor=9_000))

    old, new = BandAssignment.objects.order_by("valid_from")
    assert (old.valid_to, new.valid_from, new.band.lower_bps) == (ended, NOW, 0)


def test_lines_that_waited_receive_the_first_cost_and_their_product():
    shop = make_shop()
    orders.record(
        shop_id=shop.pk,
        orders=[an_order(lines=(a_line("1"), a_line("2"), a_line("3", unit_cost_minor=7)))],
        now=NOW,
    )

    report = upsert(DRESS, replace(DRESS, sku="S3", unit_cost_minor=100))

    assert report.costs_filled == 1
    assert list(
        OrderLine.objects.order_by("external_id").values_list(
            "unit_cost_minor", "cost_source", "product__sku"
        )
    ) == [
        (4_000, CostSource.CATALOGUE, "S1"),
        (None, CostSource.MISSING, None),
        (7, CostSource.PAYLOAD, None),
    ]
    assert costs.fill_missing(shop_id=shop.pk, now=NOW) == 0


def test_what_another_shop_knows_fills_nothing():
    elsewhere = make_shop(code="elsewhere")
    orders.record(shop_id=elsewhere.pk, orders=[an_order()], now=NOW)

    upsert(DRESS)

    assert costs.fill_missing(shop_id=elsewhere.pk, now=NOW) == 0


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"currency": "USD"}, "sells in EUR"),
        ({"unit_cost_minor": -1}, "below zero"),
    ],
)
def test_an_impossible_product_is_refused_and_the_others_are_stored(broken, sentence):
    report = upsert(replace(DRESS, **broken), replace(DRESS, sku="S2"))

    assert sentence in report.conflicts["S1"]
    assert Product.objects.get().sku == "S2"


def test_collections_are_kept_and_follow_the_shop():
    upsert(replace(DRESS, collections=("Été", "Mariage")))
    assert Product.objects.get().collections == ["Été", "Mariage"]
    assert upsert(replace(DRESS, collections=("Été", "Mariage"))).unchanged == 1

    report = upsert(DRESS)

    assert report.changed == 1
    assert Product.objects.get().collections == []


def test_stock_is_of_the_moment_it_was_told_and_otherwise_left_alone():
    later = NOW + timedelta(minutes=5)
    upsert(replace(DRESS, model="RB1", color="rouge", size="38", stock=3))

    assert upsert(replace(DRESS, model="RB1", color="rouge", size="38"), now=later).unchanged == 1
    product = Product.objects.get()
    assert (product.model, product.color, product.size) == ("RB1", "rouge", "38")
    assert (product.stock, product.stock_at) == (3, NOW)

    upsert(replace(DRESS, stock=3), now=later)
    product.refresh_from_db()
    assert (product.model, product.stock, product.stock_at) == ("", 3, later)
