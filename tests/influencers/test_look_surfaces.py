"""What the public gets of looks over HTTP: pages, fragments, pictures, oEmbed, counts."""

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from affiliates.models import Property
from influencers.models import LookStatus
from influencers.services import look_cache
from shop.models import Product, Shop
from tests.builders import NOW, PASSWORD, make_affiliate, make_shop, make_user
from tests.influencers.look_surface_world import make_look, make_profile, make_worn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looks_today")]
ORIGIN = "https://shop.example"
LD_JSON = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def widget(client, sku, **asked):
    return client.get("/looks/widget", {"shop": "atelier", "sku": sku, **asked})


def items_of(client, sku):
    return widget(client, sku, format="json").json()["looks"][0]["items"]


def test_a_product_page_shows_the_looks_that_have_it(client, shop):
    shirt, trousers = make_worn(name="Shirt <Rivoli>"), make_worn(name="Trousers")
    ines = make_affiliate(name="Ines", kind="employee", store="Lyon")
    make_profile(ines)
    look = make_look(shirt, trousers, affiliate=ines, title="Sunday & Monday")
    make_look()

    answer = widget(client, shirt.sku)

    assert answer.status_code == 200
    assert "Sunday &amp; Monday" in answer.text
    assert "Commercial collaboration" in widget(client, shirt.sku, lang="en").text
    assert answer.text.count('class="look"') == 1
    address = f"/c/{look.link.code}?surface=look:{look.pk}:pdp&amp;to=/p/"
    assert address in answer.text
    assert 'rel="sponsored"' in answer.text
    assert "style=" not in answer.text
    assert "Shirt &lt;Rivoli&gt;" in answer.text


def test_the_mention_is_read_before_the_photo_and_the_list_has_everything(client, shop):
    look = make_look()
    sku = look.live.slots.first().options.get().product.sku

    html = widget(client, sku, lang="en").text

    assert html.index("Commercial collaboration") < html.index("<img")
    for slot in look.live.slots.all():
        assert html.count(slot.options.get().product.name) >= 2  # On the photo, and in the list.
    assert re.search(r'<button class="look__dot lx30 ly10"[^>]*aria-label="Product', html)


def test_as_json_it_says_the_same_in_few_bytes(client, shop):
    worn = make_worn(model="S", color="red")
    for _number in range(6):
        make_look(worn, make_worn(), make_worn(), make_worn())

    answer = widget(client, worn.sku, format="json", most="6")

    looks = answer.json()["looks"]
    assert len(looks) == 6
    assert {item["sku"] for item in looks[0]["items"]} > {worn.sku}
    assert [item["is_here"] for item in looks[0]["items"]] == [True, False, False, False]
    assert looks[0]["items"][0]["spot"] == [30, 10]
    assert looks[0]["photo"]["src"].startswith("/looks/pictures/")
    assert looks[0]["items"][1]["price_minor"] == 12_000


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"shop": "atelier"}, 400),
        ({"shop": "atelier", "sku": "x" * 65}, 400),
        ({"shop": "atelier", "sku": "a\0b"}, 400),
        ({"shop": "nobody", "sku": "A"}, 204),
        ({"shop": "atelier", "sku": "NOBODY"}, 204),
    ],
)
def test_nothing_to_show(client, shop, asked, status):
    answer = client.get("/looks/widget", asked)

    assert answer.status_code == status
    if status == 204:
        assert answer["Cache-Control"].startswith("public, s-maxage=60")


