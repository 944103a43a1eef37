"""From findings to one decision. Rules S4 to S6: docs/rules/screening.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fraud.domain.evidence import Evidence, Finding, Level, Signal


class Outcome(StrEnum):
    """What becomes of a credit."""

    CLEAR = "clear"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the signals together say."""

    outcome: Outcome
    findings: tuple[Finding, ...]


def judge(evidence: Evidence, signals: Iterable[Signal]) -> Judgement:
    """Ask every signal; the heaviest finding decides, and every finding is kept."""
    answers = [signal(evidence) for signal in signals]
    findings = tuple(answer for answer in answers if isinstance(answer, Finding))
    levels = {finding.level for finding in findings}
    if Level.REFUSE in levels:
        return Judgement(Outcome.REFUSE, findings)
    if Level.HOLD in levels:
        return Judgement(Outcome.HOLD, findings)
    return Judgement(Outcome.CLEAR, findings)
