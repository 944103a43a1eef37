"""The product picker of the look editor asks an index, whatever is typed."""

import pytest
from django.db import connection

from portal.queries.look_products import MOST_HITS, search
from shop.models import Product
from shop.models.catalogue import SEARCHED, searched_words
from tests.builders import make_product, make_shop

pytestmark = pytest.mark.django_db


def make_sold(name, **more):
    return make_product(name=name, url="https://shop.example/p", **more)


def names(words):
    return [one.name for one in search(words, make_shop())]


def test_short_words_begin_a_word_and_signs_divide_words():
    make_sold("T-shirt en coton", sku="RB01-38", color="écru")
    make_sold("Sac", sku="ZZ", color="noir")

    for words in ("t-shirt", "shirt co", "rb01-38", "rb01 38", "b01", "co ec", "3"):
        assert names(words) == ["T-shirt en coton"], words
    for words in ("t-shirt no", "01", "on", "hi"):
        assert names(words) == [], words
    assert names("oir") == ["Sac"]
    assert names(" - ") == []
    assert names("100%") == names("_") == []


def test_more_than_can_be_ordered_still_fills_the_list():
    make_shop()
    shop = make_sold("Robe 0").shop
    Product.objects.bulk_create(
        Product(shop=shop, sku=f"R-{number}", name=f"Robe {number}", url="https://shop.example/r",
                list_price_minor=1_000, currency="EUR")
        for number in range(1, 700)
    )  # fmt: skip

    assert len(names("robe")) == MOST_HITS
    assert names("robe 699") == ["Robe 699"]


@pytest.mark.parametrize("words", ["robe", "robe lin", "ec", "r"])
def test_the_index_answers(words):
    make_sold("Robe en lin écru")
    rows = Product.objects.alias(said=SEARCHED)
    for word in searched_words(words):
        rows = rows.filter(said__contains=word if len(word) > 2 else f" {word}")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "Bitmap Index Scan on product_search" in rows.explain()
    assert rows.count() == 1
