"""From findings to one decision: docs/rules/screening.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fraud.domain.evidence import UNKNOWN, Evidence, Finding, Level, Limits
from fraud.domain.signal import CreditSignal, Family, Rule


class Outcome(StrEnum):
    """What becomes of a credit."""

    CLEAR = "clear"
    REVIEW = "review"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How a signal is used now: its thresholds, and whether what it finds changes anything."""

    limits: Limits
    is_shadow: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding with the rule that made it and how that was used."""

    signal: Rule
    finding: Finding
    use: Use


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the signals together say."""

    outcome: Outcome
    seen: tuple[Seen, ...] = ()
    unknown: tuple[str, ...] = field(default=())  # Codes of those that could not answer.


def judge(
    evidence: Evidence,
    signals: Iterable[CreditSignal],
    uses: Mapping[str, Use],
    *,
    is_account_held: bool = False,
) -> Judgement:
    """Ask every signal that has a use; the heaviest finding decides, and every finding is kept.

    Two findings of *review* from different families hold (C.1), as a held account holds all that
    would have been paid. What a signal finds in the shadow, and what it does not know, never
    counts.
    """
    seen: list[Seen] = []
    unknown: list[str] = []
    for signal in signals:
        use = uses.get(signal.code)
        if use is None:
            continue
        answer = signal.judge(evidence, use.limits)
        if answer is UNKNOWN:
            unknown.append(signal.code)
        elif isinstance(answer, Finding):
            seen.append(Seen(signal, answer, use))
    return Judgement(_outcome(seen, is_account_held), tuple(seen), tuple(unknown))


def _outcome(seen: Iterable[Seen], is_account_held: bool) -> Outcome:
    counted = [one for one in seen if not one.use.is_shadow]
    levels = {one.finding.level for one in counted}
    if Level.REFUSE in levels:
        return Outcome.REFUSE
    reviews: set[Family] = {
        one.signal.family for one in counted if one.finding.level == Level.REVIEW
    }
    if Level.HOLD in levels or is_account_held or len(reviews) > 1:
        return Outcome.HOLD
    return Outcome.REVIEW if reviews else Outcome.CLEAR
