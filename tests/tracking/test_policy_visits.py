"""What came before a click: P3 to P5 of docs/rules/attribution.md."""

import pytest

from tests.tracking.policy_words import (
    ADA,
    BOB,
    began,
    click,
    decide,
    reasons,
    shares,
    step,
    verdict,
)
from tracking.domain.journey import Channel, Kind
from tracking.domain.navigation import Fact
from tracking.domain.touchpoints import (
    UNKNOWN_JOURNEY,
    Journey,
)

# --- P3 stand-down ---------------------------------------------------------------------


STAND_DOWN = {"stand_down": {"minutes": 60, "classes": ["coupon", "cashback"]}}
TOLD = Journey.of([began(500, Channel.DIRECT)])


@pytest.mark.parametrize(
    ("touchpoints", "journey", "winner", "result"),
    [
        ([click(minutes=50, affiliate_id=BOB), click(minutes=10, affiliate_kind="coupon")],
         TOLD, BOB, "failed"),
        ([click(minutes=71, affiliate_id=BOB), click(minutes=10, affiliate_kind="coupon")],
         TOLD, ADA, "passed"),
        ([click(minutes=50, affiliate_id=BOB), click(minutes=10)], TOLD, ADA, "not_applicable"),
        ([click(minutes=90, affiliate_id=BOB), click(minutes=10, affiliate_kind="coupon")],
         Journey.of([step(50)]), BOB, "failed"),
        ([click(minutes=90, affiliate_id=BOB), click(minutes=10, affiliate_kind="coupon")],
         UNKNOWN_JOURNEY, ADA, "unknown"),
        ([click(minutes=50, affiliate_id=BOB, same_shop=False),
          click(minutes=10, affiliate_kind="coupon")], TOLD, ADA, "passed"),
        ([click(minutes=20, affiliate_id=BOB),
          click(minutes=10, facts=int(Fact.STRICT_CONTRADICTION))], TOLD, BOB, "failed"),
        ([click(minutes=10, facts=int(Fact.STRICT_CONTRADICTION))],
         Journey.of([began(30, Channel.PAID)]), None, "failed"),
        ([click(minutes=10, facts=int(Fact.STRICT_CONTRADICTION))],
         Journey.of([began(30, Channel.EMAIL)]), ADA, "passed"),
    ],
)  # fmt: skip
def test_p3_who_stands_down(touchpoints, journey, winner, result):
    decision = decide(touchpoints, STAND_DOWN, journey)

    assert list(shares(decision)) == ([winner] if winner else [])
    assert verdict(decision, touchpoints[-1], "stand_down").result == result


def test_p3_the_facts_name_who_was_there_before():
    first, second = click(minutes=50, affiliate_id=BOB), click(minutes=10, affiliate_kind="coupon")

    said = verdict(decide([first, second], STAND_DOWN), second, "stand_down")

    assert said.facts == {"minutes": 60, "software": False, "other": BOB, "seconds_before": 2_400}


# --- P4 basket before the click ----------------------------------------------------------


BASKET = {"basket_before_click": {"minutes": 60, "classes": ["coupon"]}}


LATE = {"facts": int(Fact.EXCHANGED)}


def basket(minutes, items):
    return step(minutes, Kind.BASKET_CHANGED, items=items)


def landed(minutes):
    return step(minutes, Kind.LANDING)


@pytest.mark.parametrize(
    ("overrides", "journey", "result"),
    [
        ({}, Journey.of([basket(30, 2)]), "failed"),
        ({}, Journey.of([basket(71, 2), step(30)]), "passed"),
        ({}, Journey.of([basket(40, 2), basket(30, 0)]), "passed"),
        ({}, Journey.of([basket(9, 2), step(30)]), "passed"),
        ({}, Journey.of([basket(30, None)]), "unknown"),
        ({}, UNKNOWN_JOURNEY, "unknown"),
        ({}, Journey.of([step(9)]), "passed"),
        ({"facts": int(Fact.EXCHANGED)}, Journey.of([step(9)]), "unknown"),
        # Consent after a while on the landing page, where the basket was filled meanwhile.
        (LATE, Journey.of([step(14), landed(13.98), basket(12, 2)]), "unknown"),
        (LATE, Journey.of([step(14), basket(12, 2)]), "unknown"),
        (LATE, Journey.of([step(70), step(14), landed(13.98), basket(12, 2)]), "passed"),
        (LATE, Journey.of([basket(30, 2), landed(13.98), basket(12, 0)]), "failed"),
        ({"affiliate_kind": "content"}, Journey.of([basket(30, 2)]), "not_applicable"),
    ],
)  # fmt: skip
def test_p4_a_basket_filled_before_the_click(overrides, journey, result):
    touchpoint = click(minutes=10, **{"affiliate_kind": "coupon", **overrides})
    decision = decide([touchpoint], BASKET, journey)

    assert verdict(decision, touchpoint, "basket_before_click").result == result
    assert bool(decision.shares) is (result != "failed")


# --- P5 the visit was under way -----------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "journey", "result"),
    [
        ({}, Journey.of([began(40, Channel.DIRECT), step(30, Kind.CHECKOUT_OPENED)]), "failed"),
        ({"after_checkout": "keep"},
         Journey.of([began(40, Channel.DIRECT), step(30, Kind.CHECKOUT_OPENED)]), "passed"),
        ({}, Journey.of([began(200, Channel.DIRECT), step(150, Kind.CHECKOUT_OPENED)]), "passed"),
        ({}, Journey.of([began(20, Channel.EMAIL)]), "passed"),
        ({"other_channel": "refuse"}, Journey.of([began(20, Channel.EMAIL)]), "failed"),
        ({"other_channel": "refuse"}, Journey.of([began(20, Channel.AFFILIATE)]), "passed"),
        ({"other_channel": "refuse"}, Journey.of([began(71, Channel.EMAIL)]), "passed"),
        ({"other_channel": "refuse"}, Journey.of([began(71, Channel.EMAIL), step(40)]), "failed"),
        ({"other_channel": "refuse"}, Journey.of([step(20)]), "unknown"),
        ({"other_channel": "refuse"}, UNKNOWN_JOURNEY, "unknown"),
        ({"other_channel": "refuse", "classes": ["coupon"]},
         Journey.of([began(20, Channel.EMAIL)]), "not_applicable"),
        ({"late": True}, Journey.of([step(14), landed(13.98), step(12, Kind.CHECKOUT_OPENED)]),
         "unknown"),
        ({"late": True, "other_channel": "refuse"},
         Journey.of([began(20, Channel.EMAIL), step(14), landed(13.98)]), "failed"),
    ],
)  # fmt: skip
def test_p5_a_click_into_an_open_visit(rule, journey, result):
    rule = dict(rule)
    touchpoint = click(minutes=10, **(LATE if rule.pop("late", False) else {}))
    decision = decide([touchpoint], {"session_open": {"minutes": 60, **rule}}, journey)

    assert verdict(decision, touchpoint, "session_open").result == result
    assert bool(decision.shares) is (result != "failed")


def test_p5_a_second_click_into_a_visit_that_an_affiliate_began_stands():
    touchpoints = [click(minutes=30), click(minutes=10)]
    rules = {"session_open": {"minutes": 60, "other_channel": "refuse"}}

    decision = decide(touchpoints, rules, Journey.of([step(29), basket(20, 1)]))

    assert reasons(decision, touchpoints) == ["superseded", "last_eligible"]
