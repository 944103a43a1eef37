"""Where a look was tapped: rules Y1 to Y3."""

from dataclasses import replace

import pytest

from tests.tracking.test_landing_rules import CLICKED, LANDING, LINK, VISITOR, ask
from tracking.domain.navigation import Fact
from tracking.domain.spool_line import ClickRecord, CountRecord, parse
from tracking.domain.surfaces import is_on_site, is_tap

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


@pytest.mark.parametrize("consent", ["", "0"])
def test_without_consent_a_tap_is_only_counted(consent):
    answer = ask(link=LOOK, words=TAPPED, surface="look:12:pdp", consent=consent, visitor="")
    assert isinstance(parse(answer.line), CountRecord)
    assert (answer.cookie, answer.location) == ("", LANDING)


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
