"""Policies against the worked tables P1, P2 and P6 to P9 of docs/rules/attribution.md."""

import pytest

from tests.tracking.policy_words import (
    ADA,
    BOB,
    CLEO,
    DAN,
    click,
    code,
    decide,
    reasons,
    shares,
    verdict,
)
from tracking.domain.navigation import Fact
from tracking.domain.policy import Part, Policy, PolicyRefused
from tracking.domain.touchpoints import (
    Journey,
    Reason,
)

# --- the rules as they are written ---------------------------------------------------


FULL = {
    "look_back_days": {"contracted": 60, "coupon": 7},
    "code": "if_involved",
    "stand_down": {"minutes": 60, "classes": ["cashback", "coupon"]},
    "basket_before_click": {"minutes": 60, "classes": ["cashback", "coupon"]},
    "session_open": {"minutes": 30, "after_checkout": "refuse", "other_channel": "keep"},
    "contracted_priority_days": 7,
    "split": {"introducer": 3_000, "influencer": 2_000, "closer": 5_000},
}


def test_what_is_read_is_written_back():
    assert Policy.from_rules(FULL).to_rules() == FULL
    assert Policy.from_rules({}).to_rules() == {}


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ([], "rules is a JSON object."),
        ({"lookback": 3}, "rules: there is no “lookback”. Known: look_back_days, code,"),
        ({"look_back_days": {"blog": 3}}, "look_back_days: there is no “blog”."),
        ({"look_back_days": {"coupon": 0}},
         "look_back_days.coupon is a whole number from 1 to 395."),
        ({"look_back_days": {"coupon": True}}, "look_back_days.coupon is a whole number"),
        ({"code": "sometimes"}, "code is one of always, if_involved, if_winner."),
        ({"stand_down": {}}, "stand_down.minutes is a whole number from 1 to 1440."),
        ({"stand_down": {"minutes": 30, "classes": ["blog"]}}, "stand_down.classes is one of"),
        ({"stand_down": {"minutes": 30, "classes": "coupon"}}, "stand_down.classes is a list."),
        ({"basket_before_click": {"minutes": 30, "answer": "keep"}},
         "basket_before_click: there is no “answer”."),
        ({"session_open": {"minutes": 30, "other_channel": "maybe"}},
         "session_open.other_channel is one of refuse, keep."),
        ({"contracted_priority_days": -1}, "contracted_priority_days is a whole number"),
        ({"split": {"introducer": 5_000, "closer": 4_000}},
         "split: the shares come to 9000 basis points instead of 10000."),
        ({"split": {"introducer": 10_000}}, "split: the closer, to whom missing shares fall,"),
        ({"split": {"assist": 10_000}}, "split: there is no “assist”."),
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused_in_words(rules, sentence):
    with pytest.raises(PolicyRefused) as refusal:
        Policy.from_rules(rules)

    assert sentence in str(refusal.value)


# --- P1 look-back --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("touchpoint", "wins"),
    [
        (click(40, is_contracted=True), True),
        (click(61, is_contracted=True), False),
        (click(6, affiliate_kind="coupon"), True),
        (click(8, affiliate_kind="coupon"), False),
        (click(40, affiliate_kind="coupon", is_contracted=True), True),
        (click(29), True),
        (click(31), False),
        (click(1, window_days=None, is_contracted=True), False),
    ],
)
def test_p1_a_class_has_its_own_look_back(touchpoint, wins):
    decision = decide([touchpoint], {"look_back_days": {"contracted": 60, "coupon": 7}})

    assert bool(decision.shares) is wins


def test_p1_the_verdict_says_the_age_and_the_look_back():
    touchpoint = click(12)

    said = verdict(decide([touchpoint]), touchpoint, "look_back")

    assert said.as_json() == {
        "rule": "look_back",
        "result": "passed",
        "facts": {"age_seconds": 12 * 86_400, "days": 30, "of": "terms"},
    }


