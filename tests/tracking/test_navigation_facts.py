"""Every measured way to reach a tracking link: its class, its facts, what the page adds.

``navigation_chromium.json`` beside this file was measured for this project in Chromium 156 on
Debian 12 (headed, without an automation protocol) and is under the project's own licence. Per
scenario: the requests to ``https://shop.test/c/<code>`` (a shop that the visitor knows, so that
``pre_lax`` and ``pre_strict`` stand for our two cookies) and what the landing page saw. Its
``search.test`` stands for a search engine; ``*_subdomain`` and ``*_other`` had the tracker on
another host than the shop.
"""

import json
from pathlib import Path

import pytest

from tests.tracking.navigation_table import EXPECTED, NO_REQUEST, seen_as
from tracking.domain.navigation import (
    Fact,
    Landing,
    classify,
    has_paid_id,
    landing_facts,
    referrer_host,
    request_facts,
)

SCENARIOS = json.loads(Path(__file__).with_name("navigation_chromium.json").read_text())
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Safari/605.1.15"
)
TYPED = ("GET", "", "none", "navigate", "document", "?1")
FOLLOWED = ("GET", "", "cross-site", "navigate", "document", "?1")
FORWARDED = ("GET", "", "cross-site", "navigate", "document", "")
HONEST = [
    name for name, said in SCENARIOS.items() if said["group"] in {"A-honest-link", "C-direct"}
]


def facts(names):
    found = Fact(0)
    for name in names.split():
        found |= Fact[name]
    return found


def as_measured(url):
    return url.replace("search.test", "www.google.com")


