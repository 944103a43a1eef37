"""The signals and the judgement against S1 to S6 of docs/rules/screening.md."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.domain.evidence import UNKNOWN, Evidence, Finding, Level
from fraud.domain.screening import Outcome, Use, judge
from fraud.domain.signal import CreditSignal, Family
from fraud.domain.signals import CREDIT_SIGNALS, order_before_click, own_purchase
from tests.builders import NOW

EVIDENCE = Evidence(
    ordered_at=NOW,
    click_ats=(NOW - timedelta(hours=1),),
    order_email_key="customer",
    order_customer_ref="account",
    member_email_keys=frozenset({"ada", "bob"}),
    member_customer_refs=frozenset({"ada's account"}),
)


USES = {signal.code: Use(limits=signal.limits) for signal in CREDIT_SIGNALS}


def ask(signal, evidence):
    return signal.judge(evidence, signal.SIGNAL.limits)


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
    assert level(ask(order_before_click, replace(EVIDENCE, click_ats=ats))) == expected


def test_an_order_before_its_click_says_by_how_much():
    late = replace(EVIDENCE, click_ats=(NOW + timedelta(seconds=90.5), NOW))
    assert ask(order_before_click, late).facts == {
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
    assert level(ask(own_purchase, replace(EVIDENCE, **change))) == expected


def planted(answer, family=Family.SESSION):
    """A signal that answers a level, or what is no finding."""
    number = next(numbers)

    def say(_evidence, _limits):
        return signal.finding(answer) if isinstance(answer, Level) else answer

    signal = CreditSignal(code=f"planted_{number}", number="X", version=1, family=family, judge=say)
    return signal


numbers = count()


def judged(signals, *, shadow=False, **account):
    uses = {signal.code: Use(limits={}, is_shadow=shadow) for signal in signals}
    return judge(EVIDENCE, signals, uses, **account)


@pytest.mark.parametrize(
    ("answers", "outcome", "kept"),
    [
        ([], Outcome.CLEAR, 0),
        ([None, UNKNOWN], Outcome.CLEAR, 0),
        ([Level.INFO], Outcome.CLEAR, 1),
        ([Level.INFO, Level.REVIEW, Level.REVIEW], Outcome.REVIEW, 3),
        ([Level.REVIEW, Level.HOLD], Outcome.HOLD, 2),
        ([Level.HOLD, Level.REFUSE, UNKNOWN], Outcome.REFUSE, 2),
    ],
)
def test_the_heaviest_finding_decides_and_all_are_kept(answers, outcome, kept):
    judgement = judged([planted(answer) for answer in answers])
    assert (judgement.outcome, len(judgement.seen)) == (outcome, kept)


def test_reviews_of_two_families_hold():
    signals = [planted(Level.REVIEW), planted(Level.REVIEW, Family.NAVIGATION)]
    assert judged(signals).outcome == Outcome.HOLD


def test_what_is_seen_in_the_shadow_changes_nothing():
    judgement = judged([planted(Level.REFUSE)], shadow=True)
    assert (judgement.outcome, len(judgement.seen)) == (Outcome.CLEAR, 1)


def test_a_signal_that_is_off_is_not_asked():
    assert judge(EVIDENCE, [planted(Level.REFUSE)], {}).seen == ()


def test_a_held_account_holds_what_would_have_been_paid():
    assert judged([], is_account_held=True).outcome == Outcome.HOLD
    assert judged([planted(Level.REFUSE)], is_account_held=True).outcome == Outcome.REFUSE


def test_what_could_not_be_answered_is_kept_as_unknown():
    signal = planted(UNKNOWN)
    assert judged([signal]).unknown == (signal.code,)


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
    judgement = judge(evidence, CREDIT_SIGNALS, USES)
    counted = [one for one in judgement.seen if one.finding.level != Level.INFO]
    assert (judgement.outcome != Outcome.CLEAR) == bool(counted)
    codes = [one.finding.code for one in judgement.seen]
    assert len(codes) == len(set(codes))