# --- A13 what is no visit never earns -------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "result"),
    [
        (Fact.NOT_TOP_LEVEL, "failed"),
        (Fact.PREFETCH, "failed"),
        (Fact.OWN_SITE, "failed"),
        (Fact.REFERRER_OWN, "failed"),
        (Fact.EXTENSION, "failed"),
        (Fact.NONE_NOT_NAVIGATE, "failed"),
        (Fact.OTHER_METHOD, "failed"),
        (Fact.STRICT_CONTRADICTION, "passed"),
        (Fact.REFERRER_CONTRADICTION, "passed"),
        (Fact.NO_GESTURE, "passed"),
        (Fact.HIDDEN_REDIRECTOR, "passed"),
        (Fact.UNSEEN, "passed"),
        (Fact.SEARCH, "passed"),
        (Fact.TOP_LEVEL, "passed"),
    ],
)
def test_a13_only_conclusive_facts_exclude_a_click(fact, result):
    touchpoint = click(facts=int(fact))
    decision = decide([touchpoint])

    assert verdict(decision, touchpoint, "navigation").result == result
    assert reasons(decision, [touchpoint]) == [
        "not_a_visit" if result == "failed" else "last_eligible"
    ]


@pytest.mark.parametrize("navigation", ["unknown", ""])
def test_a13_a_browser_that_says_nothing_is_unknown_and_earns(navigation):
    touchpoint = click(navigation=navigation, facts=0)
    decision = decide([touchpoint])

    assert verdict(decision, touchpoint, "navigation").result == "unknown"
    assert shares(decision) == {ADA: 10_000}


# --- P2 codes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "touchpoints", "journey", "expected"),
    [
        ("always", [click(2, BOB), code()], True, [ADA, "superseded", "last_eligible"]),
        ("if_involved", [click(3), click(2, BOB), code()], True,
         [ADA, "superseded", "superseded", "last_eligible"]),
        ("if_involved", [click(2, BOB), code()], True, [BOB, "last_eligible", "code_not_involved"]),
        ("if_involved", [click(40), code()], True, [None, "outside_window", "code_not_involved"]),
        ("if_involved", [code()], True, [None, "code_not_involved"]),
        ("if_involved", [code()], False, [ADA, "last_eligible"]),
        ("if_winner", [click(3), click(2, BOB), code()], True,
         [BOB, "superseded", "last_eligible", "code_not_winner"]),
        ("if_winner", [click(3, BOB), click(2), code()], True,
         [ADA, "superseded", "superseded", "last_eligible"]),
        ("if_winner", [code()], True, [None, "code_not_winner"]),
        ("if_winner", [code()], False, [ADA, "last_eligible"]),
    ],
)  # fmt: skip
def test_p2_when_a_code_counts(rule, touchpoints, journey, expected):
    decision = decide(touchpoints, {"code": rule}, Journey(is_known=journey))

    winner, *why = expected
    assert list(shares(decision)) == ([winner] if winner else [])
    assert reasons(decision, touchpoints) == why


def test_p2_the_rule_of_the_code_itself_comes_first():
    touchpoints = [click(2, BOB), code(code_rule="if_winner")]
    assert shares(decide(touchpoints, {"code": "always"})) == {BOB: 10_000}
    touchpoints = [click(2, BOB), code(code_rule="always")]
    assert shares(decide(touchpoints, {"code": "if_winner"})) == {ADA: 10_000}


# --- P6 contracts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("touchpoints", "winner", "why", "how"),
    [
        ([click(6, is_contracted=True), click(1, BOB)], ADA,
         ["contracted_first", "contracted_priority"], "contracted_first"),
        ([click(8, is_contracted=True), click(1, BOB)], BOB,
         ["superseded", "last_eligible"], "last_eligible"),
        ([click(6, is_contracted=True), code(BOB)], ADA,
         ["contracted_first", "contracted_priority"], "contracted_first"),
        ([click(2, BOB), click(1, is_contracted=True)], ADA,
         ["contracted_priority", "last_eligible"], "last_eligible"),
        ([click(6, is_contracted=True), click(5, CLEO, is_contracted=True), click(1, BOB)], CLEO,
         ["superseded", "contracted_first", "contracted_priority"], "contracted_first"),
        ([click(6, is_contracted=True, affiliate_active=False), click(1, BOB)], BOB,
         ["affiliate_not_active", "last_eligible"], "last_eligible"),
    ],
)  # fmt: skip
def test_p6_contracted_affiliates_come_first(touchpoints, winner, why, how):
    decision = decide(touchpoints, {"contracted_priority_days": 7})

    assert shares(decision) == {winner: 10_000}
    assert reasons(decision, touchpoints) == why
    assert decision.reason == how


