"""The catalogue of PrestaShop: rules PS13 and PS14."""

from __future__ import annotations

import copy
import json
from datetime import datetime

import pytest

from shop.connectors.prestashop import CONNECTOR
from tests.shop.connectors.prestashop.bodies import context

PRODUCT = {
    "shop": "https://shop.example",
    "product": {"id": "9", "reference": "DRESS", "name": "A dress", "price": "40.000000",
                "wholesale_price": "15.500000", "active": "1", "id_default_image": "123",
                "manufacturer_name": "Invented", "date_upd": "2026-06-01 10:00:00"},
    "category": "Dresses",
    "collections": ["Summer", "Linen"],
    "vat": "20.000",
    "combinations": [
        {"id": "31", "reference": "DRESS-M", "price": "0.000000", "wholesale_price": "0.000000",
         "color": "Red", "size": "M", "image": "", "quantity": "4", "sells_without_stock": False},
        {"id": "32", "reference": "DRESS-XL", "price": "2.500000", "wholesale_price": "16.000000",
         "color": "Red", "size": "XL", "image": "45", "quantity": "-2",
         "sells_without_stock": False},
    ],
}  # fmt: skip


def facts(body):
    return CONNECTOR.facts("poll.product", json.dumps(body).encode(), context())


def products(body):
    return facts(body).products


def costs(body):
    return {one.sku: one.unit_cost_minor for one in facts(body).unit_costs}


def stocks(body):
    return {one.sku: one.pieces for one in facts(body).stocks}


def changed(*combinations, **product):
    body = copy.deepcopy(PRODUCT)
    body["product"] |= product
    for number, changes in enumerate(combinations):
        body["combinations"][number] |= changes
    return body


def test_each_combination_is_a_sku_and_the_product_its_model():
    medium, large = products(PRODUCT)

    assert (medium.sku, medium.model, medium.color, medium.size) == ("DRESS-M", "9", "Red", "M")
    assert (medium.list_price_minor, large.list_price_minor, medium.vat_bps) == (
        4_800,
        5_100,
        2_000,
    )
    assert (medium.category, medium.brand, medium.collections) == (
        "Dresses", "Invented", ("Summer", "Linen"))  # fmt: skip
    assert stocks(PRODUCT) == {"DRESS-M": 4, "DRESS-XL": 0}
    assert medium.url == (
        "https://shop.example/index.php?controller=product&id_product=9&id_product_attribute=31"
    )
    assert medium.image_url == "https://shop.example/img/p/1/2/3/123.jpg"
    assert large.image_url == "https://shop.example/img/p/4/5/45.jpg"


def test_ps13_a_cost_of_zero_is_the_products_and_zero_at_both_is_unknown():
    assert costs(PRODUCT) == {"DRESS-M": 1_550, "DRESS-XL": 1_600}
    assert costs(changed(wholesale_price="0.000000")) == {"DRESS-XL": 1_600}


@pytest.mark.parametrize(
    ("local", "utc"),
    [("2026-06-01 10:00:00", "2026-06-01T08:00:00+00:00"),
     ("2026-01-01 10:00:00", "2026-01-01T09:00:00+00:00"), ("0000-00-00 00:00:00", None)],
)  # fmt: skip
def test_ps21_a_product_is_as_new_as_it_says_in_the_shops_time(local, utc):
    said = facts(changed(date_upd=local))

    moments = {one.changed_at for one in said.products}
    assert moments == {utc and datetime.fromisoformat(utc)}
    assert {one.changed_at for one in (*said.unit_costs, *said.stocks)} == {None}
    assert {(one.unit_cost_minor, one.stock) for one in said.products} == {(None, None)}


def test_ps14_combinations_without_a_reference_are_one_sku_with_the_stock_of_all():
    body = changed({"reference": ""}, {"reference": "", "quantity": "3"})
    (only,) = products(body)

    assert (only.sku, only.color, only.size) == ("DRESS", "Red", "")
    assert stocks(body) == {"DRESS": 7}


def test_ps14_without_any_reference_nothing_can_be_named():
    facts = CONNECTOR.facts(
        "poll.product",
        json.dumps(changed({"reference": ""}, {"reference": ""}, reference="")).encode(),
        context(),
    )
    assert (facts.products, bool(facts.ignored)) == ((), True)


def test_a_shop_that_sells_without_stock_says_no_stock_and_a_product_can_be_off():
    body = changed({"sells_without_stock": True}, active="0")
    assert [one.is_active for one in products(body)] == [False, False]
    assert stocks(body) == {"DRESS-XL": 0}


def test_a_product_without_combinations_is_one_sku():
    body = {**changed(quantity="12"), "combinations": []}
    (only,) = products(body)
    assert (only.sku, stocks(body), costs(body)) == ("DRESS", {"DRESS": 12}, {"DRESS": 1_550})
    assert only.url == "https://shop.example/index.php?controller=product&id_product=9"
