"""A catalogue from a CSV file, through the same schema and service as the webhook."""

import pytest
from django.core.management import CommandError, call_command

from shop.connectors.product_file import COLUMNS
from shop.models import Product, ProductCost
from tests.builders import make_shop

pytestmark = pytest.mark.django_db

HEADER = ",".join(COLUMNS)
DRESS = "S1,Robe,robes,Atelier,Été | Mariage,12000,2000,EUR,4000,https://shop.example/robe,,"


@pytest.fixture
def bring_in(tmp_path, capsys):
    def run(*rows, header=HEADER):
        make_shop()
        path = tmp_path / "products.csv"
        path.write_text("\n".join([header, *rows]), encoding="utf-8")
        call_command("import_products", "atelier", str(path))
        return capsys.readouterr().out

    return run


def test_a_product_comes_with_its_cost_and_collections(bring_in):
    assert "1 products made, 0 changed, 0 as they were." in bring_in(DRESS)
    assert "0 products made, 0 changed, 1 as they were." in bring_in(DRESS)

    product = Product.objects.get()
    assert product.collections == ["Été", "Mariage"]
    assert product.is_active
    assert ProductCost.objects.get().unit_cost_minor == 4_000


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (DRESS + ",", "not 12 cells"),
        (DRESS.replace("12000", "120.00"), "At list_price_minor"),
        (DRESS.replace("4000", "forty"), "At unit_cost_minor"),
        (DRESS.replace("EUR", "USD"), "sells in EUR"),
        (DRESS.replace(",,", ",,perhaps"), "At active"),
        (DRESS.replace("Mariage", "Été"), "At collections"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_others_are_stored(
    bring_in, capsys, row, sentence
):
    with pytest.raises(SystemExit):
        bring_in(row, DRESS.replace("S1", "S2"))

    assert sentence in capsys.readouterr().out
    assert Product.objects.get().sku == "S2"


def test_another_first_row_and_another_shop_are_refused(bring_in, tmp_path):
    with pytest.raises(CommandError, match="The first row must be"):
        bring_in(DRESS, header="sku,name")
    with pytest.raises(CommandError, match="no shop nowhere"):
        call_command("import_products", "nowhere", str(tmp_path / "products.csv"))


def test_sizes_colours_and_stock_may_follow(bring_in):
    header = HEADER + ",model,color,size,stock"
    bring_in(f"{DRESS},RB1,rouge,38,7", header=header)

    product = Product.objects.get()
    assert (product.model, product.color, product.size) == ("RB1", "rouge", "38")
    assert product.stock == 7
    assert product.stock_at is not None
