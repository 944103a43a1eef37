"""decide(): who goes where, what is written, what is kept, from values alone."""

from dataclasses import replace

import pytest

from tracking.domain import capsule
from tracking.domain.ip_hash import client_address, ip_hash
from tracking.domain.landing import Asked, LandingLink, Words, decide, decide_unknown, earns
from tracking.domain.navigation import Fact
from tracking.domain.spool_line import ClickRecord, CountRecord, moment, parse

AT_US = 1_780_000_123_456_789
HOUR_S = AT_US // 3_600_000_000 * 3_600
VISITOR = "AAECAwQFBgcICQoLDA0ODw"
KEY = b"k" * 32
WINDOW_S = 30 * 86_400
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
CLICKED = Words(
    "GET", "", "cross-site", "navigate", "document", "?1", PHONE, "", "https://blog.example/"
)
LINK = LandingLink(
    code="abc",
    link_id=7,
    affiliate_id=3,
    shop_id=1,
    head="https://shop.example/a?afsrc=1",
    tail="#top",
    plain="https://shop.example/a#top",
    sub_id="spring",
    own_hosts=frozenset({"shop.example"}),
    is_archived=False,
    ends_us=None,
    is_on_our_host=False,
)
LANDING = "https://shop.example/a?afsrc=1#top"


def ask(*, link=LINK, window_s=WINDOW_S, is_secure=True, words=CLICKED, **said):
    asked = Asked(words, AT_US, **{"consent": "1", "visitor": VISITOR, **said})
    return decide(asked, link, window_s=window_s, key=KEY, is_secure=is_secure)


def test_a_visit_with_consent_is_a_click_and_a_cookie():
    answer = ask(ip_hash=-5, country="FR", surface="reel:1")

    assert (answer.status, answer.location) == (302, LANDING)
    assert answer.cookie == (
        f"ap_ref={VISITOR}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax; Secure"
    )
    facts = Fact.TOP_LEVEL | Fact.REFERRER_SENT
    assert parse(answer.line) == ClickRecord(
        AT_US, 7, 3, VISITOR, "followed", facts, "blog.example", 4, 2, "FR", -5, "spring", "reel:1"
    )


def test_an_affiliate_s_own_sub_id_goes_before_the_link_s():
    assert parse(ask(sub_id="story").line).sub_id == "story"


def test_what_the_address_and_the_edge_say_is_kept_beside_what_the_words_prove():
    facts = Fact.PAID_ID | Fact.FROM_SERVERS
    kept = Fact.TOP_LEVEL | Fact.REFERRER_SENT | facts
    assert parse(ask(facts=int(facts)).line).facts == kept


def test_over_plain_http_the_cookie_is_not_secure():
    assert "Secure" not in ask(is_secure=False).cookie


def test_where_the_shop_cannot_see_our_cookie_the_reference_is_in_the_address():
    answer = ask(link=replace(LINK, is_on_our_host=True))
    assert answer.location == f"https://shop.example/a?afsrc=1&ap_ref={VISITOR}#top"
    assert answer.plain == LANDING


def test_what_our_cookies_say_is_a_fact():
    facts = Fact(parse(ask(is_known=True, has_strict=True).line).facts)
    assert Fact.LAX_SEEN | Fact.STRICT_CONTRADICTION in facts


def test_unknown_consent_is_a_count_and_a_capsule_and_nothing_else():
    answer = ask(consent="", visitor="")

    head, _separator, rest = answer.location.partition("&ap_c=")
    sealed, _mark, fragment = rest.partition("#")
    assert (head, fragment) == ("https://shop.example/a?afsrc=1", "top")
    assert capsule.open_(sealed, KEY, moment(AT_US)) == (
        "abc",
        moment(HOUR_S * 1_000_000),
        "followed",
        "",
    )
    assert parse(answer.line) == CountRecord(HOUR_S, 7, 3, "followed", "blog.example")
    assert (answer.cookie, answer.plain) == ("", LANDING)


@pytest.mark.parametrize("consent", ["0", "2", "yes"])
def test_a_refusal_is_a_count_and_no_capsule(consent):
    answer = ask(consent=consent)
    assert (answer.location, answer.cookie) == (LANDING, "")
    assert isinstance(parse(answer.line), CountRecord)