# --- P7 to P9 shares ------------------------------------------------------------------------


SPLIT = {"split": {"introducer": 3_000, "influencer": 2_000, "closer": 5_000}}


@pytest.mark.parametrize(
    ("rule", "touchpoints", "expected"),
    [
        ("P7 alone", [click(3)], {ADA: 10_000}),
        ("P7 alone, twice", [click(3), click(2)], {ADA: 10_000}),
        ("P8 two", [click(3), click(2, BOB)], {ADA: 3_000, BOB: 7_000}),
        ("P7 three", [click(3), click(2, BOB), click(1, CLEO)],
         {ADA: 3_000, BOB: 2_000, CLEO: 5_000}),
        ("P9 four", [click(4), click(3, BOB), click(2, DAN), click(1, CLEO)],
         {ADA: 3_000, BOB: 1_000, DAN: 1_000, CLEO: 5_000}),
        ("P7 the same at both ends", [click(3), click(2, BOB), click(1)],
         {ADA: 8_000, BOB: 2_000}),
        ("P7 twice at the beginning", [click(4), click(3), click(2, BOB)],
         {ADA: 3_000, BOB: 7_000}),
        ("P7 between, twice", [click(5), click(4, BOB), click(3, BOB), click(1, CLEO)],
         {ADA: 3_000, BOB: 2_000, CLEO: 5_000}),
        ("P7 a code closes", [click(3), click(2, BOB), code(CLEO)],
         {ADA: 3_000, BOB: 2_000, CLEO: 5_000}),
        ("P7 a code beside its own click", [click(3), code()], {ADA: 10_000}),
        ("P7 an excluded one plays no part", [click(40, CLEO), click(3), click(2, BOB)],
         {ADA: 3_000, BOB: 7_000}),
    ],
)  # fmt: skip
def test_p7_shares_by_part(rule, touchpoints, expected):
    assert shares(decide(touchpoints, SPLIT)) == expected


def test_p9_what_cannot_be_split_evenly_goes_to_the_first():
    touchpoints = [click(9 - n, n) for n in range(1, 6)]
    rules = {"split": {"introducer": 3_000, "influencer": 2_000, "closer": 5_000}}
    assert shares(decide(touchpoints, rules)) == {1: 3_000, 2: 667, 3: 667, 4: 666, 5: 5_000}


def test_p7_a_part_without_a_share_gets_no_credit():
    touchpoints = [click(3), click(2, BOB)]
    decision = decide(touchpoints, {"split": {"closer": 10_000}})
    assert shares(decision) == {BOB: 10_000}
    assert reasons(decision, touchpoints) == ["superseded", "last_eligible"]


def test_p7_every_touchpoint_keeps_its_part():
    touchpoints = [click(3), click(2, BOB), click(1)]
    decision = decide(touchpoints, SPLIT)

    parts = {ruling.candidate: ruling.part for ruling in decision.rulings}
    assert [parts[one] for one in touchpoints] == [Part.INTRODUCER, Part.INFLUENCER, Part.CLOSER]
    assert reasons(decision, touchpoints) == ["part_of_credit", "split", "split"]
    assert [ruling.won for ruling in decision.rulings] == [True, True, False]


def test_a14_a_duplicate_earns_nothing_and_every_touchpoint_says_why():
    touchpoints = [click(3), click(40, BOB)]
    decision = decide(touchpoints, is_duplicate=True)

    assert (decision.shares, decision.reason) == ((), Reason.DUPLICATE_ORDER)
    assert reasons(decision, touchpoints) == ["duplicate_order", "outside_window"]
    assert decide([], is_duplicate=True).reason == Reason.DUPLICATE_ORDER


def test_a15_a_code_that_is_used_up_earns_nothing():
    touchpoint = code(code_used_up=True)
    assert reasons(decide([touchpoint]), [touchpoint]) == ["code_used_up"]
