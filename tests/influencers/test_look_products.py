"""Products of looks as they are to be had now, in a fixed number of queries."""

from datetime import timedelta

import pytest

from core.money import Money
from influencers.domain.availability import Found
from influencers.models import LookAct, LookEvent
from influencers.queries.look_products import family_of, resolve
from influencers.services.look_swaps import note_swaps
from shop.models import Product
from tests.builders import NOW, make_shop
from tests.influencers.look_surface_world import make_look, make_slot, make_worn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looks_today")]


def resolved(look, now=NOW):
    return resolve([look.live], now=now)[look.live.pk]


def stocked(product, pieces, at=NOW):
    Product.objects.filter(pk=product.pk).update(stock=pieces, stock_at=at)


def test_the_price_is_the_shops_of_now():
    shirt = make_worn()
    look = make_look(shirt, make_worn())
    Product.objects.filter(pk=shirt.pk).update(list_price_minor=4_999)

    first = resolved(look).slots[0]

    assert first.price == Money(4_999, "EUR")
    assert (first.product, first.found, first.is_exact) == (shirt, Found.EXACT, True)


def test_another_size_then_another_colour_then_the_next_then_nothing():
    worn = make_worn(model="S", color="red", size="38", sku="S-38")
    size = make_worn(model="S", color="red", size="40", sku="S-40")
    color = make_worn(model="S", color="blue", size="38", sku="S-38-B")
    look = make_look(worn, make_worn())
    slot = look.live.slots.first()
    slot.options.create(product=make_worn(sku="T"), rank=2, is_exact=False)

    seen = []
    for product in (worn, size, color, Product.objects.get(sku="T"), None):
        place = resolved(look).slots[0]
        seen.append((place.product.sku, place.found, place.is_substitute, place.is_exact))
        if product:
            stocked(product, 0)

    assert seen == [
        ("S-38", Found.EXACT, False, True),
        ("S-40", Found.SIZE, False, True),
        ("S-38-B", Found.COLOR, True, False),
        ("T", Found.ALTERNATE, True, False),
        ("S-38", Found.SOLD_OUT, False, True),
    ]
    assert not resolved(look).is_placeable


def test_stock_that_is_a_quarter_of_an_hour_old_is_not_believed():
    worn = make_worn()
    look = make_look(worn, make_worn())
    stocked(worn, 0)

    assert resolved(look, NOW + timedelta(minutes=15)).slots[0].is_sold_out
    assert not resolved(look, NOW + timedelta(minutes=16)).slots[0].is_sold_out


def test_a_required_place_that_is_empty_keeps_the_look_from_automatic_places():
    gone = make_worn()
    look = make_look(make_worn(), make_worn(), gone)
    stocked(gone, 0)

    assert not resolved(look).is_placeable
    look.live.slots.filter(position=2).update(is_required=False)
    assert resolved(look).is_placeable


def test_models_of_two_shops_are_not_mixed_up():
    other = make_shop(code="other", name="Other")
    worn = make_worn(model="S", color="red")
    make_worn(other, model="S", color="red", sku="A-0")
    stocked(worn, 0)

    assert resolved(make_look(worn, make_worn())).slots[0].found == Found.SOLD_OUT


def test_a_product_page_is_known_by_any_size():
    shop = make_shop()
    worn = make_worn(model="S", color="red", sku="S-38")
    size = make_worn(model="S", color="red", sku="S-40")
    blue = make_worn(model="S", color="blue", sku="S-38-B")
    alone = make_worn(sku="ALONE")

    assert [set(found) for found in family_of(shop.pk, "S-40")] == [
        {worn.pk, size.pk},
        {worn.pk, size.pk, blue.pk},
    ]
    assert family_of(shop.pk, "ALONE") == ([alone.pk], [alone.pk])
    assert family_of(shop.pk, "NOBODY") == ([], [])


@pytest.mark.parametrize("looks", [1, 12])
def test_however_many_looks_three_queries(looks, django_assert_num_queries):
    versions = []
    for number in range(looks):
        worn = make_worn(model=f"M{number}", color="red")
        stocked(worn, 0)
        look = make_look(worn, make_worn())
        make_slot(look.live, make_worn(), make_worn(model="Z"), position=9)
        versions.append(look.live)

    with django_assert_num_queries(3):
        resolve(versions, now=NOW)


def test_what_stands_in_is_written_down_once_and_when_it_ends():
    worn = make_worn(name="Coat, camel", model="S", color="camel")
    other = make_worn(name="Coat, red", model="S", color="red")
    look = make_look(worn, make_worn())
    later = NOW + timedelta(hours=1)
    assert note_swaps(now=NOW) == 0

    stocked(worn, 0)
    assert note_swaps(now=NOW) == 1
    assert note_swaps(now=NOW) == 0
    stocked(other, 0)
    assert note_swaps(now=NOW) == 1
    assert note_swaps(now=later) == 1  # What was told is too old to believe.

    events = LookEvent.objects.filter(look=look, act=LookAct.SWAPPED).order_by("pk")
    assert [(event.code, event.note) for event in events] == [
        ("color", "Coat, camel → Coat, red"),
        ("sold_out", "Coat, camel →"),
        ("exact", ""),
    ]