@pytest.mark.parametrize(
    ("change", "status", "navigation"),
    [
        ({"method": "HEAD"}, 302, "probe"),
        ({"method": "POST"}, 405, "probe"),
        ({"method": "OTHER"}, 405, "probe"),
        ({"dest": "iframe"}, 302, "embedded"),
        ({"mode": "no-cors", "dest": "image"}, 302, "embedded"),
        ({"mode": "cors", "dest": "empty"}, 302, "embedded"),
        ({"user_agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, 302, "bot"),
        ({"user_agent": "curl/8.5.0"}, 302, "bot"),
    ],
)
@pytest.mark.parametrize("consent", ["", "1"])
def test_whoever_visits_nothing_is_counted_as_what_it_is(change, status, navigation, consent):
    answer = ask(words=CLICKED._replace(**change), consent=consent)
    assert (answer.status, answer.location, answer.cookie) == (status, LANDING, "")
    assert parse(answer.line) == CountRecord(HOUR_S, 7, 3, navigation, "blog.example")


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "prefetch prefetch"])
@pytest.mark.parametrize("window_s", [WINDOW_S, 0])
def test_a_prefetch_is_asked_to_come_again(purpose, window_s):
    answer = ask(words=CLICKED._replace(purpose=purpose), window_s=window_s)
    assert answer._replace(line=b"") == (503, "", "", b"", "")
    counted = CountRecord(HOUR_S, 7, 3, "prefetch", "blog.example")
    assert [parse(line) for line in answer.lines] == ([counted] if window_s else [])
    assert answer.unrecorded() == (503, "", "", b"", "")
    assert decide_unknown(CLICKED._replace(purpose=purpose), "https://shop.example/").status == 503


@pytest.mark.parametrize(
    ("link", "window_s"),
    [
        (LINK, 0),
        (replace(LINK, is_archived=True), WINDOW_S),
        (replace(LINK, ends_us=AT_US), WINDOW_S),
    ],
)
@pytest.mark.parametrize("consent", ["", "0", "1"])
def test_a_link_that_earns_nothing_still_leads_to_its_page(link, window_s, consent):
    answer = ask(link=link, window_s=window_s, consent=consent)
    assert answer == (302, "https://shop.example/a#top", "", b"", "")


def test_a_link_earns_until_the_moment_it_expires():
    assert earns(replace(LINK, ends_us=AT_US + 1), AT_US, WINDOW_S)
    assert not earns(replace(LINK, ends_us=AT_US), AT_US, WINDOW_S)


def test_an_unknown_link_leads_home():
    assert decide_unknown(CLICKED, "https://shop.example/") == (
        302, "https://shop.example/", "", b"", "",
    )  # fmt: skip
    assert decide_unknown(CLICKED._replace(method="PUT"), "/").status == 405


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "198.51.100.250", True),
        ("198.51.100.7", "198.51.101.7", False),
        ("2001:db8:1:2::3", "2001:db8:1:9::3", True),
        ("2001:db8:1:2::3", "2001:db8:2:2::3", False),
        ("::ffff:198.51.100.7", "198.51.100.9", True),
    ],
)
def test_neighbours_share_a_hash_and_nobody_else(one, other, same):
    assert (ip_hash(one, b"salt") == ip_hash(other, b"salt")) is same
    assert ip_hash(one, b"salt") != ip_hash(one, b"other")
    assert -(2**63) <= ip_hash(one, b"salt") < 2**63


@pytest.mark.parametrize("address", ["", "unknown", "198.51.100", "[::1]", "a" * 500])
def test_what_is_no_address_has_no_hash(address):
    assert ip_hash(address, b"salt") is None


@pytest.mark.parametrize(
    ("forwarded", "trusted", "address"),
    [
        ("", 1, "peer"),
        ("1.1.1.1", 0, "peer"),
        ("1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),
        ("6.6.6.6, 1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("1.1.1.1", 2, "1.1.1.1"),
    ],
)
def test_only_our_own_proxies_are_believed_about_who_asks(forwarded, trusted, address):
    assert client_address("peer", forwarded, trusted) == address
