"""What is suggested next about a case."""

import pytest

from fraud.domain.advice import Advice, Step, advise

NOBODY = {"is_contested": False, "is_asked": False, "is_answered": False}


@pytest.mark.parametrize(
    ("refused", "decided", "step"),
    [
        (0, 0, Step.ASK),
        (5, 5, Step.ASK),  # Five alike are few: surely 57 %.
        (20, 20, Step.REFUSE),
        (0, 20, Step.LET_STAND),
        (19, 20, Step.ASK),
        (97, 100, Step.REFUSE),
        (50, 100, Step.ASK),
    ],
)
def test_alike_cases_speak_when_they_were_surely_decided_one_way(refused, decided, step):
    said = advise(**NOBODY, refused=refused, decided=decided)
    assert said == Advice(step, refused, decided)


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ({"is_contested": True, "is_asked": True}, Step.READ_APPEAL),
        ({"is_asked": True}, Step.WAIT),
        ({"is_answered": True}, Step.READ_ANSWER),
    ],
)
def test_what_the_affiliate_says_comes_before_what_others_did(said, step):
    assert advise(**{**NOBODY, **said}, refused=50, decided=50).step == step
