"""The signals and the judgement against S1 to S6 of docs/rules/screening.md."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.domain.evidence import UNKNOWN, Evidence, Finding, Level
from fraud.domain.screening import Outcome, judge
from fraud.domain.signals import SIGNALS
from fraud.domain.signals.order_before_click import order_before_click
from fraud.domain.signals.own_purchase import own_purchase
from tests.builders import NOW

EVIDENCE = Evidence(
    ordered_at=NOW,
    click_ats=(NOW - timedelta(hours=1),),
    order_email_key="customer",
    order_customer_ref="account",
    member_email_keys=frozenset({"ada", "bob"}),
    member_customer_refs=frozenset({"ada's account"}),
)


def level(answer):
    return answer.level if isinstance(answer, Finding) else answer


@pytest.mark.parametrize(
    ("rule", "clicks", "expected"),
    [
        ("S1 a sale by promo code", [], None),
        ("S1 before", [-3_600], None),
        ("S1 at the same moment", [0], None),
        ("S1 clocks differ by a minute", [60], None),
        ("S1 more than a minute", [61], Level.REFUSE),
        ("S1 a later click beside an earlier one", [-3_600, 61], Level.REFUSE),
    ],
)
def test_an_order_before_its_click(rule, clicks, expected):
    ats = tuple(NOW + timedelta(seconds=seconds) for seconds in clicks)
    assert level(order_before_click(replace(EVIDENCE, click_ats=ats))) == expected


def test_an_order_before_its_click_says_by_how_much():
    late = replace(EVIDENCE, click_ats=(NOW + timedelta(seconds=90.5), NOW))
    assert order_before_click(late).facts == {
        "ordered_at": NOW.isoformat(),
        "clicked_at": (NOW + timedelta(seconds=90.5)).isoformat(),
        "seconds_before": 90,
    }


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("S2 somebody else", {}, None),
        ("S2 one of its people", {"order_email_key": "bob"}, Level.REFUSE),
        ("S3 only the account", {"order_customer_ref": "ada's account"}, Level.HOLD),
        (
            "S2 before S3",
            {"order_email_key": "ada", "order_customer_ref": "ada's account"},
            Level.REFUSE,
        ),
        ("S2 nothing known of the buyer", {"order_email_key": "", "order_customer_ref": ""},
         UNKNOWN),
        ("S2 nobody acts for the affiliate", {"member_email_keys": frozenset()}, UNKNOWN),
        ("S2 absence is not equality",
         {"order_email_key": "", "member_email_keys": frozenset({""})}, None),
        ("S3 absence is not equality",
         {"order_customer_ref": "", "member_customer_refs": frozenset({""})}, None),
    ],
)  # fmt: skip
def test_an_own_purchase(rule, change, expected):
    assert level(own_purchase(replace(EVIDENCE, **change))) == expected


def finding(level):
    return Finding(code=f"planted_{level}", version=1, level=level)


@pytest.mark.parametrize(
    ("answers", "outcome", "kept"),
    [
        ([], Outcome.CLEAR, 0),
        ([None, UNKNOWN], Outcome.CLEAR, 0),
        ([finding(Level.INFO), finding(Level.REVIEW)], Outcome.CLEAR, 2),
        ([finding(Level.REVIEW), finding(Level.HOLD)], Outcome.HOLD, 2),
        ([finding(Level.HOLD), finding(Level.REFUSE), UNKNOWN], Outcome.REFUSE, 2),
    ],
)
def test_the_heaviest_finding_decides_and_all_are_kept(answers, outcome, kept):
    judgement = judge(EVIDENCE, [lambda _evidence, answer=answer: answer for answer in answers])
    assert (judgement.outcome, len(judgement.findings)) == (outcome, kept)


keys = st.sampled_from(["", "a", "b"])
evidences = st.builds(
    Evidence,
    ordered_at=st.just(NOW),
    click_ats=st.lists(
        st.integers(-100, 100).map(lambda seconds: NOW + timedelta(seconds=seconds)), max_size=3
    ).map(tuple),
    order_email_key=keys,
    order_customer_ref=keys,
    member_email_keys=st.frozensets(keys),
    member_customer_refs=st.frozensets(keys),
)


@given(evidences)
def test_nobody_is_refused_or_held_without_a_finding(evidence):
    judgement = judge(evidence, SIGNALS)
    assert (judgement.outcome != Outcome.CLEAR) == bool(judgement.findings)
    codes = [found.code for found in judgement.findings]
    assert len(codes) == len(set(codes))
