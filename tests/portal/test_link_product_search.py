"""The product search of the link builder asks the index of the catalogue."""

import pytest
from django.db import connection

from portal.queries.link_products import MOST_HITS, Seller, promotable, search
from portal.queries.product_words import holding
from tests.builders import NOW, make_affiliate, make_product, make_shop

pytestmark = pytest.mark.django_db


def make_sold(name, **more):
    return make_product(name=name, **{"url": "https://shop.example/p", **more})


def names(words):
    return [hit.name for hit in search(words, seller=Seller.of(make_affiliate(), NOW))]


def test_every_word_is_found_wherever_it_stands_without_accents_and_capitals():
    make_sold("Robe en lin écru", sku="RB01-38", brand="Atelier", category="Été")
    make_sold("Sac", sku="ZZ", color="noir")

    for words in ("robe", "ROBE Ecru", "lin atelier", "rb01-38", "b01 38", "ete", "ec li"):
        assert names(words) == ["Robe en lin écru"], words
    assert names("noir") == ["Sac"]
    for words in ("robe noir", "in", "100%", "_", " - ", ""):
        assert names(words) == [], words


def test_hits_come_by_name_and_only_what_is_on_sale_and_has_a_page():
    other = make_shop(code="other", name="Other")
    make_sold("Robe C", shop=other)
    for name in ("Robe B", "Robe A"):
        make_sold(name)
    make_sold("Robe 0", is_active=False)
    make_sold("Robe 1", url="")
    assert names("robe") == ["Robe A", "Robe B", "Robe C"]

    for number in range(MOST_HITS):
        make_sold(f"Robe Z{number}")
    assert names("robe") == ["Robe A", "Robe B", "Robe C", *(f"Robe Z{n}" for n in range(5))]


def test_the_index_answers():
    make_sold("Robe en lin écru")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")

    assert "Bitmap Index Scan on product_search" in holding(promotable(), "robe lin").explain()
