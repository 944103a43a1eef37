"""Writes a labelled set of events for ``bin/manage evaluate_fraud``: see docs/fraud-evaluation.md.

    python -m benchmarks.fraud.generate --seed 1 --split tune > tune.jsonl

The same arguments, the same file. Affiliates are either of the tune or of the test half.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.fraud import field
from benchmarks.fraud.people import ADVERSARIES, KINDS, Kind
from benchmarks.fraud.traffic import Line, Set, Traffic, partner

BEGINS = 1_772_323_200  # 1 March 2026
DAYS = 45
HALVES = ("tune", "test")


def main() -> None:
    """Write the set to the standard output, in order of time."""
    asked = _arguments()
    make = field.lines if asked.second else laboratory
    # Sorted outside of this process: a million clicks with all that follows do not fit into it.
    sort = subprocess.Popen(
        ["sh", "-c", "LC_ALL=C sort -s -n -k1,1 -S 25% | cut -f2-"],
        stdin=subprocess.PIPE, stdout=sys.stdout, text=True,
    )  # fmt: skip
    if sort.stdin is None:
        raise SystemExit("No sort.")
    for line in make(asked):
        sort.stdin.write(f"{line.ts:.3f}\t{line.text}\n")
    sort.stdin.close()
    raise SystemExit(sort.wait())


def laboratory(asked: argparse.Namespace) -> Iterator[Line]:
    """Yield the events of the measured scenarios, in no order."""
    whole = Set(
        begins=BEGINS,
        days=DAYS,
        known_sessions=0 if asked.no_sessions else 0.8,
        tells=0 if asked.no_beacons else 1,
    )
    for kind in (*KINDS, *ADVERSARIES):
        for number in range(max(2, round(kind.affiliates * asked.size))):
            if asked.split not in {"all", HALVES[number % 2]}:
                continue
            yield from _affiliate(kind, number, whole, asked)


def _affiliate(kind: Kind, number: int, whole: Set, asked: argparse.Namespace) -> Iterator[Line]:
    # Text seeds are hashed by themselves, whatever PYTHONHASHSEED says.
    dice = random.Random(f"{asked.seed} {kind.name} {number}")
    owner = partner(dice, kind, number)
    spread = dice.lognormvariate(0, 0.5)
    kind = replace(kind, clicks=max(5, round(kind.clicks * spread)))
    if asked.spread:
        kind = replace(
            kind,
            conversion=min(0.9, kind.conversion * dice.lognormvariate(0, asked.spread)),
            open=min(1, kind.open * dice.lognormvariate(0, asked.spread)),
            reads_on=min(0.9, kind.reads_on * dice.lognormvariate(0, asked.spread)),
        )
    yield Line(0, owner.line())
    yield from Traffic(dice, whole, replace(owner, kind=kind)).lines()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=float, default=1.0, help="1: about 180,000 clicks in all")
    parser.add_argument("--split", choices=(*HALVES, "all"), default="all")
    parser.add_argument(
        "--spread", type=float, default=0, help="how much affiliates of a kind differ (sigma of ln)"
    )
    parser.add_argument("--second", action="store_true", help="the other generator")
    parser.add_argument("--no-sessions", action="store_true", help="no visitor is known")
    parser.add_argument("--no-beacons", action="store_true", help="no landing page tells anything")
    return parser.parse_args()


if __name__ == "__main__":
    main()
