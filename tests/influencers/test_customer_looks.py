"""Photos of customers where the public sees them (LK16, LK30)."""

import pytest
from django.core.cache import cache

from influencers.services import customer_photo_edits
from shop.models import Product
from tests.builders import NOW
from tests.influencers.look_surface_world import make_worn
from tests.influencers.moderation_world import approve, make_invite, make_manager, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creators_today")]


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def shown_with(*products):
    """A customer's photo on which the team named these products, and approved it."""
    _invite, key = make_invite()
    photo, sam = send(key), make_manager()
    version = photo.look.versions.get()
    for product in products:
        customer_photo_edits.add_product(
            version.pk, sku=product.sku, role="dress", spot=None, by_id=sam.pk, now=NOW
        )
    approve(version, manager=sam)
    return photo.look


def widget(client, product):
    return client.get("/looks/widget", {"shop": product.shop.code, "sku": product.sku})


def sold_out(product):
    Product.objects.filter(pk=product.pk).update(stock=0, stock_at=NOW)
    cache.clear()


def test_a_customers_photo_is_on_the_page_of_its_one_product(client):
    dress = make_worn()
    look = shown_with(dress)

    assert "Worn by Camille" in widget(client, dress).text
    assert "Worn by Camille" in client.get("/looks/").text

    sold_out(dress)
    assert widget(client, dress).status_code == 204
    assert client.get(f"/looks/{look.slug}/").status_code == 200


def test_of_two_products_the_page_of_the_one_that_is_left_shows_it(client):
    dress, bag = make_worn(), make_worn()
    shown_with(dress, bag)
    sold_out(bag)

    assert "Worn by Camille" in widget(client, dress).text
    assert widget(client, bag).status_code == 204
