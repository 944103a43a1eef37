"""What products of Saleor say: SA16 and SA17."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shop.connectors.contract import UnreadableBody
from shop.connectors.saleor import CONNECTOR
from tests.shop.connectors.saleor.bodies import CONTEXT, catalogue, listing, product, sent, variant


def only(found, context=CONTEXT):
    (one,) = catalogue(found, context).products
    return one


def test_a_variant_has_price_and_cost_of_our_channel():
    coat = only(product())

    assert (coat.sku, coat.name, coat.model, coat.brand) == (
        "COAT-BLUE-M", "Coat", "UHJvZHVjdDo3Mg==", "Maison")  # fmt: skip
    assert (coat.list_price_minor, coat.unit_cost_minor, coat.vat_bps) == (12_000, 4_150, 2_000)
    assert (coat.color, coat.size, coat.stock, coat.is_active) == ("Blue", "M", 3, True)
    assert (coat.category, coat.collections) == ("Coats", ("Winter",))
    assert (coat.url, coat.image_url) == ("", "https://media.maison.example/coat.jpg")


def test_without_a_channel_the_currency_chooses():
    assert only(product(), replace(CONTEXT, options={})).list_price_minor == 12_000
    pounds = replace(CONTEXT, currency="GBP", options={})
    assert only(product(), pounds).unit_cost_minor == 3_000


def test_options_tell_taxes_and_the_storefront():
    options = {"channel": "fr", "prices_include_tax": "no", "vat_bps": "550",
               "storefront": "https://maison.example/products/"}  # fmt: skip

    coat = only(product(), replace(CONTEXT, options=options))

    assert (coat.list_price_minor, coat.vat_bps) == (12_660, 550)
    assert coat.url == "https://maison.example/products/coat"


@pytest.mark.parametrize("cost", [None, 0, "0.000"])
def test_no_cost_is_no_cost_never_nought(cost):
    found = product(variants=[variant(channelListings=[listing(cost=cost)])])

    assert only(found).unit_cost_minor is None


def test_what_the_channel_does_not_list_is_no_longer_sold():
    facts = catalogue(product(variants=[variant(channelListings=[listing("uk", currency="GBP")])]))

    assert (facts.products, facts.gone_skus) == ((), ("COAT-BLUE-M",))


def test_a_product_that_is_not_published_is_not_active():
    hidden = [{"isPublished": False, "channel": {"slug": "fr"}}]

    assert not only(product(channelListings=hidden)).is_active


def test_stock_that_is_not_told_is_not_known():
    assert only(product(variants=[variant(stocks=None)])).stock is None


def test_gift_cards_and_products_without_sku_are_ignored():
    assert catalogue(product(productType={"kind": "GIFT_CARD"})).ignored
    assert catalogue(product(variants=[variant(sku=None)])).ignored


def test_webhooks_of_products_say_the_same_and_deleted_ones_are_gone():
    body = sent({"product": product()})

    assert CONNECTOR.facts("product_updated", body, CONTEXT) == catalogue(product())
    assert CONNECTOR.facts("product_deleted", body, CONTEXT).gone_models == ("UHJvZHVjdDo3Mg==",)
    with pytest.raises(UnreadableBody):
        CONNECTOR.facts("product_updated", b"{}", CONTEXT)
