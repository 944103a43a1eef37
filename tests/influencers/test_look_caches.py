"""What caches in front of us keep of looks: the same for everybody, chosen by no stranger."""

import pytest

from affiliates.models import Property
from shop.models import Shop
from tests.builders import NOW, make_affiliate
from tests.influencers.look_surface_world import make_look

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looks_today")]


def test_caches_keep_packed_files_apart_from_plain_ones(client):
    """A shared cache gives nobody what only others can unpack."""
    for accepted, packed in (("gzip", "gzip"), ("gzip;q=0, br", None), ("", None)):
        answer = client.get("/looks/looks.css", headers={"Accept-Encoding": accepted})
        assert answer.get("Content-Encoding") == packed
        assert answer["Vary"] == "Accept-Encoding"
        assert not answer.cookies


def test_a_stranger_chooses_no_shop_for_what_caches_keep(client, shop, settings):
    """Only our own proxies say for whom they ask: else a shared cache keeps another's page."""
    Shop.objects.create(
        code="other", name="Other", home_url="https://other.example/", link_hosts=["other.example"],
        link_origin="https://other.example", currency="EUR",
    )  # fmt: skip
    said = {"X-Forwarded-Host": "other.example"}

    assert "Other</a>" not in client.get("/looks/", headers=said).text

    settings.TRUSTED_PROXY_COUNT = 1
    assert "Other</a>" in client.get("/looks/", headers=said).text
    assert "Other</a>" not in client.get("/looks/").text


def test_pages_say_their_own_language_whatever_the_visitor_speaks(client, shop):
    look = make_look(language="en")
    sku = look.live.slots.first().options.get().product.sku
    french, asked = {"Accept-Language": "fr"}, {"shop": "atelier", "sku": sku, "lang": "en"}

    assert client.get(f"/looks/{look.slug}/", headers=french)["Content-Language"] == "en"
    assert client.get("/looks/widget", asked, headers=french)["Content-Language"] == "en"


@pytest.mark.parametrize(
    "url", ["https://blog.example;sandbox", "https://blog.example' *", "https://a.b\u00e9.example"]
)
def test_no_declared_site_writes_into_the_policy_of_a_page(client, shop, url):
    ines = make_affiliate(name="Ines")
    Property.objects.create(affiliate=ines, url=url, declared_at=NOW)
    look = make_look(affiliate=ines)

    policy = client.get(f"/looks/{look.slug}/embed/")["Content-Security-Policy"]

    assert "frame-ancestors https://shop.example;" in policy + ";"
