"""The answer of an evaluation: decisions and figures, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fraud.evaluation import decisions, figures
from fraud.evaluation.contents import Contents, Labels
from fraud.evaluation.decisions import Judged, Verdict
from fraud.evaluation.run import Run

_FIGURES = ("precision", "recall", "honest_refused", "honest_touched")
_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Decided:
    """What a run decided, read before its database went."""

    orders: Mapping[str, Judged]
    affiliates: Mapping[str, Judged]
    affiliates_of_orders: Mapping[str, str]


def decided(run: Run) -> Decided:
    """Return what ``run`` decided, from the rows of the current database."""
    return Decided(decisions.of_orders(run), decisions.of_affiliates(run), run.affiliates_of_orders)


def answer(found: Decided, contents: Contents, labels: Labels) -> dict[str, Any]:
    """Return the answer as JSON; only now the labels are looked at."""
    classes = {
        order: contents.affiliates[affiliate].kind
        for order, affiliate in found.affiliates_of_orders.items()
    }
    scored = figures.score(found.orders, labels.orders, classes)
    return {
        **scored,
        "affiliates_by_label": figures.of_accounts(found.affiliates, labels.affiliates),
        "orders": [
            {"order": contents.written(name), **_as_json(judged)}
            for name, judged in found.orders.items()
        ],
        "affiliates": [
            {"affiliate": contents.written(name), **_as_json(judged)}
            for name, judged in found.affiliates.items()
        ],
    }


def as_text(found: Mapping[str, Any]) -> str:
    """Return the figures of an answer as a table for people."""
    rows = [["", "orders", *(name.replace("_", " ") for name in _FIGURES)]]
    for name, one in [("all", found["overall"]), *found["by_class"].items()]:
        rows.append([name, str(one["orders"]), *(_percent(one[figure]) for figure in _FIGURES)])
    rows.append([])
    verdicts = [one.value for one in Verdict]
    rows.append(["", "orders", *verdicts])
    for name, one in found["by_label"].items():
        rows.append([name, str(one["orders"]), *(_percent(one[verdict]) for verdict in verdicts)])
    rows.append([])
    rows.append(["", "accounts", *verdicts])
    for name, one in found["affiliates_by_label"].items():
        total = sum(one.values())
        rows.append([name, str(total), *(str(one[verdict]) for verdict in verdicts)])
    return "\n".join(
        "".join(cell.ljust(_WIDTH) if not place else cell.rjust(_WIDTH + 2)
                for place, cell in enumerate(row)).rstrip()
        for row in rows
    )  # fmt: skip


def _as_json(judged: Judged) -> dict[str, Any]:
    return {
        "decision": judged.verdict.value,
        "signals": [code.as_json() for code in judged.codes],
    }


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"
