"""How long a report of a large affiliate takes, and how much memory a long export."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import django

from config.surroundings import Surroundings

WANTED_MS = 300
WANTED_TIMES_THE_LOOP = 20
WANTED_MB = 100


def main() -> None:
    """Measure, print; end with 1 when something is slower or larger than is wanted."""
    parser = argparse.ArgumentParser(prog="benchmarks/reports/run", description=__doc__)
    parser.add_argument("--sales", type=int, default=50_000)
    parser.add_argument("--clicks", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    surroundings = Surroundings("benchmarks/reports")
    surroundings.join()
    django.setup()
    try:
        from benchmarks.reports import timing  # noqa: PLC0415 - needs the servers' addresses

        found = timing.measure(sales=options.sales, clicks=options.clicks, rows=options.rows)
    finally:
        surroundings.close(patience=10)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    for name, figures in found.items():
        for figure, value in figures.items():
            sys.stdout.write(f"{name}: {figure}: {value:,.1f}\n")
    reports = {name: one for name, one in found.items() if name.startswith("report ")}
    checks = {
        f"every report of twelve months below {WANTED_MS} ms": all(
            one["ms"] < WANTED_MS for one in reports.values()
        ),
        f"{WANTED_TIMES_THE_LOOP} times the plain loop": all(
            one["times_the_loop"] >= WANTED_TIMES_THE_LOOP for one in reports.values()
        ),
        f"an export grows memory by less than {WANTED_MB} MB": all(
            one["grown_mb"] < WANTED_MB for name, one in found.items() if name.startswith("export ")
        ),
    }
    for wanted, met in checks.items():
        sys.stdout.write(f"{'met' if met else 'MISSED'}: {wanted}\n")
    raise SystemExit(0 if all(checks.values()) else 1)


if __name__ == "__main__":
    main()