def words(request):
    said = request["headers"]
    names = ("sec-purpose", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user")
    return (request["method"], *(said.get(name, "") for name in names))


def facts_of(request, user_agent=CHROME):
    cookies = request["cookies_received"]
    return request_facts(
        *words(request),
        user_agent=user_agent,
        origin=request["headers"].get("origin", ""),
        referrer=as_measured(request["headers"].get("referer", "")),
        own_hosts={"shop.test"},
        has_lax="pre_lax" in cookies,
        has_strict="pre_strict" in cookies,
    )


def landing_of(seen):
    return Landing(
        redirect_count=seen["redirectCount"],
        entry=seen["type"],
        referrer_host=referrer_host(as_measured(seen["referrer"])),
        is_visible=seen["vis"] == "visible",
        has_focus=seen["focus"],
        is_framed=seen["framed"],
    )


def page_facts(name, request):
    seen = SCENARIOS[name]["js_at_landing"]
    if not seen or request is not SCENARIOS[name]["tracker"][-1]:
        return Fact(0)
    return landing_facts(
        landing_of(seen[0]),
        navigation=classify(*words(request)),
        facts=facts_of(request),
        is_same_origin="subdomain" not in name and "other" not in name,
    )


ROWS = [
    (row, navigation, request, page)
    for navigation, request, page, rows in EXPECTED
    for row in rows.split()
]


@pytest.mark.parametrize(("row", "navigation", "asked", "page"), ROWS, ids=[r[0] for r in ROWS])
def test_what_a_measured_visit_proves(row, navigation, asked, page):
    name, _, number = row.partition("#")
    request = SCENARIOS[name]["tracker"][int(number or 1) - 1]

    assert classify(*words(request)) == navigation
    assert seen_as(request["headers"], request["method"]) == navigation
    assert facts_of(request) == facts(asked)
    assert page_facts(name, request) == facts(page)


def test_the_table_holds_every_measured_request():
    measured = {
        name if len(said["tracker"]) == 1 else f"{name}#{number}"
        for name, said in SCENARIOS.items()
        for number, _request in enumerate(said["tracker"], start=1)
    }
    assert len(SCENARIOS) == 156
    assert {row[0] for row in ROWS} == measured
    assert {name for name, said in SCENARIOS.items() if not said["tracker"]} == NO_REQUEST


#: Facts that no honest visit of the measured ones showed. PREFETCH is one too, without blame.
CONCLUSIVE = (
    Fact.NOT_TOP_LEVEL
    | Fact.OWN_SITE
    | Fact.REFERRER_OWN
    | Fact.STRICT_CONTRADICTION
    | Fact.NONE_NOT_NAVIGATE
    | Fact.EXTENSION
    | Fact.OTHER_METHOD
    | Fact.REFERRER_CONTRADICTION
)


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("user_agent", [CHROME, FIREFOX, SAFARI, ""])
def test_nothing_conclusive_is_ever_said_of_an_honest_visit(name, user_agent):
    for request in SCENARIOS[name]["tracker"]:
        found = facts_of(request, user_agent) | page_facts(name, request)
        assert not found & CONCLUSIVE


@pytest.mark.parametrize("name", HONEST)
def test_without_its_headers_nothing_is_held_against_a_visit(name):
    for request in SCENARIOS[name]["tracker"]:
        bare = {"method": "GET", "headers": {}, "cookies_received": request["cookies_received"]}
        bare["cookies_received"] = [c for c in bare["cookies_received"] if c != "pre_strict"]
        found = facts_of(bare)
        assert found in {Fact.REFERRER_ABSENT, Fact.REFERRER_ABSENT | Fact.LAX_SEEN}


def test_a_page_that_tells_nothing_proves_only_that_it_told():
    assert landing_facts(Landing(), navigation="typed", facts=facts_of_typed()) == Fact.LANDED


def facts_of_typed(user_agent=CHROME, *, has_lax=True, has_strict=True):
    return request_facts(*TYPED, user_agent=user_agent, has_lax=has_lax, has_strict=has_strict)


@pytest.mark.parametrize(
    ("user_agent", "has_lax", "has_strict", "is_missing"),
    [
        (FIREFOX, True, False, True),  # As measured: any redirect before ours drops Strict.
        (SAFARI, True, False, True),
        (FIREFOX, True, True, False),
        (FIREFOX, False, False, False),  # Nobody we know: nothing was to be expected.
        (CHROME, True, False, False),  # Chromium sends Strict there, so this proves nothing.
        ("", True, False, False),
    ],
)
def test_a_strict_cookie_that_should_have_come(user_agent, has_lax, has_strict, is_missing):
    found = facts_of_typed(user_agent, has_lax=has_lax, has_strict=has_strict)
    assert (Fact.STRICT_MISSING in found) is is_missing


@pytest.mark.parametrize(
    ("user_agent", "is_said"),
    [
        (CHROME, True),
        (FIREFOX, True),
        (SAFARI, False),  # Safari never says when somebody clicked.
        (CHROME.replace("X11; Linux x86_64", "Linux; Android 14; wv)"), False),
        ("", False),
    ],
)
def test_a_missing_gesture_counts_only_for_browsers_that_tell_gestures(user_agent, is_said):
    found = request_facts(*FORWARDED, user_agent=user_agent)
    assert (Fact.NO_GESTURE in found) is is_said


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "OPTIONS", "BREW"])
def test_another_method_is_a_probe(method):
    assert classify(method, *FOLLOWED[1:]) == "probe"
    assert Fact.OTHER_METHOD in request_facts(method, *FOLLOWED[1:])


@pytest.mark.parametrize("header", ["Purpose", "X-Purpose", "X-Moz", "sec-purpose"])
def test_every_way_to_say_prefetch(header):
    assert seen_as({header: "Prefetch"}) == "prefetch"


def test_a_robot_is_one_whatever_it_says_about_its_visit():
    said = {"User-Agent": "facebookexternalhit/1.1", "Sec-Fetch-Site": "none"}
    assert seen_as(said) == "bot"
    assert seen_as({**said, "Purpose": "prefetch"}) == "prefetch"
    assert seen_as(said, "HEAD") == "probe"


