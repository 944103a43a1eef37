"""What products of Magento say: MG18 to MG20."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shop.domain.states import Stock
from tests.shop.connectors.magento.bodies import CONTEXT, catalogue, product


def configurable(**changes):
    return product(80, "COAT", "configurable", name="Coat", custom={"url_key": "coat"}, **changes)


def child(product_id=81, sku="COAT-BLUE-M", **changes):
    return product(product_id, sku, name="Coat-Blue-M", visibility=1, price=120,
                   custom={"cost": "41.5", "size": "170"}, **changes)  # fmt: skip


def test_a_simple_product_with_its_cost_stock_and_names():
    facts = catalogue(product(), stock={"SCARF": "7"})
    (scarf,) = facts.products

    assert (scarf.sku, scarf.name, scarf.category, scarf.collections, scarf.brand) == (
        "SCARF", "Scarf", "Scarves", ("Women",), "Maison")  # fmt: skip
    assert (scarf.list_price_minor, scarf.vat_bps, scarf.unit_cost_minor) == (4_800, 2_000, 1_250)
    assert (scarf.stock, facts.stocks) == (None, (Stock(sku="SCARF", pieces=7),))
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
    facts = catalogue(configurable(), child(), child(82, "COAT-RED-M"),
                      stock={"COAT-BLUE-M": "3"})  # fmt: skip
    blue, red = facts.products

    assert (blue.sku, blue.name, blue.model, blue.size) == ("COAT-BLUE-M", "Coat", "80", "M")
    assert (blue.list_price_minor, blue.unit_cost_minor) == (12_000, 4_150)
    assert facts.stocks == (Stock(sku="COAT-BLUE-M", pieces=3),)
    assert red.url == "https://maison.example/coat.html"


@pytest.mark.parametrize(
    ("parent", "own", "at"),
    [("2026-03-01 10:00:00", "2026-03-01 09:00:00", 10),
     ("2026-03-01 10:00:00", "2026-03-01 11:00:00", 11), (None, None, None)],
)  # fmt: skip
def test_a_variant_is_as_new_as_itself_or_its_parent_and_magento_writes_utc(parent, own, at):
    moment = at and datetime(2026, 3, 1, at, tzinfo=UTC)

    (blue,) = catalogue(configurable(updated_at=parent), child(updated_at=own)).products

    assert blue.changed_at == moment


def test_stock_has_no_time_of_its_own_and_a_variants_cost_has_the_variants():
    facts = catalogue(child(), stock={"COAT-BLUE-M": "3"})

    assert facts.unit_costs[0].changed_at == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert facts.stocks[0].changed_at is None


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
    assert catalogue(product(), stock={"SCARF": "-2"}).stocks[0].pieces == 0
