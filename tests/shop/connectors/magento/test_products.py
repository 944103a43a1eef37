"""What products of Magento say: MG18 to MG20."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.shop.connectors.magento.bodies import CONTEXT, catalogue, product


def configurable(**changes):
    return product(80, "COAT", "configurable", name="Coat", custom={"url_key": "coat"}, **changes)


def child(product_id=81, sku="COAT-BLUE-M", **changes):
    return product(product_id, sku, name="Coat-Blue-M", visibility=1, price=120,
                   custom={"cost": "41.5", "size": "170"}, **changes)  # fmt: skip


def test_a_simple_product_with_its_cost_stock_and_names():
    (scarf,) = catalogue(product(), stock={"SCARF": "7"}).products

    assert (scarf.sku, scarf.name, scarf.category, scarf.collections, scarf.brand) == (
        "SCARF", "Scarf", "Scarves", ("Women",), "Maison")  # fmt: skip
    assert (scarf.list_price_minor, scarf.vat_bps, scarf.unit_cost_minor, scarf.stock) == (
        4_800, 2_000, 1_250, 7)  # fmt: skip
    assert (scarf.color, scarf.size, scarf.model, scarf.is_active) == ("Blue", "", "90", True)
    assert scarf.url == "https://maison.example/scarf.html"
    assert scarf.image_url == "https://maison.example/media/catalog/product/s/c/scarf.jpg"


@pytest.mark.parametrize("cost", [None, "", "0.0000", 0])
def test_no_cost_is_no_cost_never_nought(cost):
    assert catalogue(product(custom={"cost": cost})).products[0].unit_cost_minor is None


def test_prices_without_tax_are_shown_with_it():
    options = {"prices_include_tax": "no", "vat_bps": "550"}

    (scarf,) = catalogue(product(), context=replace(CONTEXT, options=options)).products

    assert (scarf.list_price_minor, scarf.vat_bps) == (5_064, 550)


def test_a_configurable_is_its_variants_under_one_model():
    blue, red = catalogue(configurable(), child(), child(82, "COAT-RED-M"),
                          stock={"COAT-BLUE-M": "3"}).products  # fmt: skip

    assert (blue.sku, blue.name, blue.model, blue.size) == ("COAT-BLUE-M", "Coat", "80", "M")
    assert (blue.list_price_minor, blue.unit_cost_minor, blue.stock) == (12_000, 4_150, 3)
    assert (red.stock, red.url) == (None, "https://maison.example/coat.html")


def test_a_disabled_parent_disables_its_variants():
    assert not catalogue(configurable(status=2), child()).products[0].is_active


def test_a_variant_by_itself_tells_its_cost_and_stock_alone():
    facts = catalogue(child(), stock={"COAT-BLUE-M": "3"})

    assert facts.products == ()
    assert (facts.unit_costs[0].sku, facts.unit_costs[0].unit_cost_minor) == ("COAT-BLUE-M", 4_150)
    assert (facts.stocks[0].sku, facts.stocks[0].pieces) == ("COAT-BLUE-M", 3)
    assert catalogue(child(status=2)).gone_skus == ("COAT-BLUE-M",)


@pytest.mark.parametrize("kind", ["grouped", "bundle", "giftcard"])
def test_what_has_no_price_of_its_own_is_ignored(kind):
    assert catalogue(product(type_id=kind)).ignored


def test_what_has_no_sku_is_ignored():
    assert catalogue(product(sku="")).ignored
    assert catalogue(product(sku="", visibility=1)).ignored


def test_stock_below_zero_is_none_to_sell():
    assert catalogue(product(), stock={"SCARF": "-2"}).products[0].stock == 0
