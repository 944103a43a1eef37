"""Reads an answer of ``evaluate_fraud`` kind by kind: what became of whom, and by which signals.

    python -m benchmarks.fraud.figures EVENTS.jsonl ANSWER.json [--signals]

The kind stands in the ids of a set: order ``blogger-3-c12-o`` is one of affiliate ``blogger-3``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

VERDICTS = ("refuse", "hold", "review", "pay")


def main() -> None:
    """Write the table, in Markdown, to the standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--signals", action="store_true", help="which signals spoke, of whom")
    asked = parser.parse_args()
    labels, amounts = _orders(asked.events)
    answer = json.loads(asked.answer.read_text())
    lines = [*_overall(answer), "", *_kinds(answer, labels, amounts)]
    if asked.signals:
        lines += ["", *_signals(answer, labels)]
    sys.stdout.write("\n".join(lines) + "\n")


def kind_of(order: str) -> str:
    """Return the kind in the id of an order or an affiliate."""
    return order.rsplit("-c", 1)[0].rpartition("-")[0]


def _orders(events: Path) -> tuple[dict[str, str], dict[str, int]]:
    labels, amounts = {}, {}
    with events.open() as file:
        for text in file:
            if '"order"' in text:
                event = json.loads(text)
                if event["type"] == "order":
                    labels[event["id"]] = event["label"]
                    amounts[event["id"]] = event["amount_minor"]
    return labels, amounts


def _overall(answer: dict[str, Any]) -> list[str]:
    overall = answer["overall"]
    return [
        "| orders | precision | recall | honest refused | honest refused or held |",
        "|---:|---:|---:|---:|---:|",
        f"| {overall['orders']} | {_figure(overall['precision'])} | {_figure(overall['recall'])}"
        f" | {_figure(overall['honest_refused'])} | {_figure(overall['honest_touched'])} |",
    ]


def _kinds(answer: dict[str, Any], labels: dict[str, str], amounts: dict[str, int]) -> list[str]:
    counts: Counter[tuple[str, str, str]] = Counter()
    money: Counter[tuple[str, str]] = Counter()
    paid: Counter[tuple[str, str]] = Counter()
    for one in answer["orders"]:
        order, decision = one["order"], one["decision"]
        key = kind_of(order), labels[order]
        counts[*key, decision] += 1
        money[key] += amounts[order]
        paid[key] += amounts[order] * (decision in {"review", "pay"})
    accounts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in answer["affiliates"]:
        accounts[one["affiliate"].rpartition("-")[0]][one["decision"]] += 1
    lines = [
        "| kind | label | orders | refuse | hold | review | pay | of the money, paid"
        " | accounts held |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for kind, label in sorted(money, key=lambda key: (_rank(key[1]), key[0])):
        total = sum(counts[kind, label, one] for one in VERDICTS)
        shares = " | ".join(_figure(counts[kind, label, one] / total) for one in VERDICTS)
        held = f"{accounts[kind]['hold']} of {accounts[kind].total()}"
        part = _figure(paid[kind, label] / money[kind, label])
        lines.append(f"| {kind} | {label} | {total} | {shares} | {part} | {held} |")
    return lines


def _signals(answer: dict[str, Any], labels: dict[str, str]) -> list[str]:
    spoken: Counter[tuple[str, str, str, str, str]] = Counter()
    for one in answer["orders"]:
        for said in one["signals"]:
            key = kind_of(one["order"]), labels[one["order"]], one["decision"]
            spoken[*key, said["code"], said["level"]] += 1
    lines = ["| kind | label | decision | signal | level | orders |", "|---|---|---|---|---|---:|"]
    for key, number in sorted(spoken.items()):
        lines.append(f"| {' | '.join(key)} | {number} |")
    lines += ["", "| account | decision | signals |", "|---|---|---|"]
    for one in answer["affiliates"]:
        if one["signals"]:
            codes = ", ".join(f"{said['code']} {said['level']}" for said in one["signals"])
            lines.append(f"| {one['affiliate']} | {one['decision']} | {codes} |")
    return lines


def _rank(label: str) -> int:
    return ("legit", "ambiguous", "parasite", "fraud").index(label)


def _figure(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f} %"


if __name__ == "__main__":
    main()
