"""What a simulation takes: wall time and processor time, for draft terms and another policy."""

from __future__ import annotations

import argparse
import json
import resource
import sys
from pathlib import Path

import django

from config.surroundings import Surroundings

#: Seconds of one core for 100,000 orders.
WANTED_S = 60


def main() -> None:
    """Fill, run, print; end with 1 when it takes more than is wanted."""
    parser = argparse.ArgumentParser(prog="benchmarks/simulation/run", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    surroundings = Surroundings("benchmarks/simulation")
    surroundings.join()
    django.setup()
    try:
        from benchmarks.simulation import timing  # noqa: PLC0415 - needs the servers' addresses

        found = timing.measure(options.orders)
    finally:
        surroundings.close(patience=10)
    found["memory"] = {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024}
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    for name, figures in found.items():
        for figure, value in figures.items():
            sys.stdout.write(f"{name}: {figure}: {value:,.1f}\n")
    took = found["draft terms"]["for_100000_orders_processor_s"]
    sys.stdout.write(f"{'met' if took < WANTED_S else 'MISSED'}: below {WANTED_S} s\n")
    raise SystemExit(0 if took < WANTED_S else 1)


if __name__ == "__main__":
    main()