def test_caches_keep_one_answer_for_everybody(client, shop):
    user = make_user()
    client.login(email=user.email, password=PASSWORD)
    look = make_look()
    sku = look.live.slots.first().options.get().product.sku

    answer = widget(client, sku)

    assert answer["Cache-Control"] == (
        "public, s-maxage=60, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
    )
    assert "Vary" not in answer
    assert not answer.cookies
    again = client.get(
        "/looks/widget", {"shop": "atelier", "sku": sku}, headers={"If-None-Match": answer["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    for path in (f"/looks/{look.slug}/", "/looks/"):
        page = client.get(path, headers={"Accept-Language": "en"})
        assert "Vary" not in page
        assert not page.cookies


def test_a_kept_fragment_asks_the_database_nothing_and_goes_when_a_look_changes(
    client, shop, django_assert_num_queries, django_capture_on_commit_callbacks
):
    look = make_look()
    sku = look.live.slots.first().options.get().product.sku
    first = widget(client, sku)
    with django_assert_num_queries(0):
        assert widget(client, sku).content == first.content

    look.move_to(LookStatus.PAUSED, at=NOW)
    look.save()
    assert widget(client, sku).status_code == 200  # Until somebody says so.
    with django_capture_on_commit_callbacks(execute=True):
        look_cache.purge_looks([look.pk])

    assert widget(client, sku).status_code == 204


@pytest.mark.parametrize("looks", [1, 6])
def test_a_cold_fragment_costs_a_fixed_number_of_queries(
    client, shop, looks, django_assert_num_queries
):
    worn = make_worn(model="S", color="red")
    for _number in range(looks):
        make_look(worn, make_worn(model=f"T{_number}"))
    widget(client, "warms the version")

    with django_assert_num_queries(11):
        assert widget(client, worn.sku, most="6").status_code == 200


def test_a_look_with_something_missing_is_placed_nowhere_but_its_page_stays(client, shop):
    shirt, trousers = make_worn(), make_worn()
    look = make_look(shirt, trousers)
    Product.objects.filter(pk=trousers.pk).update(stock=0, stock_at=NOW)

    assert widget(client, shirt.sku).status_code == 204
    assert look.live.title not in client.get("/looks/").text
    page = client.get(f"/looks/{look.slug}/")
    assert page.status_code == 200
    assert "Sold out" in page.text


def test_the_looks_of_the_same_colour_come_first(client, shop):
    red = make_worn(model="S", color="red")
    blue = make_worn(model="S", color="blue")
    make_look(blue, make_worn(), title="In blue", published_at=NOW - timedelta(hours=1))
    make_look(red, make_worn(), title="In red", published_at=NOW - timedelta(days=9))

    titles = [look["title"] for look in widget(client, red.sku, format="json").json()["looks"]]

    assert titles == ["In red", "In blue"]


@pytest.mark.parametrize("status", [one for one in LookStatus if one != LookStatus.PUBLISHED])
def test_only_published_looks_are_public(client, shop, status):
    look = make_look(status=status)
    sku = look.live.slots.first().options.get().product.sku

    assert client.get(f"/looks/{look.slug}/").status_code == 404
    assert client.get(f"/looks/{look.slug}/embed/").status_code == 404
    assert widget(client, sku).status_code == 204
    assert look.live.title not in client.get("/looks/").text


@pytest.mark.parametrize(
    "hidden", [{"expires_at": NOW}, {"affiliate": "suspended"}], ids=["expired", "suspended"]
)
def test_what_is_over_is_not_shown(client, shop, hidden):
    ines = make_affiliate(status=hidden.pop("affiliate", "active"))
    look = make_look(affiliate=ines, **hidden)

    assert client.get(f"/looks/{look.slug}/").status_code == 404


def test_a_look_has_a_page_that_machines_understand(client, shop):
    ines = make_affiliate(name="Ines Moreau")
    make_profile(ines)
    look = make_look(affiliate=ines, title="Quay </script><b>", language="fr")

    answer = client.get(f"/looks/{look.slug}/")

    assert '<html lang="fr">' in answer.text
    assert "Collaboration commerciale" in answer.text or "Commercial collaboration" in answer.text
    assert f'<link rel="canonical" href="{ORIGIN}/looks/{look.slug}/">' in answer.text
    assert 'property="og:image"' in answer.text
    data = json.loads(LD_JSON.search(answer.text)[1])
    assert data["headline"] == "Quay </script><b>"
    assert data["author"] == {
        "@type": "Person", "name": "Ines Moreau", "url": f"{ORIGIN}/looks/by/ines/",
    }  # fmt: skip
    assert data["image"][0]["creditText"] == "Ines M."
    assert data["image"][0]["contentUrl"].startswith(f"{ORIGIN}/looks/pictures/")
    products = [one["item"] for one in data["mainEntity"]["itemListElement"]]
    assert all("offers" not in one and one["url"].startswith(ORIGIN) for one in products)
    policy = answer["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://shop.example" in policy
    assert "unsafe-inline" not in policy


def test_a_creator_without_a_public_page_has_none_and_is_not_named(client, shop):
    ines = make_affiliate(name="Ines Moreau")
    profile = make_profile(ines, is_page_public=False)
    look = make_look(affiliate=ines)

    gone = client.get("/looks/by/ines/?lang=en")
    assert (gone.status_code, gone["Cache-Control"]) == (404, "public, max-age=60")
    assert "Not shown any more" in gone.text
    assert "/looks/?shop=atelier" in gone.text
    assert "Sign in" not in gone.text
    assert "Ines Moreau" not in client.get(f"/looks/{look.slug}/").text

    profile.is_page_public = True
    profile.save()
    assert look.live.title in client.get("/looks/by/ines/").text


def test_the_lookbook_is_narrowed(client, shop):
    shirt = make_worn(category="shirts")
    make_look(shirt, make_worn(), title="Office", tags=["work"])
    make_look(title="Garden", tags=["summer"])
    other = make_shop(code="other", name="Other", home_url="https://other.example/",
                      link_hosts=["other.example"])  # fmt: skip
    make_look(make_worn(other), make_worn(other), shop=other, title="Elsewhere")

    def titles(**asked):
        text = client.get("/looks/", asked).text
        return {title for title in ("Office", "Garden", "Elsewhere") if title in text}

    assert titles() == {"Office", "Garden"}
    assert titles(tag="summer") == {"Garden"}
    assert titles(category="shirts") == {"Office"}
    assert titles(q="gard") == {"Garden"}
    assert titles(shop="other") == {"Elsewhere"}
    assert client.get("/looks/", {"shop": "nobody"}).status_code == 404
    assert "No look fits" in client.get("/looks/", {"q": "%", "lang": "en"}).text


def test_a_product_elsewhere_or_without_link_is_still_reached(client, shop):
    Shop.objects.filter(pk=shop.pk).update(link_hosts=["shop.example", "outlet.example"])
    outlet = make_worn(url="https://outlet.example/p/1?a=b&c=d")
    query = make_worn(url="https://shop.example/p/2?color=red&size=m")
    stranger = make_worn(url="https://evil.example/p/3")
    look = make_look(outlet, query, stranger)

    urls = [item["url"] for item in items_of(client, query.sku)]

    start = f"/c/{look.link.code}?surface=look:{look.pk}:pdp"
    assert urls == [
        "https://outlet.example/p/1?a=b&c=d",
        f"{start}&to=/p/2%3Fcolor%3Dred%26size%3Dm",
        start,
    ]
    look.link = look.affiliate = None
    look.save()
    cache.clear()
    assert items_of(client, query.sku)[1]["url"] == "https://shop.example/p/2?color=red&size=m"


def test_without_a_proxy_addresses_are_whole(client, settings):
    settings.PUBLIC_URL = "https://apport.example"
    look = make_look()
    sku = look.live.slots.first().options.get().product.sku

    html = widget(client, sku).text

    assert 'href="https://apport.example/looks/looks.css?v=' in html
    assert f"https://apport.example/c/{look.link.code}" in html
    assert 'src="https://apport.example/looks/pictures/' in html
    assert widget(client, sku)["Access-Control-Allow-Origin"] == "*"


def test_a_look_is_embedded_where_it_may_be(client, shop, settings):
    ines = make_affiliate(name="Ines")
    make_profile(ines)
    Property.objects.create(affiliate=ines, url="https://blog.example/about", declared_at=NOW)
    Property.objects.create(affiliate=ines, url="https://gone.example/", declared_at=NOW,
                            removed_at=NOW)  # fmt: skip
    look = make_look(affiliate=ines, title='Quay "West"')

    said = client.get("/oembed", {"url": f"{ORIGIN}/looks/{look.slug}/", "maxwidth": "300"}).json()

    assert (said["version"], said["type"], said["width"]) == ("1.0", "rich", 300)
    assert said["height"] > 400
    assert f'src="{ORIGIN}/looks/{look.slug}/embed/"' in said["html"]
    assert "sandbox=" in said["html"]
    assert "Quay &quot;West&quot;" in said["html"]
    assert said["title"].endswith('Quay "West"')
    assert said["author_url"] == f"{ORIGIN}/looks/by/ines/"
    page = client.get(f"/looks/{look.slug}/embed/")
    assert "frame-ancestors https://blog.example https://shop.example;" in (
        page["Content-Security-Policy"] + ";"
    )
    assert "X-Frame-Options" not in page
    assert client.get(f"/looks/{look.slug}/")["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"url": "https://elsewhere.example/looks/quay/"}, 404),
        ({"url": f"{ORIGIN}/looks/nobody/"}, 404),
        ({"url": f"{ORIGIN}/looks/"}, 404),
        ({"url": "http://[::1"}, 404),
        ({}, 404),
        ({"url": f"{ORIGIN}/looks/quay/", "format": "xml"}, 501),
        ({"url": "https://shop.example.evil.example/looks/quay/"}, 404),
        ({"url": "https://shop.example@evil.example/looks/quay/"}, 404),
        ({"url": "https://evil.example@shop.example/looks/quay/"}, 404),
        ({"url": "https://shop.example:8443/looks/quay/"}, 404),
        ({"url": "https://shop.example:x/looks/quay/"}, 404),
        ({"url": "ftp://shop.example/looks/quay/"}, 404),
        ({"url": "//shop.example/looks/quay/"}, 404),
        ({"url": f"{ORIGIN}/elsewhere/looks/quay/"}, 404),
    ],
)
def test_what_cannot_be_embedded(client, shop, asked, status):
    make_look(slug="quay")

    assert client.get("/oembed", asked).status_code == status


@pytest.mark.parametrize(
    "address",
    [
        f"{ORIGIN}/looks/quay/",
        "https://SHOP.example:443/looks/quay/?surface=x#1",
        "http://shop.example/looks/quay/",
        "https://apport.example/looks/quay/",
    ],
)
def test_a_look_is_embedded_by_the_shops_address_and_by_ours(client, shop, settings, address):
    settings.PUBLIC_URL = "https://apport.example"
    make_look(slug="quay", title="Quay West")

    said = client.get("/oembed", {"url": address}).json()

    assert f'src="{ORIGIN}/looks/quay/embed/"' in said["html"]
    assert 'title="Quay West"' in said["html"]


def test_style_and_script_come_packed_and_stay_within_their_budget(client):
    for name, most in (("looks.css", 4_096), ("looks.js", 10_240)):
        answer = client.get(f"/looks/{name}", headers={"Accept-Encoding": "gzip"})
        assert answer["Content-Encoding"] == "gzip"
        assert len(answer.content) <= most
        assert answer["Cache-Control"] == "public, max-age=600"
        plain = client.get(f"/looks/{name}")
        assert "/*" not in plain.text
        again = client.get(f"/looks/{name}", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("path", ["/looks/pages.css", "/looks/looks.js"])
def test_a_versioned_file_is_kept_for_ever(client, path):
    version = client.get(path)["ETag"].strip('W/"')

    assert "immutable" in client.get(path, {"v": version})["Cache-Control"]
    assert client.get("/looks/nothing.js").status_code == 404
