"""How long every page takes on the demo's data many times over, for whoever may see it."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

from config.surroundings import Surroundings

if TYPE_CHECKING:
    from benchmarks.pages.timing import Timed

WANTED_MS = 150
WORST = 20


def main() -> None:
    """Seed, ask, print; end with 1 when the p95 of a page is slower than is wanted."""
    options = _options()
    surroundings = Surroundings("benchmarks/pages")
    surroundings.join()
    django.setup()
    try:
        from benchmarks.pages import timing  # noqa: PLC0415 - needs the servers' addresses
        from benchmarks.upkeep import vacuum  # noqa: PLC0415 - as well
        from config.warming import warm  # noqa: PLC0415 - as well

        call_command("seed_demo", times=options.times)
        vacuum()
        logging.disable(logging.ERROR)  # Asked everywhere, one is refused in many places.
        warm()  # As config.wsgi does.
        found = timing.measure(asks=options.asks, only=options.only, tell=sys.stderr.write)
    finally:
        surroundings.close(patience=10)
    if options.json:
        options.json.write_text(json.dumps([one.as_json() for one in found.pages], indent=1))
    worst = sorted(found.pages, key=lambda one: one.p95_ms, reverse=True)
    _print(worst if options.all else worst[:WORST])
    for route in found.unreached:
        sys.stdout.write(f"not reached: {route}\n")
    sys.stdout.write(f"{len(found.pages)} pages, all asks: p95 {found.p95_ms:.0f} ms\n")
    slow = [one for one in found.pages if one.p95_ms > WANTED_MS]
    told = f"the p95 of every page at most {WANTED_MS} ms"
    sys.stdout.write(f"MISSED by {len(slow)}: {told}\n" if slow else f"met: {told}\n")
    raise SystemExit(1 if slow else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/pages/run", description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="how much of the demo (default: 20)")
    parser.add_argument("--asks", type=int, default=15, help="of each page (default: 15)")
    parser.add_argument("--only", default="/", help="how the addresses begin that are asked")
    parser.add_argument("--all", action="store_true", help="print every page, not the worst only")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder in which the filled database stays")
    return parser.parse_args()


def _print(pages: list[Timed]) -> None:
    sys.stdout.write("     p50      p95  processor  queries      SQL   bytes  who, what\n")
    for one in pages:
        sys.stdout.write(
            f"{one.p50_ms:5.0f} ms {one.p95_ms:5.0f} ms {one.processor_ms:7.0f} ms"
            f" {one.queries:8} {one.sql_ms:5.0f} ms {one.size:7}  {one.who} {one.address}\n"
        )


if __name__ == "__main__":
    main()
