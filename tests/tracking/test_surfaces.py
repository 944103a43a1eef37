"""Where a look was tapped: rules Y1 to Y3."""

from dataclasses import replace

import pytest

from tests.tracking.test_landing_rules import (
    AT_US,
    CLICKED,
    KEY,
    LANDING,
    LINK,
    VISITOR,
    ask,
)
from tracking.domain.capsule import open_
from tracking.domain.navigation import Fact
from tracking.domain.spool_line import ClickRecord, CountRecord, moment, parse
from tracking.domain.surfaces import agreed_to, is_on_site, is_tap

LOOK = replace(LINK, surface="look:12")
OUR_PAGE = "https://shop.example/dress"
TAPPED = CLICKED._replace(site="same-origin", referrer=OUR_PAGE)
OLD_BROWSER = CLICKED._replace(site="", mode="", dest="", user="", referrer=OUR_PAGE)


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("look:12:pdp", True),
        ("look:12:page", True),
        ("look:12:lookbook", True),
        ("look:12:creator", True),
        ("look:12:offsite", False),
        ("look:12:embed", False),
        ("look:12", False),
        ("look::pdp", False),
        ("look:x:pdp", False),
        ("look:12:pdp:x", False),
        ("story:12:pdp", False),
        ("", False),
    ],
)
def test_four_places_of_a_look_are_the_shop_s_own(surface, expected):
    assert is_on_site(surface) is expected
    assert is_tap(surface, "internal", int(Fact.TOP_LEVEL)) is expected
    assert not is_tap(surface, "internal", int(Fact.OWN_SITE))
    assert not is_tap(surface, "followed", 0)


@pytest.mark.parametrize("words", [TAPPED, OLD_BROWSER, TAPPED._replace(site="same-site")])
def test_a_tap_is_kept_without_reproach(words):
    answer = ask(link=LOOK, words=words, surface="look:12:pdp")

    record = parse(answer.line)
    assert isinstance(record, ClickRecord)
    assert (record.navigation, record.surface) == ("internal", "look:12:pdp")
    assert not record.facts & (Fact.OWN_SITE | Fact.REFERRER_OWN)
    assert answer.location == LANDING
    assert answer.cookie.startswith(f"ap_ref={VISITOR}")


def test_a_tap_of_somebody_known_leaves_the_cookie_as_it_is():
    answer = ask(link=LOOK, words=TAPPED, surface="look:12:pdp", is_known=True)
    assert isinstance(parse(answer.line), ClickRecord)
    assert answer.cookie == ""


def test_with_a_refusal_a_tap_is_only_counted():
    answer = ask(link=LOOK, words=TAPPED, surface="look:12:pdp", consent="0", visitor="")
    assert isinstance(parse(answer.line), CountRecord)
    assert (answer.cookie, answer.location) == ("", LANDING)


@pytest.mark.parametrize(
    ("link", "words", "surface", "sealed"),
    [
        (LOOK, TAPPED, "look:12:pdp", ("internal", "pdp")),
        (LOOK, OLD_BROWSER, "look:12:lookbook", ("internal", "lookbook")),
        (LOOK, TAPPED, "", ("internal", "offsite")),
        (LOOK, CLICKED, "look:12:pdp", ("followed", "offsite")),
        (LOOK, CLICKED, "look:12:embed", ("followed", "embed")),
        (LOOK, CLICKED, "look:12:jeanne", ("followed", "offsite")),
        (LOOK, CLICKED, "story:12", ("followed", "offsite")),
        (LOOK, CLICKED, "", ("followed", "offsite")),
        (LINK, CLICKED, "look:12:pdp", ("followed", "")),
        (LINK, CLICKED, "story:12", ("followed", "")),
    ],
)
def test_before_a_choice_the_place_of_a_look_is_counted_and_sealed(link, words, surface, sealed):
    """Y1: nothing but the address holds it until somebody agrees, and only a few places exist."""
    answer = ask(link=link, words=words, surface=surface, consent="", visitor="")
    capsule = answer.location.partition("&ap_c=")[2].partition("#")[0]
    told = open_(capsule, KEY, moment(AT_US))

    assert isinstance(parse(answer.line), CountRecord)
    assert answer.cookie == ""
    assert (told.navigation, told.place) == sealed


@pytest.mark.parametrize(
    ("own", "place", "navigation", "surface"),
    [
        ("look:12", "pdp", "internal", "look:12:pdp"),
        ("look:12", "pdp", "followed", "look:12:offsite"),
        ("look:12", "embed", "followed", "look:12:embed"),
        ("look:12", "", "followed", "look:12:offsite"),
        ("", "pdp", "internal", ""),
    ],
)
def test_who_agrees_later_is_kept_under_the_place(own, place, navigation, surface):
    assert agreed_to(own, place, navigation) == surface


def test_the_same_address_from_elsewhere_is_elsewhere():
    record = parse(ask(link=LOOK, surface="look:12:pdp").line)
    assert (record.navigation, record.surface) == ("followed", "look:12:offsite")


@pytest.mark.parametrize("surface", ["look:12:offsite", "look:12:embed", "look:12"])
def test_other_places_are_kept_as_they_are_said(surface):
    assert parse(ask(link=LOOK, surface=surface).line).surface == surface


@pytest.mark.parametrize(
    ("link", "surface", "kept"),
    [
        (LINK, "look:12:pdp", ""),
        (LINK, "look:12:offsite", ""),
        (LINK, "story:12", "story:12"),
        (LINK, "", ""),
        (LOOK, "look:13:pdp", "look:12:offsite"),
        (LOOK, "look:13:offsite", "look:12:offsite"),
        (LOOK, "look:123:offsite", "look:12:offsite"),
        (LOOK, "story:12", "story:12"),
        (LOOK, "", "look:12:offsite"),
    ],
)
def test_no_link_claims_a_look_that_is_not_its_own(link, surface, kept):
    assert parse(ask(link=link, surface=surface).line).surface == kept


@pytest.mark.parametrize(
    ("link", "surface"),
    [
        (LINK, "look:12:pdp"),
        (LOOK, "look:13:pdp"),
        (LOOK, "look:1:pdp"),
        (LOOK, "look:12:offsite"),
        (LOOK, ""),
    ],
)
def test_a_link_in_our_page_that_is_not_that_look_s_keeps_its_reproach(link, surface):
    record = parse(ask(link=link, words=TAPPED, surface=surface).line)
    assert record.facts & Fact.OWN_SITE
    assert not is_tap(record.surface, record.navigation, record.facts)


@pytest.mark.parametrize(
    "words",
    [
        TAPPED._replace(method="HEAD"),
        TAPPED._replace(dest="image", mode="no-cors"),
        TAPPED._replace(user_agent="Googlebot/2.1"),
    ],
)
def test_what_nobody_tapped_is_no_tap(words):
    assert isinstance(parse(ask(link=LOOK, words=words, surface="look:12:pdp").line), CountRecord)
