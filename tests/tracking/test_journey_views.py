"""POST /j and GET /ap.js as the shop's proxy asks: who may, what is kept, which cookies."""

import gzip
import json
import re
from datetime import timedelta

import pytest
from django.conf import settings as project

from affiliates.models import AffiliateStatus
from tests.builders import NOW, make_affiliate, make_group, make_link, make_shop
from tracking import spool as spool_module
from tracking.domain.capsule import key_from, seal
from tracking.domain.navigation import Fact
from tracking.domain.references import is_reference, new_reference
from tracking.domain.spool_line import ClickRecord, JourneyRecord, WithdrawalRecord, parse
from tracking.domain.surfaces import is_tap
from tracking.script import SOURCE, script

pytestmark = pytest.mark.django_db

HOST = "shop.example"
FROM_PAGE = {"X-Forwarded-Host": HOST, "Sec-Fetch-Site": "same-origin", "Origin": f"https://{HOST}"}
PAGE_VIEW = {"kind": "page_view", "ago": 2_000, "path": "/dresses"}
LANDING = {
    "kind": "landing", "path": "/dresses", "redirects": 0, "entry": "navigate", "referrer": "",
    "visible": True, "focused": True, "framed": False,
}  # fmt: skip
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


@pytest.fixture(autouse=True)
def spool_dir(settings, tmp_path, time_machine):
    time_machine.move_to(NOW, tick=False)
    settings.SPOOL_DIR = tmp_path
    settings.ON_THIS_MACHINE = False
    settings.SECURE_SSL_REDIRECT = False
    spool_module._own_spool.cache_clear()
    yield tmp_path
    spool_module._own_spool.cache_clear()


@pytest.fixture
def shop():
    return make_shop(link_origin=f"https://{HOST}")


@pytest.fixture
def tell(client, shop):
    def post(*, headers=FROM_PAGE, consent_cookie=None, ref_cookie=None, **call):
        if consent_cookie is not None:
            client.cookies["ap_consent"] = consent_cookie
        if ref_cookie is not None:
            client.cookies["ap_ref"] = ref_cookie
        return client.post("/j", json.dumps(call), content_type="text/plain", headers=headers)

    return post


@pytest.fixture
def kept(spool_dir):
    def read():
        files = sorted(spool_dir.glob("*.spool"))
        return [parse(line) for file in files for line in file.read_bytes().splitlines(True)]

    return read


def sealed(link, *, at=NOW, navigation="typed", place=""):
    return seal(link.code, at, navigation, key_from(project.SECRET_KEY), place)


def test_a_page_view_of_a_visitor_who_agreed(tell, kept, shop):
    answer = tell(consent_cookie="1", events=[PAGE_VIEW])

    visitor = answer.json()["ref"]
    assert is_reference(visitor)
    [record] = kept()
    assert isinstance(record, JourneyRecord)
    assert (record.shop_id, record.visitor, record.kind) == (shop.pk, visitor, "page_view")
    assert record.at == NOW - timedelta(seconds=2)
    assert json.loads(record.data) == {"path": "/dresses"}
    cookie = answer.cookies["ap_ref"]
    assert (cookie.value, cookie["httponly"], cookie["secure"]) == (visitor, True, True)
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert answer["Cache-Control"] == "no-store"


def test_the_oracle_is_strict_and_for_this_host_alone(tell):
    cookie = tell(consent_cookie="1").cookies["__Host-ap_st"]
    assert (cookie.value, cookie["samesite"], cookie["path"]) == ("1", "Strict", "/")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert not cookie["domain"]


def test_without_https_there_is_no_oracle(tell, settings):
    settings.ON_THIS_MACHINE = True
    answer = tell(consent_cookie="1")
    assert list(answer.cookies) == ["ap_ref"]
    assert not answer.cookies["ap_ref"]["secure"]


def test_a_visitor_who_is_known_stays_the_same_and_is_not_remembered_longer(tell, kept):
    known = new_reference()

    answer = tell(consent_cookie="1", ref_cookie=known, events=[PAGE_VIEW])

    assert answer.json() == {"ref": known}
    assert kept()[0].visitor == known
    assert "ap_ref" not in answer.cookies


def test_a_cookie_that_is_no_reference_is_replaced(tell):
    answer = tell(consent_cookie="1", ref_cookie="jeanne@example.com")
    assert is_reference(answer.cookies["ap_ref"].value)


@pytest.mark.parametrize("cookie", [None, "0", "", "yes", "true", "11"])
def test_without_a_yes_nothing_is_kept_and_no_cookie_is_set(tell, kept, cookie):
    answer = tell(consent_cookie=cookie, events=[PAGE_VIEW, LANDING], capsule=sealed(make_link()))

    assert (answer.status_code, answer.content) == (204, b"")
    assert not answer.cookies
    assert kept() == []


def test_a_yes_in_the_call_is_remembered(tell):
    choice = tell(consent=True).cookies["ap_consent"]
    assert (choice.value, int(choice["max-age"]), choice["path"]) == ("1", 180 * 86_400, "/")
    assert not choice["httponly"]
    assert "ap_consent" not in tell(consent=True, consent_cookie="1").cookies


