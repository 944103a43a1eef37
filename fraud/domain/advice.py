"""What to do next about a case: a suggestion from how people decided alike ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fraud.domain.statistics import lower_bps

#: From here on alike cases were decided one way: surely more than this share of their sales.
ONE_WAY_BPS = 8_000


class Step(StrEnum):
    """What somebody does next."""

    READ_APPEAL = "read_appeal"
    READ_ANSWER = "read_answer"
    WAIT = "wait"
    REFUSE = "refuse"
    LET_STAND = "let_stand"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Advice:
    """A suggestion, and of the sales of alike cases how many people refused, and decided."""

    step: Step
    refused: int
    decided: int


def advise(
    *, is_contested: bool, is_asked: bool, is_answered: bool, refused: int, decided: int
) -> Advice:
    """Return the next step: what the affiliate said comes before what others did.

    Without an answer, alike cases speak when surely (Wilson, 95 %) more than four fifths of their
    sales were decided one way; else the affiliate is asked.
    """
    if is_contested:
        step = Step.READ_APPEAL
    elif is_asked:
        step = Step.WAIT
    elif is_answered:
        step = Step.READ_ANSWER
    elif lower_bps(refused, decided) > ONE_WAY_BPS:
        step = Step.REFUSE
    elif lower_bps(decided - refused, decided) > ONE_WAY_BPS:
        step = Step.LET_STAND
    else:
        step = Step.ASK
    return Advice(step, refused, decided)
