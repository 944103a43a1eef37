"""How right the decisions were: only here do labels and decisions meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fraud.evaluation.decisions import Judged, Verdict
from fraud.evaluation.lines import LABELS

POSITIVE = frozenset({"fraud", "parasite"})
HONEST = "legit"
TOUCHED = frozenset({Verdict.REFUSE, Verdict.HOLD})
DIGITS = 6


@dataclass(slots=True)
class Tally:
    """Decisions counted, by label and verdict."""

    counts: Counter[tuple[str, Verdict]] = field(default_factory=Counter)

    def add(self, label: str, verdict: Verdict) -> None:
        """Count one decision."""
        self.counts[label, verdict] += 1

    def number(self, labels: Iterable[str], verdicts: Iterable[Verdict] = Verdict) -> int:
        """Return how many decisions of these labels were among these verdicts."""
        wanted = set(verdicts)
        return sum(self.counts[label, one] for label in labels for one in wanted)

    def figures(self) -> dict[str, Any]:
        """Return precision and recall of refuse and hold, and what honest orders suffered.

        Shares from 0 to 1, null of nothing. Ambiguous orders and those without label are left out.
        """
        caught = self.number(POSITIVE, TOUCHED)
        touched = self.number([HONEST], TOUCHED)
        return {
            "orders": self.number([*POSITIVE, HONEST]),
            "precision": share(caught, caught + touched),
            "recall": share(caught, self.number(POSITIVE)),
            "honest_refused": share(self.number([HONEST], [Verdict.REFUSE]), self.number([HONEST])),
            "honest_touched": share(touched, self.number([HONEST])),
        }

    def of_label(self, label: str) -> dict[str, Any]:
        """Return how many orders of a label there were, and the share of each verdict."""
        total = self.number([label])
        shares = {one.value: share(self.number([label], [one]), total) for one in Verdict}
        return {"orders": total, **shares}


def score(
    orders: Mapping[str, Judged],
    labels: Mapping[str, str],
    classes: Mapping[str, str],
) -> dict[str, Any]:
    """Return the figures over all orders, by label, and by class of affiliate.

    ``labels`` and ``classes`` are those of the orders.
    """
    overall = Tally()
    by_class: dict[str, Tally] = {}
    for name, judged in orders.items():
        label = labels.get(name, "")
        overall.add(label, judged.verdict)
        if name in classes:
            by_class.setdefault(classes[name], Tally()).add(label, judged.verdict)
    return {
        "overall": overall.figures(),
        "by_label": {label: overall.of_label(label) for label in LABELS},
        "by_class": {name: tally.figures() for name, tally in sorted(by_class.items())},
    }


def of_accounts(
    affiliates: Mapping[str, Judged], labels: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """Return how many affiliates of each label came to which verdict."""
    counts = Counter((labels.get(name, ""), one.verdict) for name, one in affiliates.items())
    return {
        label: {verdict.value: counts[label, verdict] for verdict in Verdict} for label in LABELS
    }


def share(part: int, whole: int) -> float | None:
    """Return ``part`` of ``whole`` rounded to six digits; None of nothing."""
    return round(part / whole, DIGITS) if whole else None
