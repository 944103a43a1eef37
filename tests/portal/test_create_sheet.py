"""The Create button of a partner's phone: a link, and for creators a look as well."""

import pytest
from django.urls import reverse

from influencers.models import Look
from shop.models import Shop
from tests.builders import make_affiliate, make_shop, make_user
from tests.people import make_ada, person_of
from tests.portal.test_components import Page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["influencer", "employee"])
def test_creators_choose_between_a_link_and_a_look(client, kind):
    make_shop()
    person = make_user()
    make_affiliate(user=person, kind=kind, store="Lyon", staff_number="7")
    client.force_login(person)

    page = Page(client.get("/portal/links/").text)

    (plus,) = page.all("button", **{"class": "bottom-bar__create"})
    assert plus["popovertarget"] == "create-sheet"
    assert page.all("dialog", id="create-sheet")
    assert page.all("form", action="/portal/looks/new/", method="post")
    assert client.post("/portal/looks/new/")["Location"].endswith("/edit/")


def test_everybody_else_makes_a_link_at_once(client):
    client.force_login(person_of(make_ada()))

    page = Page(client.get("/portal/links/").text)

    assert page.all("a", href="/portal/links/new/")
    assert not page.all("dialog", id="create-sheet")
    assert not page.all("form", action="/portal/looks/new/")


def test_where_there_are_several_shops_one_is_chosen_in_the_list(client):
    first, second = make_shop(), make_shop(code="second")
    person = make_user()
    make_affiliate(user=person, kind="influencer")
    client.force_login(person)
    assert Shop.objects.count() == 2

    assert client.post("/portal/looks/new/")["Location"] == reverse("portal:look-list")

    assert not Look.objects.exists()
    client.post("/portal/looks/new/", {"shop": second.code})
    assert Look.objects.get().shop == second != first
