"""One link for many pages of the shop: rule L21, and what the builder makes of it."""

import pytest

from tests.portal.partner_world import PRODUCT_URL
from tests.portal.test_link_pages import preview
from tracking.models import Link

pytestmark = pytest.mark.django_db


def shown(ada, world, pages):
    answer = ada.get(f"/portal/links/{world.link.pk}/pages/", {"pages": pages})
    return answer.status_code, answer.context["addresses"]


def test_every_page_has_an_address_of_the_same_link(ada, world):
    host = world.link.destination_url.split("/")[2]
    status, found = shown(
        ada, world, f"/sale?size=38&color=red\nhttps://{host}/new?ap_ref=x#top\n\n{host}"
    )

    assert status == 200
    assert [one.page for one in found] == ["/sale?size=38&color=red", "/new#top", "/"]
    assert found[0].url.endswith(f"/c/{world.link.code}?to=/sale?size=38%26color=red")
    assert found[1].url.endswith("?to=/new%23top")


@pytest.mark.parametrize("page", ["https://evil.example/a", "//evil.example", "/c/x", "evil/.."])
def test_what_is_no_page_of_the_shop_is_said(ada, world, page):
    _status, (one,) = shown(ada, world, page)
    assert (one.url, bool(one.refusal)) == ("", True)


def test_nothing_typed_is_said_beside_the_form(ada, world):
    assert shown(ada, world, " ")[0] == 422


def test_a_link_of_another_shows_nothing(sign_in, world):
    mallory = sign_in(world.people["mallory"])
    assert mallory.get(f"/portal/links/{world.link.pk}/pages/?pages=/a").status_code == 404


def test_the_same_page_in_another_country(ada, world):
    shop = world.link.shop
    assert 'name="host"' not in ada.get("/portal/links/new/").content.decode()
    shop.link_hosts = [*shop.link_hosts, "shop.example.de"]
    shop.save()

    assert 'name="host"' in ada.get("/portal/links/new/").content.decode()
    assert "https://shop.example.de/" in preview(
        ada, destination_url=PRODUCT_URL, host="shop.example.de"
    )
    ada.post(
        "/portal/links/new/",
        {"shop": shop.pk, "destination_url": PRODUCT_URL, "host": "shop.example.de"},
    )
    assert Link.objects.latest("pk").destination_url.startswith("https://shop.example.de/")


def test_a_story_says_first_that_it_is_paid(ada, world):
    page = ada.get(f"/portal/links/{world.link.pk}/").content.decode()
    assert 'value="Paid partnership – Spring letter.' in page


def test_where_visitors_land_by_their_language(ada, world, settings):
    """L22: beside the preview and beside each page; nothing where pages are of no language."""
    shop, host = world.link.shop, world.link.destination_url.split("/")[2]
    assert "Visitors who read" not in preview(ada, destination_url=f"https://{host}/fr/robe")
    settings.SHOP_LANGUAGES = {shop.code: (("fr", "/fr/"), ("en", "/en/"))}

    page = preview(ada, destination_url=f"https://{host}/fr/robe")
    assert 'Visitors who read <span lang="fr">français</span>' in page
    assert f"https://{host}/en/robe?" in page
    assert "Visitors who read" not in preview(ada, destination_url=f"https://{host}/sale")
    _status, (dress, sale) = shown(ada, world, "/fr/robe?size=38\n/sale")
    assert [(one.name, one.url) for one in dress.languages] == [
        ("français", f"https://{host}/fr/robe?size=38"),
        ("English", f"https://{host}/en/robe?size=38"),
    ]
    assert sale.languages == ()
