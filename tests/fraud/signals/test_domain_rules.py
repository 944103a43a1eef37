"""The domain and identity signals of one credit against docs/rules/screening.md."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fraud.domain.evidence import UNKNOWN, Chain, Level, Record
from fraud.domain.signals import (
    disposable_email,
    hidden_redirector,
    household,
    listed_referrer,
    lookalike_referrer,
    own_purchase,
    proven_chain,
    search_click,
    unnamed_publisher,
)
from tests.builders import NOW
from tests.fraud.signals.facts import (
    BARE,
    BY_CODE,
    IN_THE_DARK,
    NOTHING,
    PLAIN,
    credit,
    facts,
    level,
)
from tracking.domain.navigation import Fact, Navigation


def clicked(facts=PLAIN, navigation=Navigation.FOLLOWED, host="blog.example", **changes):
    click = {"facts": facts, "navigation": navigation, "referrer_host": host}
    return credit(click=click, **changes)


def near(nearness, **changes):
    return clicked(
        host="ccvmode.example", referrer_level=nearness, referrer_imitates="ccv-mode", **changes
    )


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("DOM-01 the name", near("L1"), Level.REFUSE),
        ("DOM-01 the name, declared", near("L1", is_referrer_declared=True), Level.REFUSE),
        ("DOM-01 contains it", near("L2"), Level.REFUSE),
        ("DOM-01 a fan's declared site", near("L2", is_referrer_declared=True), Level.HOLD),
        ("DOM-01 one letter", near("L3"), Level.HOLD),
        ("DOM-01 a general word", near("L4"), Level.HOLD),
        ("DOM-01 another name", credit(), None),
        ("DOM-01 typed", clicked(BARE, Navigation.TYPED, ""), None),
        ("DOM-01 Referer not kept", clicked(NOTHING, Navigation.FOLLOWED, ""), UNKNOWN),
        ("DOM-01 nothing told", IN_THE_DARK, UNKNOWN),
        ("DOM-01 no click", BY_CODE, None),
    ],
)
def test_a_site_that_imitates_the_shop(rule, evidence, expected):
    assert level(lookalike_referrer, evidence) == expected


def test_a_site_that_imitates_the_shop_is_named():
    assert facts(lookalike_referrer, near("L2")) == {
        "host": "ccvmode.example",
        "imitates": "ccv-mode",
        "nearness": "L2",
        "is_declared": False,
    }


CHAIN = Chain(host="ccvmode.example", name="ccv-mode", level="L1", at=NOW, hops=2)
OLDER = replace(CHAIN, host="ccv-mod.example", at=NOW - timedelta(days=1))


def chained(*args, **changes):
    return clicked(*args, chains=(OLDER, CHAIN), **changes)


HIDDEN = BARE | Fact.HIDDEN_REDIRECTOR


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("DOM-03 from that host", chained(host="ccv-mod.example"), Level.REFUSE),
        ("DOM-03 typed, redirected", chained(HIDDEN, Navigation.TYPED, ""), Level.REFUSE),
        ("DOM-03 Safari without Strict", chained(BARE | Fact.STRICT_MISSING, Navigation.TYPED, ""),
         Level.REFUSE),
        ("DOM-03 the link itself typed", chained(BARE | Fact.OWN_HOP_ONLY, Navigation.TYPED, ""),
         None),
        ("DOM-03 typed, nothing told", chained(BARE, Navigation.TYPED, ""), UNKNOWN),
        ("DOM-03 from the blog", chained(), None),
        ("DOM-03 unknown class", replace(IN_THE_DARK, chains=(CHAIN,)), UNKNOWN),
        ("DOM-03 nothing proven", clicked(HIDDEN, Navigation.TYPED, ""), None),
        ("DOM-03 no click", replace(BY_CODE, chains=(CHAIN,)), None),
    ],
)  # fmt: skip
def test_a_click_through_a_proven_chain(rule, evidence, expected):
    assert level(proven_chain, evidence) == expected


def test_a_proven_chain_is_told_with_its_day():
    seen = facts(proven_chain, chained(HIDDEN, Navigation.TYPED, ""))
    assert (seen["host"], seen["seen_at"], seen["hops"]) == (CHAIN.host, NOW.isoformat(), 2)


LOOKALIKE = Record(typed_bare=100, redirect_known=100, redirect_hidden=60, home_landings=79)


def redirected(facts=HIDDEN, record=LOOKALIKE, **changes):
    return clicked(facts, Navigation.TYPED, "", record=record, **changes)


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("DOM-04 as its visitors type", redirected(), Level.HOLD),
        ("DOM-04 by the cookie", redirected(BARE | Fact.STRICT_MISSING), Level.HOLD),
        ("DOM-04 not surely half", redirected(record=replace(LOOKALIKE, redirect_hidden=59)), None),
        ("DOM-04 product pages", redirected(record=replace(LOOKALIKE, home_landings=78)), None),
        ("DOM-04 one visit says nothing", redirected(record=Record()), UNKNOWN),
        ("DOM-04 thirty known",
         redirected(record=replace(LOOKALIKE, redirect_known=30, redirect_hidden=30)), Level.HOLD),
        ("DOM-04 fewer",
         redirected(record=replace(LOOKALIKE, redirect_known=29, redirect_hidden=29)), UNKNOWN),
        ("DOM-04 declared", redirected(redirectors_declared=1), None),
        ("DOM-04 verified", redirected(redirectors_verified=1), None),
        ("DOM-04 the link itself typed", redirected(BARE | Fact.OWN_HOP_ONLY), None),
        ("DOM-04 a reader of the blog", clicked(record=LOOKALIKE), None),
        ("DOM-04 the page told nothing", redirected(BARE), UNKNOWN),
        ("DOM-04 nothing told", replace(IN_THE_DARK, record=LOOKALIKE), UNKNOWN),
        ("DOM-04 no click", replace(BY_CODE, record=LOOKALIKE), None),
    ],
)  # fmt: skip
def test_a_visit_through_a_redirector_that_nobody_declared(rule, evidence, expected):
    assert level(hidden_redirector, evidence) == expected


IMITATES, FORWARDS, LISTED = (
    PLAIN | Fact.LOOKALIKE_SITE, PLAIN | Fact.KNOWN_REDIRECTOR, PLAIN | Fact.LISTED_SITE,
)  # fmt: skip
ALLOWED = {"referrer_list": "allowed"}


@pytest.mark.parametrize(
    ("rule", "signal", "evidence", "expected", "was_known"),
    [
        ("DOM-01 now", lookalike_referrer, near("L1"), Level.REFUSE, None),
        ("DOM-01 both", lookalike_referrer, near("L1", facts=IMITATES), Level.REFUSE, True),
        ("DOM-01 both, L3", lookalike_referrer, near("L3", facts=IMITATES), Level.HOLD, True),
        ("DOM-01 then", lookalike_referrer, clicked(IMITATES), Level.HOLD, True),
        ("DOM-01 then, declared", lookalike_referrer,
         clicked(IMITATES, is_referrer_declared=True), Level.REVIEW, True),
        ("DOM-01 then, allowed now", lookalike_referrer, clicked(IMITATES, **ALLOWED), None, None),
        ("DOM-01 then, visitor erased", lookalike_referrer, clicked(IMITATES, host=""),
         Level.HOLD, True),
        ("DOM-01 another mark", lookalike_referrer, clicked(FORWARDS | LISTED), None, None),
        ("DOM-03 now", proven_chain, chained(host=CHAIN.host), Level.REFUSE, None),
        ("DOM-03 both", proven_chain, chained(FORWARDS, host=CHAIN.host), Level.REFUSE, True),
        ("DOM-03 then", proven_chain, clicked(FORWARDS), Level.HOLD, True),
        ("DOM-03 then, another chain now", proven_chain, chained(FORWARDS), Level.HOLD, True),
        ("DOM-03 then, allowed now", proven_chain, clicked(FORWARDS, **ALLOWED), None, None),
        ("DOM-03 then, visitor erased", proven_chain, clicked(FORWARDS, host=""),
         Level.HOLD, True),
        ("DOM-03 another mark", proven_chain, clicked(IMITATES | LISTED), None, None),
        ("DOM-07 now", listed_referrer, clicked(referrer_list="coupon"), Level.HOLD, None),
        ("DOM-07 both", listed_referrer, clicked(LISTED, referrer_list="coupon"), Level.HOLD,
         True),
        ("DOM-07 then", listed_referrer, clicked(LISTED), Level.REVIEW, True),
        ("DOM-07 then, a shim now", listed_referrer, clicked(LISTED, referrer_list="shim"),
         None, None),
        ("DOM-07 then, allowed now", listed_referrer, clicked(LISTED, **ALLOWED), None, None),
        ("DOM-07 then, admitted as such", listed_referrer,
         clicked(LISTED, affiliate_kind="coupon"), None, None),
        ("DOM-07 then, visitor erased", listed_referrer, clicked(LISTED, host=""), Level.REVIEW,
         True),
        ("DOM-07 another mark", listed_referrer, clicked(IMITATES | FORWARDS), None, None),
    ],
)  # fmt: skip
def test_what_was_known_when_the_visit_came_is_evidence_too(
    rule, signal, evidence, expected, was_known
):
    """S14: a mark alone weighs one step less than what is known now; beside that, nothing more."""
    assert level(signal, evidence) == expected
    if expected is not None:
        said = facts(signal, evidence)
        assert said.get("was_known") is was_known
        assert ("is_known_now" in said) == (" then" in rule)


def test_signals_that_read_marks_are_another_version():
    for signal in (lookalike_referrer, proven_chain, listed_referrer):
        assert signal.SIGNAL.version == 2
        assert signal.judge(clicked(IMITATES | FORWARDS | LISTED), {}).version == 2


@pytest.mark.parametrize("listed", ["coupon", "cashback", "extension"])
def test_a_click_from_a_site_that_is_not_admitted(listed):
    assert level(listed_referrer, clicked(referrer_list=listed)) == Level.HOLD
    assert level(listed_referrer, clicked(referrer_list=listed, affiliate_kind="coupon")) is None


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("DOM-07 a shim", clicked(referrer_list="shim"), None),
        ("DOM-07 not listed", credit(), None),
        ("DOM-07 nothing told", IN_THE_DARK, UNKNOWN),
        ("DOM-07 no click", BY_CODE, None),
    ],
)
def test_a_click_from_other_sites(rule, evidence, expected):
    assert level(listed_referrer, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("DOM-08 a result", clicked(PLAIN | Fact.SEARCH), Level.HOLD),
        ("DOM-08 passes on an id", clicked(PLAIN | Fact.PAID_ID), Level.HOLD),
        ("DOM-08 an advertisement", clicked(PLAIN | Fact.SEARCH | Fact.PAID_ID), Level.REFUSE),
        ("DOM-08 neither", credit(), None),
        ("DOM-08 nothing told", IN_THE_DARK, UNKNOWN),
        ("DOM-08 no click", BY_CODE, None),
    ],
)
def test_a_search_or_an_advertisement_led_here(rule, evidence, expected):
    assert level(search_click, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "evidence", "expected"),
    [
        ("SUB-01 unnamed", clicked(referrer_list="sub_network"), Level.HOLD),
        ("SUB-01 named",
         credit(click={"sub_id": "blog-7"}, referrer_list="sub_network"), None),
        ("SUB-01 no sub-network", credit(), None),
        ("SUB-01 nothing told", IN_THE_DARK, UNKNOWN),
        ("SUB-01 no click", BY_CODE, None),
    ],
)  # fmt: skip
def test_a_sub_network_names_its_publisher(rule, evidence, expected):
    assert level(unnamed_publisher, evidence) == expected


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("ID-02 to their address", {"order_address_key": "home"}, Level.HOLD),
        ("ID-02 elsewhere", {}, None),
        ("ID-02 address unknown", {"order_address_key": ""}, UNKNOWN),
        ("ID-02 theirs unknown", {"member_address_keys": frozenset()}, UNKNOWN),
        ("ID-02 absence is not equality",
         {"order_address_key": "", "member_address_keys": frozenset({""})}, UNKNOWN),
    ],
)  # fmt: skip
def test_an_order_to_the_household(rule, change, expected):
    assert level(household, credit(**change)) == expected


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("ID-01 e-mail", {"order_email_key": "ada"}, Level.REFUSE),
        ("ID-01 phone", {"order_phone_key": "06", "member_phone_keys": frozenset({"06"})},
         Level.REFUSE),
        ("ID-01 phone unknown", {"order_phone_key": "", "member_phone_keys": frozenset({""})},
         None),
    ],
)  # fmt: skip
def test_an_own_purchase_by_what_identifies(rule, change, expected):
    assert level(own_purchase, credit(**change)) == expected


@pytest.mark.parametrize(
    ("is_disposable", "expected"), [(True, Level.INFO), (False, None), (None, UNKNOWN)]
)
def test_a_throw_away_address_is_noted(is_disposable, expected):
    assert level(disposable_email, credit(has_disposable_email=is_disposable)) == expected
