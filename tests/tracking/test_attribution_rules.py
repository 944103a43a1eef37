"""attribute() against the rules A1 to A10 of docs/rules/attribution.md."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from tracking.domain.attribution import attribute
from tracking.domain.policy import Policy
from tracking.domain.touchpoints import CLICK, CODE, Candidate, Reason, Sale

ADA, MALLORY = 1, 2
FIRST_POLICY = Policy.from_rules({})


def decide(touchpoints):
    """What the first policy says: the last eligible touchpoint."""
    return attribute(touchpoints, sale=Sale(placed_at=NOW), policy=FIRST_POLICY)


def winner(decision) -> Candidate | None:
    assert [share.share_bps for share in decision.shares] in ([], [10_000])
    return decision.shares[0].candidate if decision.shares else None


def click(days_before: float = 1, **overrides) -> Candidate:
    fields = {"source_id": 10, "affiliate_id": ADA, "window_days": 30}
    at = overrides.pop("at", NOW - timedelta(days=days_before))
    return Candidate(**{"kind": CLICK, "at": at, **fields, **overrides})


def code(**overrides) -> Candidate:
    fields = {"source_id": 20, "affiliate_id": MALLORY, "window_days": 30}
    return Candidate(**{"kind": CODE, "at": NOW, **fields, **overrides})


@pytest.mark.parametrize(
    ("rule", "touchpoints", "best", "reasons"),
    [
        ("A1 one click", [click()], 0, ["last_eligible"]),
        ("A1 the later of two", [click(3), click(2)], 1, ["superseded", "last_eligible"]),
        ("A1 code after click", [click(), code()], 1, ["superseded", "last_eligible"]),
        ("A2 nothing", [], None, []),
        ("A3 other shop", [click(same_shop=False)], None, ["other_shop"]),
        ("A4 later than the order", [click(-0.5)], None, ["after_order"]),
        ("A4 at the order", [click(0)], 0, ["last_eligible"]),
        ("A5 not active", [click(affiliate_active=False)], None, ["affiliate_not_active"]),
        ("A6 code not valid", [code(code_valid=False)], None, ["code_not_valid"]),
        ("A7 no terms", [click(window_days=None)], None, ["no_terms"]),
        ("A8 window, to the second", [click(30)], 0, ["last_eligible"]),
        (
            "A8 a microsecond too old",
            [click(at=NOW - timedelta(days=30, microseconds=1))],
            None,
            ["outside_window"],
        ),
        ("A8 each its own window", [click(9), click(8, window_days=7)], 0,
         ["last_eligible", "outside_window"]),
        (
            "A9 the losers' first reason",
            [click(-1, affiliate_active=False, same_shop=False)],
            None,
            ["other_shop"],
        ),
        ("A9 an excluded one does not stand in the way", [click(5), code(code_valid=False)], 0,
         ["last_eligible", "code_not_valid"]),
        ("A10 same moment: the code", [click(0), code()], 1, ["superseded", "last_eligible"]),
        ("A10 same moment: lowest id", [click(source_id=9), click(source_id=8)], 1,
         ["superseded", "last_eligible"]),
        (
            "A11 two of one affiliate win once",
            [click(3), click(2), code(affiliate_id=ADA)],
            2,
            ["superseded", "superseded", "last_eligible"],
        ),
    ],
)  # fmt: skip
def test_the_last_eligible_touchpoint_wins(rule, touchpoints, best, reasons):
    decision = decide(touchpoints)

    assert winner(decision) == (None if best is None else touchpoints[best])
    rulings = {ruling.candidate: ruling for ruling in decision.rulings}
    assert [rulings[one].reason for one in touchpoints] == reasons


def test_nobody_says_whether_there_was_anything():
    assert decide([]).reason == Reason.NO_TOUCHPOINT
    assert decide([click(40)]).reason == Reason.NONE_ELIGIBLE


candidates = st.builds(
    Candidate,
    kind=st.sampled_from([CLICK, CODE]),
    source_id=st.integers(1, 5),
    affiliate_id=st.integers(1, 3),
    at=st.integers(-3, 40).map(lambda days: NOW - timedelta(days=days)),
    window_days=st.none() | st.integers(1, 60),
    affiliate_active=st.booleans(),
    code_valid=st.booleans(),
    same_shop=st.booleans(),
    code_used_up=st.just(False),
    code_rule=st.just(""),
    is_contracted=st.just(False),
    affiliate_kind=st.just("content"),
    navigation=st.just("followed"),
    facts=st.just(0),
)
several = st.lists(candidates, max_size=8, unique_by=lambda one: (one.kind, one.source_id))


@given(several, st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_never_matters(touchpoints, random):
    shuffled = random.sample(touchpoints, len(touchpoints))

    assert decide(shuffled) == decide(touchpoints)


@given(several)
def test_every_touchpoint_has_one_verdict_and_at_most_one_wins(touchpoints):
    decision = decide(touchpoints)

    assert sorted(map(repr, touchpoints)) == sorted(
        repr(ruling.candidate) for ruling in decision.rulings
    )
    winners = [ruling.candidate for ruling in decision.rulings if ruling.won]
    assert winners == ([winner(decision)] if decision.shares else [])


@given(several)
def test_only_touchpoints_before_the_winner_are_superseded(touchpoints):
    decision = decide(touchpoints)

    for ruling in decision.rulings:
        if ruling.reason == Reason.SUPERSEDED:
            assert ruling.candidate.at <= winner(decision).at
