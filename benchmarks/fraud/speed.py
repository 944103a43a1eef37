"""How long counting, screening and observing take for a month: 1,000,000 clicks, 30,000 orders."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

from config.surroundings import Surroundings

#: Seconds on two cores for everything together.
WANTED_S = 300


def main() -> None:
    """Fill, run, print; end with 1 when it takes more than is wanted."""
    parser = argparse.ArgumentParser(prog="benchmarks/fraud/run", description=__doc__)
    parser.add_argument("--clicks", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=30_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    surroundings = Surroundings("benchmarks/fraud")
    surroundings.join()
    django.setup()
    try:
        found = measure(options.clicks, options.orders)
    finally:
        surroundings.close(patience=10)
    found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    for name, value in found.items():
        sys.stdout.write(f"{name}: {value:,.1f}\n")
    is_met = found["together_s"] < WANTED_S
    sys.stdout.write(f"{'met' if is_met else 'MISSED'}: below {WANTED_S} s\n")
    raise SystemExit(0 if is_met else 1)


def measure(clicks: int, orders: int) -> dict[str, float]:
    """Return the seconds of wall time of every part, of a database filled before."""
    from benchmarks.fraud import rows  # noqa: PLC0415 - needs the servers' addresses
    from fraud.models import Observation, SalesDay, Screening, TrafficDay  # noqa: PLC0415
    from fraud.services import counting, observing, screening  # noqa: PLC0415

    found: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        began, spent = time.perf_counter(), time.process_time()
        work()
        found[f"{name}_s"] = time.perf_counter() - began
        found[f"{name}_own_processor_s"] = time.process_time() - spent
        sys.stdout.write(f"{name}: {found[f'{name}_s']:,.1f} s\n")
        sys.stdout.flush()

    def screen() -> None:
        while screening.screen_pending(now=now, limit=500):
            pass

    now = rows.ENDS + timedelta(hours=2)
    timed("filling", lambda: rows.fill(clicks=clicks, orders=orders))
    rows.analyze()
    timed("counting_visits", lambda: counting.count_visits(now=now))
    timed("counting_sales", lambda: counting.count_sales(now=now))
    timed("screening", screen)
    timed("observing", lambda: observing.observe(now=now))
    timed("observing_again", lambda: observing.observe(now=now))
    parts = ("counting_visits", "counting_sales", "screening", "observing")
    found["together_s"] = sum(found[f"{part}_s"] for part in parts)
    found["clicks_counted"] = sum(TrafficDay.objects.values_list("clicks", flat=True)) + sum(
        TrafficDay.objects.values_list("duplicates", flat=True)
    )
    found["orders_counted"] = sum(SalesDay.objects.values_list("orders", flat=True))
    found["screenings"] = Screening.objects.count()
    found["observations"] = Observation.objects.count()
    return found


if __name__ == "__main__":
    main()