def test_a_robot_is_not_a_visitor(tell, kept):
    answer = tell(
        headers={**FROM_PAGE, "User-Agent": "Googlebot/2.1"}, consent=True, events=[PAGE_VIEW]
    )
    assert (answer.status_code, answer.cookies.output(), kept()) == (204, "", [])


def test_consent_after_the_landing_makes_it_a_click(tell, kept):
    affiliate = make_affiliate(group=make_group(slug="short", terms={"window_days": 7}))
    link = make_link(affiliate, sub_id="spring")

    answer = tell(
        headers={**FROM_PAGE, "User-Agent": FIREFOX},
        consent=True,
        capsule=sealed(link, at=NOW - timedelta(hours=1)),
        events=[LANDING],
    )

    click, landing = kept()
    assert isinstance(click, ClickRecord)
    assert (click.link_id, click.affiliate_id, click.sub_id) == (link.pk, affiliate.pk, "spring")
    assert (click.at, click.navigation, click.browser, click.device) == (NOW, "typed", 3, 1)
    assert Fact(click.facts) == Fact.EXCHANGED | Fact.LANDED | Fact.HIDDEN_REDIRECTOR
    assert (landing.kind, landing.visitor) == ("landing", click.visitor)
    cookie = answer.cookies["ap_ref"]
    assert (cookie.value, int(cookie["max-age"])) == (click.visitor, 7 * 86_400)


def test_a_second_click_keeps_the_visitor_and_remembers_as_long_as_the_link_says(tell, kept):
    known = new_reference()
    answer = tell(consent_cookie="1", ref_cookie=known, capsule=sealed(make_link()))
    assert kept()[0].visitor == known
    assert (answer.cookies["ap_ref"].value, int(answer.cookies["ap_ref"]["max-age"]) > 0) == (
        known,
        True,
    )


@pytest.mark.parametrize(
    ("own", "navigation", "place", "surface"),
    [
        ("look:12", "internal", "pdp", "look:12:pdp"),
        ("look:12", "followed", "embed", "look:12:embed"),
        ("look:12", "followed", "", "look:12:offsite"),
        ("", "followed", "", ""),
    ],
)
def test_consent_after_a_tap_keeps_where_the_look_was_tapped(
    tell, kept, own, navigation, place, surface
):
    capsule = sealed(make_link(surface=own), navigation=navigation, place=place)
    answer = tell(consent=True, capsule=capsule)

    [click] = kept()
    assert (click.navigation, click.surface) == (navigation, surface)
    assert is_tap(click.surface, click.navigation, click.facts) == (place == "pdp")
    assert answer.cookies["ap_ref"].value == click.visitor


def test_a_tap_of_somebody_known_is_kept_and_not_remembered_longer(tell, kept):
    known = new_reference()
    capsule = sealed(make_link(surface="look:12"), navigation="internal", place="pdp")
    answer = tell(consent_cookie="1", ref_cookie=known, capsule=capsule)
    assert [click.visitor for click in kept()] == [known]
    assert "ap_ref" not in answer.cookies


@pytest.mark.parametrize(
    "capsule",
    [
        lambda link: sealed(link, at=NOW - timedelta(hours=25)),
        lambda link: sealed(link)[:-1] + "!",
        lambda link: sealed(link).replace(link.code, "a" * len(link.code)),
        lambda link: seal(f"{link.code}x", NOW, "typed", key_from(project.SECRET_KEY)),
    ],
)
def test_a_capsule_that_does_not_open_is_as_if_there_were_none(tell, kept, capsule):
    answer = tell(consent=True, capsule=capsule(make_link()), events=[PAGE_VIEW])
    assert answer.status_code == 200
    assert [record.kind for record in kept()] == ["page_view"]


def test_a_link_of_a_stopped_account_earns_nothing_later_either(tell, kept):
    link = make_link(make_affiliate(status=AffiliateStatus.SUSPENDED))
    tell(consent=True, capsule=sealed(link))
    assert kept() == []


def test_withdrawal_erases_the_cookies_and_asks_for_the_rows(tell, kept):
    known = new_reference()

    answer = tell(consent_cookie="1", ref_cookie=known, consent=False, events=[PAGE_VIEW])

    assert (answer.status_code, answer.content) == (204, b"")
    assert kept() == [WithdrawalRecord(kept()[0].at_us, known)]
    assert kept()[0].at == NOW
    gone = {name: (c.value, int(c["max-age"])) for name, c in answer.cookies.items()}
    assert gone["ap_ref"] == ("", 0)
    assert gone["__Host-ap_st"] == ("", 0)
    assert gone["ap_consent"] == ("0", 180 * 86_400)
    assert answer.cookies["__Host-ap_st"]["secure"]


