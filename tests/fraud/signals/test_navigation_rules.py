"""The navigation signals of one credit against docs/rules/screening.md."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fraud.domain.evidence import UNKNOWN, Level, SessionSeen
from fraud.domain.signals import (
    datacentre,
    embedded_click,
    extension_call,
    forged_referrer,
    hidden_forward,
    opened_by_program,
    other_method,
    own_site_click,
    strict_contradiction,
    unseen_landing,
)
from tests.builders import NOW
from tests.fraud.signals.facts import (
    BARE,
    BY_CODE,
    CLICK,
    IN_THE_DARK,
    NOTHING,
    PLAIN,
    credit,
    level,
)
from tracking.domain.navigation import Fact, Navigation


def clicked(facts=PLAIN, navigation=Navigation.FOLLOWED, **changes):
    return credit(click={"facts": facts, "navigation": navigation}, own_facts=facts, **changes)


TYPED = {"facts": BARE, "navigation": Navigation.TYPED}


@pytest.mark.parametrize(
    ("signal", "fact", "beside"),
    [
        (embedded_click, Fact.NOT_TOP_LEVEL, Level.REVIEW),
        (own_site_click, Fact.OWN_SITE, Level.HOLD),
        (own_site_click, Fact.REFERRER_OWN, Level.HOLD),
        (extension_call, Fact.EXTENSION, Level.HOLD),
        (extension_call, Fact.NONE_NOT_NAVIGATE, Level.HOLD),
        (other_method, Fact.OTHER_METHOD, Level.INFO),
    ],
)
def test_a_call_that_is_no_visit(signal, fact, beside):
    assert level(signal, clicked(fact)) == Level.REFUSE
    assert level(signal, credit(own_facts=PLAIN | fact)) == beside
    assert level(signal, replace(BY_CODE, own_facts=fact, click_ats=(NOW,))) == beside
    assert level(signal, credit()) is None
    assert level(signal, BY_CODE) is None
    assert level(signal, IN_THE_DARK) is UNKNOWN


@pytest.mark.parametrize(
    ("rule", "seconds", "expected"),
    [
        ("NAV-06 at once", 0, Level.HOLD),
        ("NAV-06 within half an hour", 1_800, Level.HOLD),
        ("NAV-06 a link checker, long before", 1_801, Level.INFO),
        ("NAV-06 after the order", -1, Level.INFO),
    ],
)
def test_an_extension_beside_an_order(rule, seconds, expected):
    facts = PLAIN | Fact.EXTENSION
    evidence = credit(own_facts=facts, click_ats=(NOW - timedelta(seconds=seconds),))
    assert level(extension_call, evidence) == expected


STRICT = PLAIN | Fact.STRICT_SEEN | Fact.STRICT_CONTRADICTION


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("NAV-05 an hour before", clicked(STRICT, session={"page_before_s": 3_600}), Level.REFUSE),
        ("NAV-05 longer", clicked(STRICT, session={"page_before_s": 3_601}), Level.REVIEW),
        ("NAV-05 a reader of feeds", clicked(STRICT), Level.REVIEW),
        ("NAV-05 session unknown", clicked(STRICT, session=None), Level.REVIEW),
        ("NAV-05 typed with the cookie", clicked(BARE | Fact.STRICT_SEEN, Navigation.TYPED), None),
        ("NAV-05 no click", BY_CODE, None),
        ("NAV-05 nothing told", IN_THE_DARK, UNKNOWN),
    ],
)
def test_a_click_from_our_own_pages_in_disguise(rule, evidence, expected):
    assert level(strict_contradiction, evidence) == expected


FORGED = PLAIN | Fact.REFERRER_CONTRADICTION


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("NAV-07 alone: an add-on", clicked(FORGED), Level.HOLD),
        ("NAV-07 session unknown", clicked(FORGED, session=None), Level.HOLD),
        ("NAV-07 basket", clicked(FORGED, session={"basket_before_s": 3_600}), Level.REFUSE),
        ("NAV-07 old basket", clicked(FORGED, session={"basket_before_s": 3_601}), Level.HOLD),
        ("NAV-07 checkout", clicked(FORGED, session={"checkout_before_s": 1_800}), Level.REFUSE),
        ("NAV-07 long ago", clicked(FORGED, session={"checkout_before_s": 1_801}), Level.HOLD),
        ("NAV-07 the page agrees", clicked(), None),
        ("NAV-07 no Referer to forge", clicked(BARE & ~Fact.LANDED), None),
        ("NAV-07 the page did not tell", clicked(PLAIN & ~Fact.LANDED), UNKNOWN),
        ("NAV-07 no click", BY_CODE, None),
    ],
)
def test_a_referrer_that_software_wrote(rule, evidence, expected):
    assert level(forged_referrer, evidence) == expected


UNMOVED = BARE | Fact.NO_GESTURE


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("NAV-09 an app", clicked(UNMOVED, Navigation.TYPED), Level.REVIEW),
        ("NAV-09 session unknown", clicked(UNMOVED, Navigation.TYPED, session=None), Level.REVIEW),
        (
            "NAV-09 buying",
            clicked(UNMOVED, Navigation.TYPED, session={"basket_before_s": 3_600}),
            Level.HOLD,
        ),
        (
            "NAV-09 an old basket",
            clicked(UNMOVED, Navigation.TYPED, session={"basket_before_s": 3_601}),
            Level.REVIEW,
        ),
        ("NAV-09 typed by hand", clicked(BARE, Navigation.TYPED), None),
        ("NAV-09 from a link shim", clicked(PLAIN | Fact.NO_GESTURE), None),
        ("NAV-09 nothing told", clicked(NOTHING, Navigation.TYPED), UNKNOWN),
        ("NAV-09 unknown class", IN_THE_DARK, UNKNOWN),
        ("NAV-09 no click", BY_CODE, None),
    ],
)
def test_a_page_that_a_program_opened(rule, evidence, expected):
    assert level(opened_by_program, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("NAV-10 hidden", clicked(UNMOVED, Navigation.FORWARDED), Level.REVIEW),
        ("NAV-10 a shim in the open", clicked(PLAIN | Fact.NO_GESTURE, Navigation.FORWARDED), None),
        ("NAV-10 Safari tells no gestures", clicked(BARE, Navigation.FORWARDED), None),
        ("NAV-10 an old noreferrer link", clicked(BARE), None),
        ("NAV-10 typed", clicked(UNMOVED, Navigation.TYPED), None),
        ("NAV-10 unknown class", IN_THE_DARK, UNKNOWN),
        ("NAV-10 no click", BY_CODE, None),
    ],
)  # fmt: skip
def test_a_forward_that_hides_where_it_stands(rule, evidence, expected):
    assert level(hidden_forward, evidence) == expected


def unseen(facts=PLAIN, **session):
    return credit(click={"facts": facts}, session={"was_seen": False, **session})


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("NAV-11 a background tab", unseen(), Level.INFO),
        ("NAV-11 basket", unseen(basket_before_s=3_600), Level.HOLD),
        ("NAV-11 old basket", unseen(basket_before_s=3_601), Level.INFO),
        ("NAV-11 checkout", unseen(checkout_before_s=1_800), Level.HOLD),
        ("NAV-11 checkout long ago", unseen(checkout_before_s=1_801), Level.INFO),
        ("NAV-11 compares in tabs", unseen(page_before_s=60), Level.INFO),
        ("NAV-11 no gesture", unseen(PLAIN | Fact.NO_GESTURE, page_before_s=1_800), Level.HOLD),
        ("NAV-11 gesture long ago", unseen(PLAIN | Fact.NO_GESTURE, page_before_s=1_801),
         Level.INFO),
        ("NAV-11 seen", credit(), None),
        ("NAV-11 seen by the click's facts", credit(session=None), None),
        ("NAV-11 unseen by them", clicked(PLAIN | Fact.UNSEEN, session=None), Level.INFO),
        ("NAV-11 nothing told", clicked(PLAIN & ~Fact.LANDED, session=SessionSeen()), UNKNOWN),
        ("NAV-11 no click", BY_CODE, None),
    ],
)  # fmt: skip
def test_a_landing_that_nobody_looked_at(rule, evidence, expected):
    assert level(unseen_landing, evidence) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [(Fact.FROM_SERVERS, Level.REVIEW), (Fact.FROM_PEOPLE, None), (Fact(0), UNKNOWN)],
)
def test_a_network_of_servers_is_never_more_than_looked_at(facts, expected):
    assert level(datacentre, credit(click={"facts": facts})) == expected
    assert level(datacentre, BY_CODE) is None


def test_the_honest_click_of_these_tests_is_one_that_was_followed():
    assert CLICK.navigation == Navigation.FOLLOWED
    assert not CLICK.facts & Fact.NO_GESTURE
