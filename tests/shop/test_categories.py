"""What a shop calls a category, and which of the programme's it is (rules MF8 and MF9)."""

from dataclasses import replace

import pytest

from core.models import AuditEntry
from shop.models import CategoryName, Product
from shop.services import categories
from shop.services.categories import CategoryRefused
from tests.builders import NOW, make_shop
from tests.shop.test_catalogue import DRESS, upsert

pytestmark = pytest.mark.django_db
SAID = "Apparel & Accessories > Clothing > Dresses"


def map_category(said, category, shop=None):
    return categories.map_category(
        shop_id=(shop or make_shop()).pk, said=said, category=category, actor=None, now=NOW
    )


def test_a_name_that_nobody_mapped_is_the_category():
    upsert(replace(DRESS, category=SAID * 3))

    product = Product.objects.get()
    assert product.said_category == SAID * 3
    assert product.category == (SAID * 3)[:80]


def test_products_that_are_here_follow_at_once_and_those_to_come_when_they_come():
    upsert(replace(DRESS, category=SAID), replace(DRESS, sku="S2", category="Shoes"))

    assert map_category(SAID, " dresses ") == 1

    upsert(replace(DRESS, sku="S3", category=SAID))
    found = dict(Product.objects.values_list("sku", "category"))
    assert found == {"S1": "dresses", "S2": "Shoes", "S3": "dresses"}
    assert upsert(replace(DRESS, category=SAID)).unchanged == 1


def test_the_same_again_changes_nothing_and_every_change_is_in_the_journal():
    upsert(replace(DRESS, category=SAID))

    assert [map_category(SAID, "dresses"), map_category(SAID, "dresses")] == [1, 0]
    assert map_category(SAID, "robes") == 1

    told = AuditEntry.objects.filter(verb="category.mapped").order_by("pk")
    assert [entry.data["after"] for entry in told] == ["dresses", "robes"]
    assert told[1].data == {"said": SAID, "before": "dresses", "after": "robes", "products": 1}


def test_an_empty_category_takes_the_mapping_back():
    upsert(replace(DRESS, category=SAID))
    map_category(SAID, "dresses")

    assert map_category(SAID, "") == 1

    assert Product.objects.get().category == SAID
    assert not CategoryName.objects.exists()


def test_another_shops_words_are_its_own():
    upsert(replace(DRESS, category=SAID))

    assert map_category(SAID, "dresses", make_shop(code="elsewhere")) == 0

    assert Product.objects.get().category == SAID


@pytest.mark.parametrize(("said", "category"), [("", "x"), ("x" * 201, "x"), ("x", "x" * 81)])
def test_a_name_that_no_category_can_have_is_refused(said, category):
    with pytest.raises(CategoryRefused):
        map_category(said, category)

    assert not AuditEntry.objects.filter(verb="category.mapped").exists()
