"""GET /c/<code>: who is sent where, with which headers, and what is kept."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from affiliates.models import AffiliateStatus
from shop.models import Shop
from tests.builders import LONG_AGO, NOW, make_affiliate, make_group, make_link, make_shop
from tests.tracking import spooled
from tracking.domain import capsule as capsules
from tracking.domain.ip_hash import ip_hash
from tracking.domain.navigation import Fact
from tracking.domain.references import is_reference
from tracking.models import Click, ClickCount, Salt
from tracking.spool import spool

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
def _now(time_machine, settings, tmp_path):
    time_machine.move_to(NOW, tick=False)
    settings.SPOOL_DIR = tmp_path / "spool"
    make_shop(link_origin="https://www.shop.example")
    yield
    spool().close()


def follow(client, code, *, consent=None, method="GET", **headers):
    if consent is not None:
        client.cookies["ap_consent"] = consent
    return client.generic(method, f"/c/{code}", headers={**CLICKED, **headers})


def clicks():
    return spooled.clicks(django_settings.SPOOL_DIR)


def counts():
    return spooled.counts(django_settings.SPOOL_DIR)


def kept():
    """How many clicks and counts wait for the shipper; rows are nobody's business but its."""
    assert not Click.objects.exists()
    assert not ClickCount.objects.exists()
    return len(clicks()), len(counts())


def test_with_consent_the_visitor_gets_a_first_party_token(client, settings):
    settings.ON_THIS_MACHINE = False
    group = make_group(slug="short", terms={"window_days": 7})
    link = make_link(make_affiliate(group=group))

    response = follow(client, link.code, consent="1")

    assert (response.status_code, response["Location"]) == (302, LANDING)
    (click,) = clicks()
    assert (click.navigation, click.referrer_host) == ("followed", "blog.example")
    assert (click.link_id, click.affiliate_id, click.at) == (link.pk, link.affiliate_id, NOW)
    assert Fact(click.facts) == Fact.TOP_LEVEL | Fact.REFERRER_SENT
    cookie = response.cookies["ap_ref"]
    assert cookie.value == click.visitor
    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert int(cookie["max-age"]) == 7 * 24 * 3600
    assert click.visitor not in response["Location"]


def test_the_embedded_server_speaks_http_so_its_cookie_is_not_secure(client, settings):
    settings.ON_THIS_MACHINE = True
    response = follow(client, make_link().code, consent="1")
    assert not response.cookies["ap_ref"]["secure"]


@pytest.mark.parametrize("consent", [None, "0", "yes", "true", "11"])
def test_unknown_consent_is_no_consent(client, consent):
    response = follow(client, make_link().code, consent=consent)

    target, _separator, capsule = response["Location"].partition("&ap_c=")
    assert (response.status_code, target) == (302, LANDING)
    assert bool(capsule) == (consent is None)  # A visitor who refused is not asked again.
    assert not response.cookies
    assert kept() == (0, 1)


def test_the_capsule_says_link_hour_and_class_and_is_everybody_s(client, settings):
    link = make_link()

    first, second = (follow(client, link.code)["Location"] for _visitor in range(2))

    assert first == second
    key = capsules.key_from(settings.SECRET_KEY)
    sealed = capsules.open_(first.partition("&ap_c=")[2], key, NOW)
    assert sealed == (link.code, NOW.replace(minute=0), "followed", "")


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
    assert kept() == (0, 1)
    assert counts()[0].navigation == "prefetch"


def test_head_is_answered_like_get_and_counted_as_a_probe(client):
    response = follow(client, make_link().code, consent="1", method="HEAD")

    assert (response.status_code, response["Location"]) == (302, LANDING)
    assert not response.cookies
    assert kept() == (0, 1)
    assert counts()[0].navigation == "probe"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_followed_by_another_method(client, method):
    response = follow(client, make_link().code, consent="1", method=method)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert not response.cookies
    assert kept() == (0, 1)
    assert counts()[0].navigation == "probe"


def test_a_robot_is_sent_on_and_counted_as_one(client):
    robot = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}

    response = follow(client, make_link().code, consent="1", **robot)

    assert (response.status_code, response["Location"]) == (302, LANDING)
    assert not response.cookies
    assert kept() == (0, 1)
    assert counts()[0].navigation == "bot"


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
    assert kept() == (0, 1)
    assert counts()[0].navigation == "embedded"


def test_a_browser_that_says_nothing_is_a_visitor(client):
    client.cookies["ap_consent"] = "1"
    response = client.get(f"/c/{make_link().code}")

    assert "ap_ref" in response.cookies
    assert [(click.navigation, click.referrer_host) for click in clicks()] == [("unknown", "")]


@pytest.mark.parametrize("code", ["nothing", "x" * 200, "%00", "é", "%F0%9F%9B%8D", "a%0Db", "'--"])
def test_an_unknown_link_leads_to_the_shop(client, code):
    response = follow(client, code, consent="1")

    assert (response.status_code, response["Location"]) == (302, "https://shop.example/")
    assert not response.cookies
    assert kept() == (0, 0)


def test_an_unknown_link_leads_to_the_shop_on_whose_origin_it_is(client):
    make_shop(code="two", home_url="https://two.example/", link_hosts=["testserver"])
    asked = {"Host": "testserver"}
    assert follow(client, "nothing", **asked)["Location"] == "https://two.example/"
    asked["X-Forwarded-Host"] = "shop.example"
    assert follow(client, "nothing", **asked)["Location"] == "https://shop.example/"