def test_a_withdrawal_without_a_visitor_only_remembers_the_no(tell, kept):
    answer = tell(consent=False)
    assert (answer.status_code, kept()) == (204, [])
    assert answer.cookies["ap_consent"].value == "0"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Sec-Fetch-Site": "same-site"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "none", "Origin": ""}, 403),
        ({"Sec-Fetch-Site": "", "Origin": ""}, 403),
        ({"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": f"https://{HOST}.evil.example"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": f"https://{HOST}"}, 200),  # Safari before 16.4.
        ({"Sec-Fetch-Site": "", "Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": "https://["}, 403),
    ],
)
def test_only_pages_of_the_shop_are_answered(tell, kept, changes, status):
    answer = tell(headers={**FROM_PAGE, **changes}, consent=True, events=[PAGE_VIEW])
    assert answer.status_code == status
    assert len(kept()) == (status == 200)


def test_an_unknown_shop_is_not_found(client, shop):
    asked = {**FROM_PAGE, "X-Forwarded-Host": "other.example", "Origin": "https://other.example"}
    assert client.post("/j", b"{}", content_type="text/plain", headers=asked).status_code == 404
    assert client.get("/ap.js", headers={"X-Forwarded-Host": "other.example"}).status_code == 404
    assert client.get("/ap.js").status_code == 404


def test_a_page_of_a_shop_without_a_proxy_asks_us_from_its_own_origin(client, kept):
    far = make_shop(code="far", link_hosts=["far.example"])
    visitor = new_reference()
    asked = {"Sec-Fetch-Site": "cross-site", "Origin": "https://far.example"}
    call = {"consent": True, "ref": visitor, "events": [PAGE_VIEW, LANDING]}

    answer = client.post("/j", json.dumps(call), content_type="text/plain", headers=asked)

    assert answer.json() == {"ref": visitor}
    assert {(record.shop_id, record.visitor) for record in kept()} == {(far.pk, visitor)}
    assert answer["Access-Control-Allow-Origin"] == "https://far.example"
    assert "Access-Control-Allow-Credentials" not in answer
    assert client.get("/ap.js", headers={"Referer": "https://far.example/"}).status_code == 200


def test_an_address_cannot_name_the_visitor_of_a_shop_with_a_proxy(tell):
    forced = new_reference()
    assert tell(consent=True, ref=forced).json()["ref"] != forced


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{" * 5_000, b'{"consent":true,"email":"a@b.example"}']
)
def test_what_cannot_be_read_is_refused(client, shop, kept, body):
    client.cookies["ap_consent"] = "1"
    answer = client.post("/j", body, content_type="text/plain", headers=FROM_PAGE)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not answer.cookies
    assert kept() == []


def test_it_is_only_posted_to(client, shop):
    assert client.get("/j", headers=FROM_PAGE).status_code == 405


def test_a_full_disk_keeps_no_cookie_but_still_forgets(tell, spool_dir, settings):
    (spool_dir / "not-a-directory").touch()
    settings.SPOOL_DIR = spool_dir / "not-a-directory"

    refused = tell(consent=True, events=[PAGE_VIEW])
    assert refused.status_code == 503
    assert not refused.cookies
    gone = tell(ref_cookie=new_reference(), consent=False)
    assert gone.status_code == 503
    assert int(gone.cookies["ap_ref"]["max-age"]) == 0


def test_the_country_comes_from_the_edge_where_one_says_it(tell, kept, settings):
    settings.COUNTRY_HEADER = "CF-IPCountry"
    for said in ("fr", "T1", "FRA", ""):
        asked = {**FROM_PAGE, "CF-IPCountry": said}
        tell(headers=asked, consent=True, capsule=sealed(make_link()))
    assert [record.country for record in kept()] == ["FR", "", "", ""]


# --- the script ---------------------------------------------------------------------


def test_the_script_is_small_and_packed(client, shop):
    asked = {"X-Forwarded-Host": HOST, "Accept-Encoding": "br, gzip"}
    answer = client.get("/ap.js", headers=asked)

    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
    assert len(answer.content) <= 3_000
    assert gzip.decompress(answer.content) == script().text
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert re.match(r"private, max-age=\d+", answer["Cache-Control"])
    assert "Accept-Encoding" in answer["Vary"]
    assert not answer.cookies


def test_a_script_that_did_not_change_is_not_sent_again(client, shop):
    first = client.get("/ap.js", headers={"X-Forwarded-Host": HOST})
    assert first.content == script().text
    asked = {"X-Forwarded-Host": HOST, "If-None-Match": first["ETag"]}
    again = client.get("/ap.js", headers=asked)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("consent", "is_set"), [("1", True), ("0", False), (None, False)])
def test_the_oracle_comes_with_the_script_after_a_yes_only(client, shop, consent, is_set):
    if consent:
        client.cookies["ap_consent"] = consent
    answer = client.get("/ap.js", headers={"X-Forwarded-Host": HOST})
    assert ("__Host-ap_st" in answer.cookies) is is_set


def test_the_script_needs_nothing_that_a_strict_policy_forbids():
    text = SOURCE.read_text()
    for forbidden in (
        "eval(",
        "Function(",
        "innerHTML",
        "document.write",
        "setTimeout('",
        ".style",
    ):
        assert forbidden not in text
    assert "/*" not in script().text.decode()