@pytest.mark.parametrize(
    ("referrer", "own_hosts", "is_own"),
    [
        ("https://shop.test/checkout", {"shop.test"}, True),
        ("https://SHOP.test/", {"Shop.Test"}, True),
        ("https://shop.test.evil.example/", {"shop.test"}, False),
        ("http://localhost:8001/", {"localhost:8000"}, False),
        ("http://localhost:8000/", {"localhost:8000"}, True),
        ("https://[", {"shop.test"}, False),
    ],
)
def test_a_page_of_ours_is_known_by_its_host(referrer, own_hosts, is_own):
    found = request_facts(*FOLLOWED, referrer=referrer, own_hosts=own_hosts)
    assert (Fact.REFERRER_OWN in found) is is_own


@pytest.mark.parametrize(
    ("host", "is_search"),
    [
        ("www.google.fr", True),
        ("google.co.uk", True),
        ("www.google.com.br", True),
        ("fr.search.yahoo.com", True),
        ("www.bing.com", True),
        ("duckduckgo.com", True),
        ("www.qwant.com", True),
        ("mail.google.com", False),
        ("docs.google.com", False),
        ("google.example.com", False),
        ("fr.yahoo.com", False),
        ("notbing.com", False),
    ],
)
def test_search_engines(host, is_search):
    found = request_facts(*FOLLOWED, referrer=f"https://{host}/")
    assert (Fact.SEARCH in found) is is_search


def test_a_reload_of_the_page_says_nothing_about_redirects():
    again = Landing(redirect_count=0, entry="reload", referrer_host="")
    assert landing_facts(again, navigation="typed", facts=facts_of_typed()) == Fact.LANDED


def test_a_shop_with_a_redirect_of_its_own_says_how_many_are_honest():
    seen = Landing(redirect_count=2, entry="navigate", referrer_host="")
    found = landing_facts(seen, navigation="typed", facts=facts_of_typed(), own_hops=2)
    assert found == Fact.LANDED | Fact.OWN_HOP_ONLY


def test_a_landing_whose_consent_came_later_still_betrays_a_redirector():
    seen = Landing(redirect_count=0, entry="navigate", referrer_host="")
    found = landing_facts(seen, navigation="typed", facts=Fact.EXCHANGED)
    assert found == Fact.LANDED | Fact.HIDDEN_REDIRECTOR


def test_the_bits_of_facts_are_stored_and_stay_what_they_are():
    assert [fact.name for fact in Fact] == [
        "TOP_LEVEL", "NOT_TOP_LEVEL", "PREFETCH", "OWN_SITE", "REFERRER_OWN",
        "STRICT_CONTRADICTION", "NONE_NOT_NAVIGATE", "EXTENSION", "OTHER_METHOD", "REFERRER_SENT",
        "REFERRER_ABSENT", "LAX_SEEN", "STRICT_SEEN", "STRICT_MISSING", "NO_GESTURE", "SEARCH",
        "EXCHANGED", "LANDED", "OWN_HOP_ONLY", "HIDDEN_REDIRECTOR", "UNSEEN",
        "REFERRER_CONTRADICTION", "FRAMED", "PAID_ID", "FROM_SERVERS", "FROM_PEOPLE",
        "LISTED_SITE", "LOOKALIKE_SITE", "KNOWN_REDIRECTOR",
    ]  # fmt: skip
    assert [fact.value for fact in Fact] == [1 << bit for bit in range(29)]


@pytest.mark.parametrize(
    ("query", "is_paid"),
    [
        ("gclid=x", True),
        ("sub=a&gbraid=x", True),
        ("WBRAID=x", True),
        ("sub=b&msclkid=x", True),
        ("gad_source=1", True),
        ("sub=gclid_abc", True),
        ("sub=EAIaIQobChMIh9n3yPzQhgMVAbCDBx0abQ1Z", True),
        ("sub=CjwKCAjw34qzBhBmEiwAOUQcFxyzAbCdEfGhIjK", True),
        ("fbclid=x", False),
        ("sub=gad_elmaleh", False),
        ("sub=mygclid", False),
        ("sub=spring&surface=look:1", False),
        ("", False),
    ],
)
def test_only_the_ids_of_advertisements_are_taken_for_such(query, is_paid):
    assert has_paid_id(query) == is_paid
