"""How long a product page waits for its looks: kept ready, cold, and beside an empty view."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import django

from config.surroundings import Surroundings

#: Milliseconds that 95 of 100 answers may take at most.
WANTED_MS = {"ready": 25.0, "cold": 100.0}


def main() -> None:
    """Fill, ask, print; end with 1 when an answer takes longer than is wanted."""
    parser = argparse.ArgumentParser(prog="benchmarks/looks/run", description=__doc__)
    parser.add_argument("--looks", type=int, default=10_000)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--asks", type=int, default=400)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    surroundings = Surroundings("benchmarks/looks")
    surroundings.join()
    django.setup()
    try:
        from benchmarks.looks import timing  # noqa: PLC0415 - needs the servers' addresses

        found = timing.measure(looks=options.looks, products=options.products, asks=options.asks)
    finally:
        surroundings.close(patience=10)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    for name, figures in found.items():
        for figure, value in figures.items():
            sys.stdout.write(f"{name}: {figure}: {value:,.2f}\n")
    missed = [name for name, most in WANTED_MS.items() if found[name]["p95_ms"] > most]
    for name, most in WANTED_MS.items():
        verdict = "MISSED" if name in missed else "met"
        sys.stdout.write(f"{verdict}: {name}: p95 below {most:.0f} ms\n")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