def test_without_any_shop_an_unknown_link_leads_to_the_programme(client):
    Shop.objects.all().delete()
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
    assert response["Location"].partition("&ap_c=")[0] == LANDING


def test_the_same_visitor_stays_the_same(client):
    first = follow(client, make_link().code, consent="1").cookies["ap_ref"].value

    second = follow(client, make_link().code, consent="1").cookies["ap_ref"]

    assert second.value == first
    assert [click.visitor for click in clicks()] == [first, first]
    assert [bool(click.facts & Fact.LAX_SEEN) for click in clicks()] == [False, True]


@pytest.mark.parametrize("forged", ["x", "A" * 21 + "B", "A" * 23, "A" * 21 + "Q;x", ""])
def test_a_cookie_that_we_did_not_make_is_replaced(client, forged):
    client.cookies["ap_ref"] = forged
    made = follow(client, make_link().code, consent="1").cookies["ap_ref"].value
    assert made != forged
    assert is_reference(made)


def test_on_our_own_host_the_shop_reads_the_reference_from_the_address(client):
    shop = make_shop(code="far", link_hosts=["far.example"], home_url="https://far.example/")
    link = make_link(shop=shop, destination_url="https://far.example/a#top")

    response = follow(client, link.code, consent="1")

    (click,) = clicks()
    assert response["Location"] == f"https://far.example/a?afsrc=1&ap_ref={click.visitor}#top"
    assert response.cookies["ap_ref"].value == click.visitor


def test_campaign_parameters_are_added_and_a_fragment_stays_last(client):
    link = make_link(
        destination_url="https://shop.example/a?x=1&utm_source=old#top",
        utm={"utm_source": "été", "utm_medium": "affiliate"},
    )
    target, _separator, rest = follow(client, link.code)["Location"].partition("&ap_c=")
    assert target == (
        "https://shop.example/a?x=1&utm_source=%C3%A9t%C3%A9&utm_medium=affiliate&afsrc=1"
    )
    assert rest.endswith("#top")


@pytest.mark.parametrize("ended", [NOW, NOW - timedelta(days=1)])
def test_an_expired_link_still_leads_to_its_page_and_earns_nothing(client, ended):
    link = make_link(expires_at=ended)
    response = follow(client, link.code, consent="1")
    assert (response["Location"], kept()) == (link.destination_url, (0, 0))


def test_a_link_earns_until_it_expires(client):
    link = make_link(expires_at=NOW + timedelta(microseconds=1))
    assert "ap_ref" in follow(client, link.code, consent="1").cookies


def test_the_affiliate_s_own_sub_id_and_surface_are_kept(client):
    link = make_link(sub_id="spring")
    client.cookies["ap_consent"] = "1"
    for query in ("", "?sub=story-3&surface=reel:7", "?sub=%00", f"?sub={'x' * 65}"):
        client.get(f"/c/{link.code}{query}", headers=CLICKED)
    assert [(click.sub_id, click.surface) for click in clicks()] == [
        ("spring", ""), ("story-3", "reel:7"), ("spring", ""), ("spring", ""),
    ]  # fmt: skip


def test_the_address_is_kept_as_a_hash_under_the_salt_of_the_day_or_not_at_all(client):
    link = make_link()
    follow(client, link.code, consent="1")
    Salt.objects.create(day=NOW.date(), value=b"s" * 16, created_at=NOW)
    follow(client, link.code, consent="1")
    assert [click.ip_hash for click in clicks()] == [None, ip_hash("127.0.0.1", b"s" * 16)]


def test_the_country_is_what_the_edge_says(client, settings):
    settings.COUNTRY_HEADER = "CF-IPCountry"
    link = make_link()
    for country in ("fr", "FRA", "", "1x"):
        follow(client, link.code, consent="1", **{"CF-IPCountry": country})
    assert [click.country for click in clicks()] == ["FR", "", "", ""]


def test_a_network_of_servers_is_what_the_edge_says(client, settings):
    settings.DATACENTRE_HEADER = "X-From-Servers"
    link = make_link()
    for said in ("1", "0", "", "yes"):
        follow(client, link.code, consent="1", **{"X-From-Servers": said})
    told = Fact.FROM_SERVERS | Fact.FROM_PEOPLE
    assert [Fact(click.facts) & told for click in clicks()] == [
        Fact.FROM_SERVERS, Fact.FROM_PEOPLE, Fact(0), Fact(0),
    ]  # fmt: skip


def test_without_room_on_the_disk_the_visitor_lands_and_knows_nothing(client, settings, tmp_path):
    (tmp_path / "full").write_text("")
    settings.SPOOL_DIR = tmp_path / "full" / "spool"
    link = make_link()

    known = follow(client, link.code, consent="1")
    unknown = follow(client, link.code, consent=None)

    assert [known["Location"], unknown["Location"]] == [LANDING, LANDING]
    assert not known.cookies
    assert spool().lost == 2


def test_the_view_asks_the_database_little(client, django_assert_max_num_queries):
    code = make_link().code
    client.cookies["ap_consent"] = "1"
    with django_assert_max_num_queries(7):
        client.get(f"/c/{code}", headers=CLICKED)
