"""``import_products --format merchant``: a feed from a file, through the same service."""

import gzip

import pytest
from django.core.management import CommandError, call_command

from shop.models import Product, ProductCost
from tests.builders import make_shop
from tests.shop.connectors.merchant_feed.feeds import DRESS, rss

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring_in(tmp_path, capsys):
    def run(body, *arguments):
        make_shop()
        path = tmp_path / "feed"
        path.write_bytes(body)
        call_command("import_products", "atelier", str(path), "--format", "merchant", *arguments)
        return capsys.readouterr().out

    return run


def test_a_feed_comes_with_costs_stock_and_models(bring_in):
    assert "1 products made" in bring_in(rss(DRESS))
    assert "1 as they were" in bring_in(gzip.compress(rss(DRESS)))

    product = Product.objects.get()
    assert (product.sku, product.model, product.stock) == ("RB1-38", "RB1", 3)
    assert (product.list_price_minor, product.vat_bps) == (11_990, 2_000)
    assert ProductCost.objects.get().unit_cost_minor == 4_150


def test_the_rate_of_vat_is_an_option(bring_in):
    bring_in(rss(DRESS), "--vat", "5.5")

    assert Product.objects.get().vat_bps == 550


def test_what_is_refused_is_listed_and_counted_and_the_rest_is_stored(bring_in, capsys):
    broken = [{**DRESS, "id": f"B{number}", "price": "soon"} for number in range(60)]

    with pytest.raises(SystemExit):
        bring_in(rss(DRESS, *broken))

    told = capsys.readouterr().out
    assert "Row 2: B0: At price: an amount and its currency, as 49.90 EUR." in told
    assert "... and 10 more." in told
    assert Product.objects.get().sku == "RB1-38"


def test_what_is_no_feed_is_refused(bring_in, tmp_path):
    with pytest.raises(CommandError, match="neither XML"):
        bring_in(b"sku,price")
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("import_products", "atelier", str(tmp_path / "no"), "--format", "merchant")
    with pytest.raises(CommandError, match="rate of VAT"):
        bring_in(rss(DRESS), "--vat", "many")
