"""The report of a replay, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.month.components import SINGLE
from benchmarks.month.plan import DAYS, MOST_LOAD, PEAK, Month

CORES = 2
SECONDS = DAYS * 86_400
MB = 1_000_000


def is_sound(found: dict[str, Any]) -> bool:
    """Tell whether the tables hold what was acknowledged, no more and no less."""
    return found["acknowledged"] == found["tables"]["rows"] and not found["tables"]["failed"]


def text(found: dict[str, Any], month: Month) -> str:
    """Return the whole report."""
    return "\n".join([*_head(found, month), *_paths(found, month), *_processors(found),
                      *_tables(found), *_limits(found, month), *_node(found), ""])  # fmt: skip


def _head(found: dict[str, Any], month: Month) -> Iterator[str]:
    yield from (f"- {line}" for line in month.assumptions())
    part = month.scale * found["replayed"]
    yield (
        f"\n{part:.2%} of the month in {found['seconds']:,.0f} s"
        f" ({found['replayed']:.1%} of what was planned,"
        f" {found['late_seconds']:.1f} s late at most);"
        f" nothing waited {found['drained_seconds']:,.0f} s after it."
    )
    waited = ", ".join(f"{name} {value:,.0f}" for name, value in found["backlog"].items())
    yield f"The longest queues: {waited}."


def _paths(found: dict[str, Any], month: Month) -> Iterator[str]:
    yield "\n| path | requests | a second | p50 ms | p99 ms | most ms | errors |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for name, one in found["paths"].items():
        yield (
            f"| {name} | {one['requests']:,} | {one['per_second']:,.0f} | {one['p50_ms']:.2f}"
            f" | {one['p99_ms']:.1f} | {one['most_ms']:,.0f} | {one['errors']:,} |"
        )
    if found["refused"]:
        yield f"Refused: {found['refused']}"
    expected = ", ".join(f"{name} {n:,}" for name, n in month.expected().items())
    yield f"Planned: {expected}."
    yield "\n| | acknowledged | in the tables |"
    yield "|---|--:|--:|"
    for name, number in found["acknowledged"].items():
        yield f"| {name} | {number:,} | {found['tables']['rows'][name]:,} |"
    rows = found["tables"]
    yield f"\n{rows['credits']:,} credits, {rows['commissions']:,} commissions."
    yield "met: nothing lost, nothing twice" if is_sound(found) else "MISSED: lost or twice"


def _processors(found: dict[str, Any]) -> Iterator[str]:
    whole = sum(found["cpu_seconds"].values())
    yield "\n| component | processor seconds | share | a visit of the shop, us |"
    yield "|---|--:|--:|--:|"
    for name, seconds in sorted(found["cpu_seconds"].items(), key=lambda one: -one[1]):
        yield (
            f"| {name} | {seconds:,.1f} | {seconds / whole:.1%}"
            f" | {seconds / found['visits'] * 1e6:,.0f} |"
        )
    load = sum(found["cpu_seconds_of_the_load"].values())
    yield f"| together | {whole:,.1f} | | {whole / found['visits'] * 1e6:,.0f} |"
    yield (
        f"\nThe generator took {found['generator_cpu_seconds']:,.1f} s beside them. While it asked,"
        f" the product took {load / found['seconds']:.2f} of {CORES} processors."
    )


def _tables(found: dict[str, Any]) -> Iterator[str]:
    yield "\n| table | rows | MB | indexes MB |"
    yield "|---|--:|--:|--:|"
    for one in found["tables"]["sizes"]:
        yield (
            f"| {one['table']} | {one['rows']:,} | {one['bytes'] / MB:,.1f}"
            f" | {one['index_bytes'] / MB:,.1f} |"
        )
    yield f"\nThe database: {found['tables']['database_bytes'] / MB:,.0f} MB."


def _limits(found: dict[str, Any], month: Month) -> Iterator[str]:
    """What a machine of two processors can carry, by the processor time that this month took."""
    cost = {name: seconds / found["visits"] for name, seconds in found["cpu_seconds"].items()}
    visits = CORES / sum(cost.values())
    per_visit = {name: one["requests"] / found["visits"] for name, one in found["paths"].items()}
    yield f"\nA machine of {CORES} processors that does nothing else, by processor time:"
    yield (
        f"- at most {visits:,.0f} visits of the shop a second: "
        + ", ".join(f"{visits * share:,.0f} {name}s" for name, share in per_visit.items())
    )
    largest = max(cost, key=lambda name: cost[name])
    yield f"- the largest part is {largest}: {cost[largest] / sum(cost.values()):.0%}"
    single = {name: 1 / cost[name] for name in SINGLE if cost[name]}
    ends = ", ".join(f"{name} at {visits:,.0f}" for name, visits in single.items())
    yield f"- what is one process on any machine ends, in visits a second: {ends}"
    carried = visits * MOST_LOAD / PEAK * SECONDS / month.visits_per_visitor
    yield (
        f"- at {MOST_LOAD:.0%} in an hour {PEAK:g} times as busy as the average:"
        f" {carried:,.0f} unique visitors a month"
    )
    part = month.scale * found["replayed"]
    grown = found["tables"]["database_bytes"] - found["empty_database_bytes"]
    if not found["second_node"]:
        yield f"- disk for this month of {month.visitors:,} visitors: {grown / part / 1e9:,.1f} GB"


def _node(found: dict[str, Any]) -> Iterator[str]:
    if not found["second_node"]:
        return
    yield "\nWith the month so far moved to a second node half-way:"
    for name, value in found["second_node"].items():
        yield f"- {name}: {value:,}" if isinstance(value, int | float) else f"- {name}: {value}"
