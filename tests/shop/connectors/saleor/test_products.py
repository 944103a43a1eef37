"""What products of Saleor say: SA16 and SA17."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shop.connectors.contract import UnreadableBody
from shop.connectors.saleor import CONNECTOR
from shop.domain.states import Stock, UnitCost
from tests.shop.connectors.saleor.bodies import CONTEXT, catalogue, listing, product, sent, variant

SKU = "COAT-BLUE-M"


def only(found, context=CONTEXT):
    (one,) = catalogue(found, context).products
    return one


def cost_of(found, context=CONTEXT):
    costs = catalogue(found, context).unit_costs
    return costs[0].unit_cost_minor if costs else None


def test_a_variant_has_price_and_cost_of_our_channel():
    coat = only(product())

    assert (coat.sku, coat.name, coat.model, coat.brand) == (
        "COAT-BLUE-M", "Coat", "UHJvZHVjdDo3Mg==", "Maison")  # fmt: skip
    assert (coat.list_price_minor, coat.vat_bps) == (12_000, 2_000)
    assert (coat.color, coat.size, coat.is_active) == ("Blue", "M", True)
    assert (coat.category, coat.collections) == ("Coats", ("Winter",))
    assert (coat.url, coat.image_url) == ("", "https://media.maison.example/coat.jpg")


def test_without_a_channel_the_currency_chooses():
    assert only(product(), replace(CONTEXT, options={})).list_price_minor == 12_000
    pounds = replace(CONTEXT, currency="GBP", options={})
    assert cost_of(product(), pounds) == 3_000


def test_costs_and_stocks_lie_beside_the_product_and_are_told_beside_it():
    facts = catalogue(product())

    assert (facts.products[0].unit_cost_minor, facts.products[0].stock) == (None, None)
    assert facts.unit_costs == (UnitCost(sku=SKU, unit_cost_minor=4_150),)
    assert facts.stocks == (Stock(sku=SKU, pieces=3),)


@pytest.mark.parametrize(
    ("own", "hour"), [("2026-03-01T11:00:00+02:00", 9), ("2026-03-01T07:00:00+00:00", 8), (None, 8)]
)
def test_a_variant_is_as_new_as_itself_or_its_product(own, hour):
    found = only(product(variants=[variant(updatedAt=own)]))

    assert found.changed_at == datetime(2026, 3, 1, hour, tzinfo=UTC)


def test_a_webhook_says_when_saleor_looked_at_costs_and_stocks():
    body = sent({"issuedAt": "2026-03-02T10:05:00+00:00", "product": product()})

    facts = CONNECTOR.facts("product_updated", body, CONTEXT)

    at = datetime(2026, 3, 2, 10, 5, tzinfo=UTC)
    assert (facts.unit_costs[0].changed_at, facts.stocks[0].changed_at) == (at, at)
    assert facts.products == catalogue(product()).products


def test_options_tell_taxes_and_the_storefront():
    options = {"channel": "fr", "prices_include_tax": "no", "vat_bps": "550",
               "storefront": "https://maison.example/products/"}  # fmt: skip

    coat = only(product(), replace(CONTEXT, options=options))

    assert (coat.list_price_minor, coat.vat_bps) == (12_660, 550)
    assert coat.url == "https://maison.example/products/coat"


@pytest.mark.parametrize("cost", [None, 0, "0.000"])
def test_no_cost_is_no_cost_never_nought(cost):
    found = product(variants=[variant(channelListings=[listing(cost=cost)])])

    assert cost_of(found) is None


def test_what_the_channel_does_not_list_is_no_longer_sold():
    facts = catalogue(product(variants=[variant(channelListings=[listing("uk", currency="GBP")])]))

    assert (facts.products, facts.gone_skus) == ((), ("COAT-BLUE-M",))


def test_a_product_that_is_not_published_is_not_active():
    hidden = [{"isPublished": False, "channel": {"slug": "fr"}}]

    assert not only(product(channelListings=hidden)).is_active


def test_stock_that_is_not_told_is_not_known():
    assert catalogue(product(variants=[variant(stocks=None)])).stocks == ()


def test_gift_cards_and_products_without_sku_are_ignored():
    assert catalogue(product(productType={"kind": "GIFT_CARD"})).ignored
    assert catalogue(product(variants=[variant(sku=None)])).ignored


def test_webhooks_of_products_say_the_same_and_deleted_ones_are_gone():
    body = sent({"product": product()})

    assert CONNECTOR.facts("product_updated", body, CONTEXT) == catalogue(product())
    assert CONNECTOR.facts("product_deleted", body, CONTEXT).gone_models == ("UHJvZHVjdDo3Mg==",)
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts("product_updated", b"{}", CONTEXT)
