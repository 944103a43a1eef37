"""POST /j: what a page may tell, and what is refused with a sentence."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.domain.journey import (
    Channel,
    JourneyRefused,
    Kind,
    channel_of,
    parse,
)
from tracking.domain.navigation import Landing

LANDING = {
    "kind": "landing", "ago": 900, "path": "/produit/MV01", "redirects": 1, "entry": "navigate",
    "referrer": "blog.example", "visible": True, "focused": False, "framed": False, "history": 2,
    "prerendered": False,
}  # fmt: skip


def call(**said):
    return parse(json.dumps(said).encode())


def event(**said):
    return call(consent=True, events=[said]).events[0]


def refused(**said):
    with pytest.raises(JourneyRefused) as refusal:
        call(**said)
    return str(refusal.value)


def test_a_landing():
    read = call(consent=True, capsule="abc", events=[LANDING])

    assert (read.consent, read.capsule, read.ref) == (True, "abc", "")
    assert (read.events[0].kind, read.events[0].ago) == (Kind.LANDING, timedelta(seconds=0.9))
    assert read.landing == Landing(
        redirect_count=1,
        entry="navigate",
        referrer_host="blog.example",
        is_visible=True,
        has_focus=False,
        is_framed=False,
        was_prerendered=False,
        history_length=2,
    )


def test_a_landing_that_tells_little_leaves_the_rest_unknown():
    assert call(events=[{"kind": "landing", "path": "/"}]).landing == Landing()
    assert call(events=[]).landing is None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"kind": "page_view", "path": "/a/b"}, {"path": "/a/b"}),
        (
            {"kind": "basket_changed", "items": 2, "value_minor": 9_900},
            {"items": 2, "value_minor": 9_900},
        ),
        ({"kind": "basket_changed"}, {}),
        ({"kind": "checkout_opened"}, {}),
        ({"kind": "checkout_opened", "path": "/commande"}, {"path": "/commande"}),
        (
            {"kind": "session_started", "referrer": "www.Google.fr"},
            {"channel": "search", "referrer": "www.google.fr"},
        ),
    ],
)
def test_what_is_kept_of_each_kind(said, kept):
    assert event(**said).data == kept


@pytest.mark.parametrize(
    ("referrer_host", "medium", "is_affiliate", "channel"),
    [
        ("blog.example", "cpc", True, Channel.AFFILIATE),
        ("www.google.fr", "cpc", False, Channel.PAID),
        ("", "Newsletter", False, Channel.EMAIL),
        ("www.google.fr", "", False, Channel.SEARCH),
        ("l.instagram.com", "", False, Channel.SOCIAL),
        ("t.co", "", False, Channel.SOCIAL),
        ("notfacebook.com", "", False, Channel.REFERRAL),
        ("blog.example", "", False, Channel.REFERRAL),
        ("", "", False, Channel.DIRECT),
    ],
)
def test_where_a_visit_began(referrer_host, medium, is_affiliate, channel):
    found = channel_of(referrer_host=referrer_host, medium=medium, is_affiliate=is_affiliate)
    assert found == channel


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b"null", b'"a"', b"\xff", b"[" * 4_000, b"{" * 4_096, b'{"consent":NaN}'],
)
def test_what_is_no_object_is_refused(body):
    with pytest.raises(JourneyRefused):
        parse(body)


def test_a_body_of_more_than_4_kb_is_refused():
    assert parse(b'{"consent":true}'.ljust(4_096)).consent is True
    with pytest.raises(JourneyRefused, match="4096"):
        parse(b'{"consent":true}'.ljust(4_097))


def test_at_most_20_events():
    page = {"kind": "page_view", "path": "/"}
    assert len(call(events=[page] * 20).events) == 20
    assert "20" in refused(events=[page] * 21)


@pytest.mark.parametrize(
    "said",
    [
        {"consent": 1},
        {"consent": "true"},
        {"email": "jeanne@example.com"},
        {"capsule": 3},
        {"capsule": "x" * 97},
        {"ref": "short"},
        {"ref": "A" * 21 + "B"},  # Not the one spelling of 16 bytes.
        {"events": {}},
        {"events": ["page_view"]},
        {"events": [{"kind": "scrolled"}]},
        {"events": [{"kind": ["page_view"], "path": "/"}]},
        {"events": [{"kind": "page_view"}]},
        {"events": [{"kind": "page_view", "path": "/?email=jeanne@example.com"}]},
        {"events": [{"kind": "page_view", "path": "/#token"}]},
        {"events": [{"kind": "page_view", "path": "https://shop.example/"}]},
        {"events": [{"kind": "page_view", "path": "//evil.example/"}]},
        {"events": [{"kind": "page_view", "path": "/a\nb"}]},
        {"events": [{"kind": "page_view", "path": "/é"}]},
        {"events": [{"kind": "page_view", "path": "/", "url": "https://shop.example/"}]},
        {"events": [{"kind": "page_view", "path": "/", "ago": 1.5}]},
        {"events": [{"kind": "page_view", "path": "/", "ago": "1"}]},
        {"events": [{"kind": "basket_changed", "items": -1}]},
        {"events": [{"kind": "basket_changed", "items": True}]},
        {"events": [{"kind": "basket_changed", "items": 1.5}]},
        {"events": [{"kind": "basket_changed", "sku": "MV01"}]},
        {"events": [{"kind": "session_started", "referrer": "https://blog.example/post"}]},
        {"events": [{"kind": "landing", "path": "/", "referrer": "blog.example/post"}]},
        {"events": [{"kind": "landing", "path": "/", "visible": "yes"}]},
        {"events": [{"kind": "landing", "path": "/", "entry": "teleport"}]},
    ],
)
def test_what_we_did_not_ask_for_is_refused(said):
    assert refused(**said)


@pytest.mark.parametrize(("ago", "seconds"), [(-5_000, 0), (1_500, 1.5), (10**30, 3_600)])
def test_a_browser_whose_clock_jumps(ago, seconds):
    assert event(kind="page_view", path="/", ago=ago).ago == timedelta(seconds=seconds)


def test_a_long_path_is_cut():
    assert event(kind="page_view", path="/a" + "b" * 600).data == {"path": "/a" + "b" * 498}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FIELDS = st.dictionaries(
    st.sampled_from(["kind", "ago", "path", "items", "referrer", "visible", "entry", "medium"]),
    JSON | st.sampled_from([*Kind]) | st.just("/a"),
)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    read_or_refused(body)


@given(st.fixed_dictionaries({}, optional={
    "consent": JSON, "capsule": JSON, "ref": JSON, "events": st.lists(FIELDS | JSON, max_size=25),
}))  # fmt: skip
def test_any_object_is_read_or_refused(said):
    read_or_refused(json.dumps(said).encode())


def read_or_refused(body):
    try:
        read = parse(body)
    except JourneyRefused:
        return
    for told in read.events:
        assert len(json.dumps(told.data)) < 2_048
        assert timedelta(0) <= told.ago <= timedelta(hours=1)
        path = told.data.get("path", "/")
        assert path.startswith("/")
        assert not set("?#\n\0") & set(path)
