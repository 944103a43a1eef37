"""GET /c/<code>: who is sent where, with which headers, and what is kept."""

from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus
from tests.builders import LONG_AGO, NOW, make_affiliate, make_group, make_link, make_shop
from tracking.models import Click, ClickCount

pytestmark = pytest.mark.django_db

CLICKED = {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-User": "?1",
    "Referer": "https://Blog.example/a-post",
}
LANDING = "https://shop.example/dresses?color=red&afsrc=1"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def follow(client, code, *, consent=None, method="GET", **headers):
    if consent is not None:
        client.cookies["ap_consent"] = consent
    return client.generic(method, f"/c/{code}", headers={**CLICKED, **headers})


def kept():
    return Click.objects.count(), sum(ClickCount.objects.values_list("count", flat=True))


def test_with_consent_the_visitor_gets_a_first_party_token(client, settings):
    settings.ON_THIS_MACHINE = False
    group = make_group(slug="short", terms={"window_days": 7})
    link = make_link(make_affiliate(group=group))

    response = follow(client, link.code, consent="1")

    assert (response.status_code, response["Location"]) == (302, LANDING)
    click = Click.objects.get()
    assert (click.navigation, click.referrer_host) == ("followed", "blog.example")
    cookie = response.cookies["ap_ref"]
    assert cookie.value == click.reference
    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert cookie["max-age"] == 7 * 24 * 3600
    assert click.reference not in response["Location"]


def test_the_embedded_server_speaks_http_so_its_cookie_is_not_secure(client, settings):
    settings.ON_THIS_MACHINE = True
    response = follow(client, make_link().code, consent="1")
    assert not response.cookies["ap_ref"]["secure"]


@pytest.mark.parametrize("consent", [None, "0", "", "yes", "true", "11"])
def test_unknown_consent_is_no_consent(client, consent):
    response = follow(client, make_link().code, consent=consent)

    assert (response.status_code, response["Location"]) == (302, LANDING)
    assert not response.cookies
    assert kept() == (0, 1)


def test_a_landing_is_neither_cached_nor_indexed(client):
    response = follow(client, make_link().code)

    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "sessionid" not in response.cookies


def test_the_cookie_is_never_extended_on_the_way_of_somebody_else(client):
    first = follow(client, make_link().code, consent="1").cookies["ap_ref"].value
    stopped = make_link(make_affiliate(status=AffiliateStatus.SUSPENDED))

    response = follow(client, stopped.code, consent="1")

    assert not response.cookies
    assert client.cookies["ap_ref"].value == first


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}],
)
def test_a_prefetch_is_not_a_landing(client, headers):
    response = follow(client, make_link().code, consent="1", **headers)

    assert response.status_code == 503
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert kept() == (0, 0)


def test_head_is_answered_like_get_and_keeps_nothing(client):
    response = follow(client, make_link().code, consent="1", method="HEAD")

    assert (response.status_code, response["Location"]) == (302, LANDING)
    assert not response.cookies
    assert kept() == (0, 0)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_followed_by_another_method(client, method):
    response = follow(client, make_link().code, consent="1", method=method)

    assert response.status_code == 405
    assert kept() == (0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Dest": "embed"},
        {"Sec-Fetch-Dest": "object"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    ],
)
def test_what_is_embedded_in_a_page_gets_no_token_even_with_consent(client, headers):
    response = follow(client, make_link().code, consent="1", **headers)

    assert response.status_code == 302
    assert not response.cookies
    assert not Click.objects.exists()
    assert ClickCount.objects.get().navigation == "embedded"


def test_a_browser_that_says_nothing_is_a_visitor(client):
    client.cookies["ap_consent"] = "1"
    response = client.get(f"/c/{make_link().code}")

    assert "ap_ref" in response.cookies
    assert (Click.objects.get().navigation, Click.objects.get().referrer_host) == ("unknown", "")


@pytest.mark.parametrize("code", ["nothing", "x" * 200, "%00", "é", "%F0%9F%9B%8D", "a%0Db", "'--"])
def test_an_unknown_link_leads_to_the_shop(client, code):
    make_shop()
    response = follow(client, code, consent="1")

    assert (response.status_code, response["Location"]) == (302, "https://shop.example/")
    assert not response.cookies
    assert kept() == (0, 0)


def test_an_unknown_link_leads_to_the_shop_on_whose_origin_it_is(client):
    make_shop()
    make_shop(code="two", home_url="https://two.example/", link_hosts=["testserver"])
    assert follow(client, "nothing")["Location"] == "https://two.example/"


def test_without_any_shop_an_unknown_link_leads_to_the_programme(client):
    assert follow(client, "nothing")["Location"] == "/"


def test_an_archived_link_still_leads_to_its_page(client):
    link = make_link(archived_at=NOW)

    response = follow(client, link.code, consent="1")

    assert (response.status_code, response["Location"]) == (302, link.destination_url)
    assert not response.cookies
    assert kept() == (0, 0)


@pytest.mark.parametrize("status", [AffiliateStatus.SUSPENDED, AffiliateStatus.CLOSED])
def test_a_stopped_account_sends_visitors_but_earns_nothing(client, status):
    link = make_link(make_affiliate(status=status))

    response = follow(client, link.code, consent="1")

    assert (response.status_code, response["Location"]) == (302, link.destination_url)
    assert not response.cookies
    assert kept() == (0, 0)


def test_an_account_without_terms_earns_nothing(client):
    group = make_group(slug="old", terms={"valid_to": LONG_AGO + timedelta(days=1)})
    link = make_link(make_affiliate(group=group))

    assert not follow(client, link.code, consent="1").cookies
    assert kept() == (0, 0)


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "https://shop.example@evil.example/", "javascript:alert(1)"],
)
def test_a_destination_that_is_no_longer_allowed_is_never_followed(client, url):
    response = follow(client, make_link(destination_url=url).code, consent="1")
    assert response["Location"] == "https://shop.example/?afsrc=1"


@pytest.mark.parametrize("parameter", ["url", "next", "to", "u", "redirect", "destination_url"])
def test_the_address_bar_cannot_choose_the_destination(client, parameter):
    link = make_link()
    response = client.get(f"/c/{link.code}", {parameter: "https://evil.example/"}, headers=CLICKED)
    assert response["Location"] == LANDING


def test_a_landing_asks_the_database_little(client, django_assert_max_num_queries):
    code = make_link().code
    client.cookies["ap_consent"] = "1"
    with django_assert_max_num_queries(4):
        client.get(f"/c/{code}", headers=CLICKED)
