"""How fast a catalogue goes in, and how much memory that takes."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import django

from config.surroundings import Surroundings

#: Variants a second, by wall time and, on a machine that does other work too, by processor time.
WANTED_PER_SECOND = 3_000
WANTED_MB = 1_024


def main() -> None:
    """Import, print; end with 1 when it is slower or larger than is wanted."""
    parser = argparse.ArgumentParser(prog="benchmarks/catalogue/run", description=__doc__)
    parser.add_argument("--variants", type=int, default=100_000)
    parser.add_argument("--plain", type=int, default=1_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    surroundings = Surroundings("benchmarks/catalogue")
    surroundings.join()
    django.setup()
    try:
        from benchmarks.catalogue import timing  # noqa: PLC0415 - needs the servers' addresses

        found = timing.measure(variants=options.variants, plain=options.plain)
    finally:
        surroundings.close(patience=10)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    for name, figures in found.items():
        for figure, value in figures.items():
            sys.stdout.write(f"{name}: {figure}: {value:,.1f}\n")
    first = found["first import"]
    checks = {
        f"{WANTED_PER_SECOND:,} variants a second of wall time": first["per_wall_second"]
        >= WANTED_PER_SECOND,
        f"{WANTED_PER_SECOND:,} variants a second of processor time": first["per_cpu_second"]
        >= WANTED_PER_SECOND,
        f"below {WANTED_MB:,} MB": first["peak_rss_mb"] < WANTED_MB,
    }
    for wanted, met in checks.items():
        sys.stdout.write(f"{'met' if met else 'MISSED'}: {wanted}\n")
    raise SystemExit(0 if all(checks.values()) else 1)


if __name__ == "__main__":
    main()
