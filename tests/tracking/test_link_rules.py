"""Codes, destinations and navigation against L, K and N of docs/rules/attribution.md."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.navigation_table import seen_as
from tracking.domain import codes, destinations
from tracking.domain.navigation import Navigation, referrer_host

HOSTS = ["shop.example", "localhost:8001"]


@pytest.mark.parametrize(
    ("rule", "url"),
    [
        ("L1", "https://shop.example/"),
        ("L1", "http://shop.example/dresses?size=38&color=red#reviews"),
        ("L1", "https://SHOP.example/"),
        ("L2 host with its port", "http://localhost:8001/p/1"),
    ],
)
def test_pages_of_the_shop_are_destinations(rule, url):
    assert destinations.leads_to_shop(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example/dresses",
        "/dresses",
        "//shop.example/",
        "https://",
        "https:///shop.example/",
        "https:shop.example",
        "ftp://shop.example/",
        "javascript://shop.example/%0aalert(1)",
        "https://evil.example/",
        "https://evil.example/?next=https://shop.example/",
        "https://shop.example.evil.example/",
        "https://notshop.example/",
        "https://shop.example@evil.example/",
        "https://evil.example@shop.example/",
        "https://evil.example\\@shop.example/",
        "https://shop.example\\.evil.example/",
        "https://shop.example:8443/",
        "http://localhost/",
        "https://shop.example:port/",
        "https://shop.example./",
        "https://shop.example/a b",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://evil.example\t/",
        "https://[shop.example/",
        "https://shop\u3002example/",
    ],
)
def test_nothing_else_is_a_destination(url):
    assert not destinations.leads_to_shop(url, HOSTS)


@given(st.text(max_size=60))
def test_what_does_not_name_an_allowed_host_is_never_a_destination(text):
    url = f"https://{text}"
    if destinations.leads_to_shop(url, HOSTS):
        host = text.split("/")[0].split("?")[0].split("#")[0].lower()
        assert host in HOSTS


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://shop.example/", "https://shop.example/"),
        ("https://shop.example/?ap_ref=x", "https://shop.example/"),
        (
            "https://shop.example/?a=1&AFSRC=1&b=%C3%A9#top",
            "https://shop.example/?a=1&b=%C3%A9#top",
        ),
        ("https://shop.example/?a=1&a=2", "https://shop.example/?a=1&a=2"),
    ],
)
def test_our_own_parameters_are_taken_out(url, cleaned):
    assert destinations.without_own_parameters(url) == cleaned


@pytest.mark.parametrize(
    ("url", "landing"),
    [
        ("https://shop.example/", "https://shop.example/?afsrc=1"),
        ("https://shop.example/p?a=1#top", "https://shop.example/p?a=1&afsrc=1#top"),
    ],
)
def test_the_landing_page_tells_extensions_to_stand_down(url, landing):
    assert destinations.landing_url(url) == landing


def test_link_codes_have_no_signs_that_look_alike():
    assert not set("01oil") & set(codes.ALPHABET)
    assert not set("01") & set(codes.DIGITS)


@given(st.integers(0, 2**64), st.integers(1, 13))
def test_a_code_has_its_length_and_alphabet(number, length):
    spelled = codes.spelled(number, length)
    assert len(spelled) == length
    assert set(spelled) <= set(codes.ALPHABET)


def test_every_number_below_the_count_has_a_code_of_its_own():
    count = len(codes.ALPHABET) ** 2
    assert len({codes.spelled(number, 2) for number in range(count)}) == count


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Inès Moreau", "INES"),
        ("Le Carnet d'Ada", "CARNET"),
        ("Jean-Baptiste Martin", "JEANBAPT"),
        ("42", "CODE"),
        ("李明", "CODE"),
        ("", "CODE"),
    ],
)
def test_a_promo_code_begins_with_a_readable_name(name, stem):
    assert codes.stem(name) == stem


@pytest.mark.parametrize(
    ("code", "possible"),
    [("ADA10", True), ("SUMMER-26_A", True), ("AB", False), ("A" * 31, False), ("ÉTÉ", False),
     ("ada", False), ("-AB", False), ("A B", False)],
)  # fmt: skip
def test_what_may_be_a_promo_code(code, possible):
    assert codes.is_promo_code(code) is possible


def fetch(site="", mode="navigate", dest="document", user="", **others):
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    return {**headers, "Sec-Fetch-User": user, **others}


@pytest.mark.parametrize(
    ("rule", "headers", "expected"),
    [
        ("N1", {"Sec-Purpose": "prefetch;prerender"}, Navigation.PREFETCH),
        ("N1 old Safari", {"X-Purpose": "preview"}, Navigation.PREFETCH),
        ("N1 old Firefox", {"x-moz": "prefetch"}, Navigation.PREFETCH),
        ("N1 before N2", fetch("none", "no-cors", "empty", Purpose="prefetch"),
         Navigation.PREFETCH),
        ("N2 image", fetch("cross-site", "no-cors", "image"), Navigation.EMBEDDED),
        ("N2 iframe", fetch("cross-site", "navigate", "iframe"), Navigation.EMBEDDED),
        ("N2 embed", fetch("cross-site", "navigate", "embed"), Navigation.EMBEDDED),
        ("N2 fetch by an extension", fetch("none", "cors", "empty"), Navigation.EMBEDDED),
        ("N3", fetch("same-origin", user="?1"), Navigation.INTERNAL),
        ("N3", fetch("same-site"), Navigation.INTERNAL),
        ("N4", fetch("none", user="?1"), Navigation.TYPED),
        ("N5", fetch("cross-site", user="?1"), Navigation.FOLLOWED),
        ("N6", fetch("cross-site"), Navigation.FORWARDED),
        ("N7 old browser", {}, Navigation.UNKNOWN),
        ("N7 nonsense", {"Sec-Fetch-Site": "banana"}, Navigation.UNKNOWN),
    ],
)  # fmt: skip
def test_how_somebody_came(rule, headers, expected):
    headers = {name: value for name, value in headers.items() if value}
    assert seen_as(headers) == expected


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://Blog.Example/post?x=1", "blog.example"),
        ("", ""),
        ("nonsense", ""),
        ("https://[broken", ""),
        (f"https://{'a' * 300}.example/", ""),
    ],
)
def test_only_the_host_of_the_referrer_is_kept(referrer, host):
    assert referrer_host(referrer) == host
