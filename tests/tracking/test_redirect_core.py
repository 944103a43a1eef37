"""From headers to what a landing is decided by."""

import pytest

from tests.tracking.test_landing_rules import VISITOR
from tracking.redirect import core


def header_of(**headers):
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda name, default: said.get(name, default)


@pytest.mark.parametrize(
    ("cookies", "consent"),
    [
        ("", ""),
        ("ap_consent=1", "1"),
        ("a=b; ap_consent=1; c=d", "1"),
        ("ap_consent=0", "0"),
        ("ap_consent=", "0"),
        ("ap_consent=11", "0"),
        ("xap_consent=1", ""),
        ("a=ap_consent=1", ""),
        ("ap_consent=1; ap_consent=0", "0"),
        ("ap_consent=0; ap_consent=1", "0"),
    ],
)
def test_consent_is_said_once_and_plainly(cookies, consent):
    assert core.consent_in(f"; {cookies};") == consent


@pytest.mark.parametrize(
    ("cookies", "reference"),
    [
        (f"ap_ref={VISITOR}", VISITOR),
        (f"a=b; ap_ref={VISITOR}; c=d", VISITOR),
        (f"ap_ref={VISITOR}x", ""),
        (f"ap_ref={VISITOR[:-1]}", ""),
        (f"ap_ref={VISITOR[:-1]}B", ""),
        (f"xap_ref={VISITOR}", ""),
        ("ap_ref=", ""),
    ],
)
def test_only_a_reference_of_ours_is_taken(cookies, reference):
    assert core.reference_in(f"; {cookies};") == reference


def test_what_no_browser_sends_is_not_read():
    long = header_of(sec_fetch_site="x" * 200, sec_fetch_mode="navigate", user_agent="u" * 9_000)
    words = core.words_of("PROPFINDMORE", long)
    assert words[:6] == ("OTHER", "", "", "", "", "")
    assert len(words.user_agent) == core.READ_USER_AGENT


@pytest.mark.parametrize("name", ["sec_purpose", "purpose", "x_purpose", "x_moz"])
def test_every_browser_s_word_for_a_prefetch_is_read(name):
    assert core.words_of("GET", header_of(**{name: "prefetch"})).purpose == "prefetch"


def test_the_host_that_the_visitor_saw_comes_first():
    asked = header_of(x_forwarded_host="Shop.example, proxy.example", host="apport.example:8000")
    assert core.asked_hosts(asked) == ["shop.example", "apport.example:8000"]
    assert core.asked_hosts(header_of()) == []


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("sub=a", "a"),
        ("x=1&sub=a.b_c-d~e:f", "a.b_c-d~e:f"),
        ("sub=a%20b", ""),
        ("sub=%C3%A9", ""),
        ("sub=" + "x" * 65, ""),
        ("&" * 60 + "sub=a", ""),
        ("subs=a", ""),
    ],
)
def test_an_affiliate_may_add_a_plain_sub_id(query, value):
    assert core.own_parameter(query, "sub") == value


@pytest.mark.parametrize(("path", "code"), [("/c/abc", "abc"), ("/c/", ""), ("/c/a%20b", "a b")])
def test_the_code_is_the_rest_of_the_path(path, code):
    assert core.code_of(path) == code
