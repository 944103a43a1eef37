"""What is asked of many clicks: touchpoints of a visitor, reports, attribution; and their size."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import django

from config.surroundings import Surroundings

#: What is wanted, and whether more is better.
WISHES = {
    "lookup_p50_ms": (0.5, False),
    "affiliate_report_p50_ms": (5.0, False),
    "all_affiliates_report_p50_ms": (150.0, False),
    "bytes_per_click": (200.0, False),
    "orders_per_second_singly": (1_000.0, True),
    "orders_per_second_in_batches": (5_000.0, True),
}


def main() -> None:
    """Load, measure, print; end with 1 when a wish is not met."""
    parser = argparse.ArgumentParser(prog="benchmarks/clicks/run", description=__doc__)
    parser.add_argument("--clicks", type=int, default=20_000_000)
    parser.add_argument("--orders", type=int, default=80_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    surroundings = Surroundings("benchmarks/clicks")
    surroundings.join()
    django.setup()
    try:
        from benchmarks.clicks import questions, rows  # noqa: PLC0415 - need the servers' addresses

        loaded = rows.load(options.clicks)
        found = {**loaded, **questions.ask(options.clicks, options.orders)}
    finally:
        surroundings.close(patience=10)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    raise SystemExit(0 if _print(found) else 1)


def _print(found: dict[str, float]) -> bool:
    for name, value in found.items():
        sys.stdout.write(f"{name}: {value:,.3f}\n")
    met = True
    for name, (wanted, more_is_better) in WISHES.items():
        is_met = found[name] >= wanted if more_is_better else found[name] <= wanted
        met = met and is_met
        bound = "at least" if more_is_better else "at most"
        sys.stdout.write(f"{'met' if is_met else 'MISSED'}: {name} {bound} {wanted:,}\n")
    return met


if __name__ == "__main__":
    main()
