"""Single facts about products that are known: costs, stock, what is no longer sold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shop.domain.states import Stock, UnitCost
from shop.models import BandAssignment, OrderLine, Product, ProductCost
from shop.services import catalogue, orders
from tests.builders import NOW, make_shop
from tests.shop.test_catalogue import DRESS, upsert
from tests.shop.test_orders import an_order

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def set_costs(*unit_costs, now=LATER):
    return catalogue.set_costs(shop_id=make_shop().pk, unit_costs=unit_costs, now=now)


def set_stocks(*stocks, now=LATER):
    return catalogue.set_stocks(shop_id=make_shop().pk, stocks=stocks, now=now)


def retire(*, skus=(), models=()):
    return catalogue.retire(shop_id=make_shop().pk, skus=skus, models=models, now=LATER)


def test_a_cost_told_alone_begins_a_period_as_one_told_with_its_product():
    upsert(DRESS)

    report = set_costs(UnitCost(sku="S1", unit_cost_minor=5_000))

    assert (report.changed, report.unchanged) == (1, 0)
    assert list(
        ProductCost.objects.order_by("pk").values_list("unit_cost_minor", "valid_from", "valid_to")
    ) == [(4_000, catalogue.ALWAYS, LATER), (5_000, LATER, None)]
    again = set_costs(UnitCost(sku="S1", unit_cost_minor=5_000))
    assert (again.changed, again.unchanged) == (0, 1)


def test_two_costs_at_one_moment_are_a_correction():
    upsert(DRESS)
    set_costs(UnitCost(sku="S1", unit_cost_minor=5_000), UnitCost(sku="S1", unit_cost_minor=5_500))

    assert set_costs(UnitCost(sku="S1", unit_cost_minor=6_000)).changed == 1

    found = ProductCost.objects.order_by("pk").values_list("unit_cost_minor", flat=True)
    assert list(found) == [4_000, 6_000]


def test_a_first_cost_gives_the_band_and_fills_the_lines_that_waited():
    shop = make_shop()
    upsert(replace(DRESS, unit_cost_minor=None))
    orders.record(shop_id=shop.pk, orders=[an_order()], now=NOW)

    report = set_costs(UnitCost(sku="S1", unit_cost_minor=4_000))

    waited = OrderLine.objects.filter(sku="S1").count()
    assert waited
    assert report.costs_filled == waited
    band = BandAssignment.objects.get()
    assert (band.band.lower_bps, band.list_price_minor) == (5_000, 10_000)
    assert band.valid_from == catalogue.ALWAYS


def test_a_cost_below_zero_is_refused_and_an_unknown_sku_reported():
    upsert(DRESS)

    report = set_costs(
        UnitCost(sku="S1", unit_cost_minor=-1), UnitCost(sku="nobody", unit_cost_minor=1)
    )

    assert "below zero" in report.conflicts["S1"]
    assert report.unknown == ["nobody"]
    assert ProductCost.objects.get().unit_cost_minor == 4_000


def test_what_is_told_of_another_shop_is_unknown():
    upsert(DRESS)
    elsewhere = make_shop(code="elsewhere")

    told = [UnitCost(sku="S1", unit_cost_minor=1)]
    report = catalogue.set_costs(shop_id=elsewhere.pk, unit_costs=told, now=LATER)

    assert report.unknown == ["S1"]
    assert catalogue.set_stocks(
        shop_id=elsewhere.pk, stocks=[Stock(sku="S1", pieces=1)], now=LATER
    ).unknown == ["S1"]
    assert catalogue.retire(shop_id=elsewhere.pk, skus=["S1"], models=[], now=LATER).unknown == [
        "S1"
    ]
    assert ProductCost.objects.get().unit_cost_minor == 4_000
    assert Product.objects.get().is_active


@pytest.mark.parametrize(("told", "kept"), [(3, 3), (0, 0), (-2, 0), (10**12, 2_147_483_647)])
def test_stock_is_of_the_moment_it_is_told(told, kept):
    upsert(DRESS)

    report = set_stocks(Stock(sku="S1", pieces=told), Stock(sku="nobody", pieces=1))

    product = Product.objects.get()
    assert (product.stock, product.stock_at) == (kept, LATER)
    assert (report.changed, report.unknown) == (1, ["nobody"])


def test_the_same_stock_is_told_again_and_is_younger():
    upsert(replace(DRESS, stock=3))

    assert set_stocks(Stock(sku="S1", pieces=3)).unchanged == 1
    assert Product.objects.get().stock_at == LATER


def test_what_is_gone_is_inactive_and_comes_back_with_the_next_word():
    upsert(DRESS, replace(DRESS, sku="S2", model="M"), replace(DRESS, sku="S3", model="M", stock=4))

    report = retire(skus=["S1", "nobody"], models=["M", "no model", ""])

    assert (report.changed, report.unknown) == (3, ["nobody", "no model"])
    assert not Product.objects.filter(is_active=True).exists()
    stock = Product.objects.order_by("sku").values_list("stock", "stock_at")
    assert list(stock) == [(None, None), (None, None), (0, LATER)]
    assert retire(skus=["S1"]).unchanged == 1

    assert upsert(DRESS).changed == 1
    assert Product.objects.get(sku="S1").is_active


def test_a_product_without_model_is_not_gone_with_an_empty_one():
    upsert(DRESS)

    assert retire(models=[""]).unknown == []
    assert Product.objects.get().is_active


def test_many_changes_of_many_columns_are_stored_as_said():
    many = [replace(DRESS, sku=f"S{number}") for number in range(2_500)]
    upsert(*many)
    said = [
        replace(one, name="Jupe « d'été » \\ \t\n{}", collections=('a "b", {c}', "NULL", "é\\"),
                color="", unit_cost_minor=4_000 + number % 2, list_price_minor=10**12)
        for number, one in enumerate(many)
    ]  # fmt: skip

    assert upsert(*said, now=LATER).changed == 2_500

    product = Product.objects.get(sku="S2499")
    assert product.name == said[0].name
    assert product.collections == ['a "b", {c}', "NULL", "é\\"]
    assert product.list_price_minor == 10**12
    assert ProductCost.objects.filter(valid_to__isnull=True).count() == 2_500
    assert ProductCost.objects.count() == 3_750
    assert upsert(*said, now=LATER).unchanged == 2_500
