"""What a back-test counts: a signal as it would have judged what lies behind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from fraud.domain.evidence import UNKNOWN, Answer, Finding, Level


@dataclass(slots=True)
class Tally:
    """Sums over the credits, or affiliates, that were judged again.

    ``decided`` and ``refused``: of those with a finding above info, how many people decided about
    in a case, and how many of these they refused. ``paid``: of those, how many had gone through.
    """

    judged: int = 0
    unknown: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    decided: int = 0
    refused: int = 0
    paid: int = 0

    def add(self, answer: Answer, *, ruling: str, was_paid: bool) -> bool:
        """Count an answer; tell whether it would have changed something.

        ``ruling``: what people decided, empty when nobody has.
        """
        self.judged += 1
        if answer is UNKNOWN:
            self.unknown += 1
        if not isinstance(answer, Finding):
            return False
        self.levels[answer.level.value] += 1
        if answer.level == Level.INFO:
            return False
        self.decided += bool(ruling)
        self.refused += ruling == "refused"
        self.paid += was_paid
        return True

    def as_json(self) -> dict[str, object]:
        """Return the sums as they are stored."""
        return {
            "judged": self.judged,
            "unknown": self.unknown,
            "levels": dict(self.levels),
            "decided": self.decided,
            "refused": self.refused,
            "paid": self.paid,
        }
