"""Times reports as the page asks for them, the loop that one would write first, and exports."""

from __future__ import annotations

import io
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import QueryDict

from affiliates.models import Affiliate
from benchmarks.reports.rows import BEGINS, fill
from core.csv_export import csv_chunks
from core.xlsx_export import write_xlsx
from payouts.models import Commission
from portal.reports import engine, files
from portal.reports.asking import Scope, read
from portal.reports.engine import Row
from tracking.models import ClickHour, Credit

ROUNDS = 5
LOOPED = 2_000
YEAR = f"from={BEGINS.date()}&to={BEGINS.date() + timedelta(days=364)}&versus=nothing"
REPORTS = {
    "performance by month": "by=month&m=clicks,orders,conversion,commission,epc",
    "performance by day": "by=day&m=clicks,orders,conversion,commission,epc",
    "links": "by=link&m=clicks,orders,conversion,commission,epc",
    "sub ids": "by=sub&m=clicks,orders,conversion,commission,epc",
    "codes": "by=code&m=orders,net,aov,commission,refused",
    "returns": "by=month&m=orders,returns,refused,net,commission",
    "products": "by=product&m=units,net,commission,unit_returns",
}


def measure(*, sales: int, clicks: int, rows: int) -> dict[str, dict[str, float]]:
    """Fill the tables, ask for every report, loop, and write a long export in each form."""
    affiliate = fill(sales, clicks)
    loop_ms = _loop(affiliate)
    found = {"plain loop": {"ms_per_1000_sales": loop_ms, "ms_of_all": loop_ms * sales / 1_000}}
    for name, query in REPORTS.items():
        ms = _best(lambda q=query: engine.run(_question(affiliate, q)))  # type: ignore[misc]
        times = found["plain loop"]["ms_of_all"] / ms
        found[f"report {name}"] = {"ms": ms, "times_the_loop": times}
    for form in ("csv", "xlsx"):
        found[f"export {form}"] = _export(affiliate, form, rows)
    return found


def _question(affiliate: Affiliate, query: str) -> Any:
    scope = Scope(key="affiliate:bench", affiliate=affiliate)
    return read(QueryDict(f"{query}&{YEAR}"), scope, now=BEGINS + timedelta(days=366))


def _best(ask: Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return min(times) * 1_000


def _loop(affiliate: Affiliate) -> float:
    """Go through some sales as one would write it first; return milliseconds per thousand."""
    began = time.perf_counter()
    days: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    credits = Credit.objects.filter(affiliate=affiliate).select_related("order").order_by("pk")
    for credit in credits[:LOOPED]:
        commission = Commission.objects.filter(credit=credit).first()
        sums = days[credit.order.placed_at.date()]
        sums[0] += 1
        sums[1] += sum(line.net_minor for line in credit.order.lines.filter(kind="product"))
        if commission is not None:
            changed = sum(one.amount_minor for one in commission.adjustments.all())
            sums[2] += commission.amount_minor + changed
    # It would have to go through every hour of clicks as well.
    for hour in ClickHour.objects.filter(affiliate_id=affiliate.pk)[: LOOPED * 3].iterator():
        days[hour.hour.date()][0] += hour.visits
    return (time.perf_counter() - began) * 1_000 / (LOOPED / 1_000)


def _export(affiliate: Affiliate, form: str, rows: int) -> dict[str, float]:
    """Write ``rows`` rows as an export does, of made-up marks; return time and memory."""
    question = _question(affiliate, "by=sub&m=orders,net,commission,aov")
    engine_stream = engine.stream
    engine.stream = lambda _question: (  # type: ignore[assignment]
        Row(f"mark-{n}", {"orders": n % 7, "net": n * 13, "commission": n}) for n in range(rows)
    )
    before, began = _rss_mb(), time.perf_counter()
    try:
        cells = files.cells_of(question)
        with open("/dev/null", "wb") as nowhere:  # noqa: PTH123
            if form == "xlsx":
                write_xlsx(_Counting(nowhere), files.header_of(question), cells, sheet="Report")
            else:
                for part in csv_chunks(files.header_of(question), cells):
                    nowhere.write(part)
    finally:
        engine.stream = engine_stream
    seconds = time.perf_counter() - began
    return {
        "rows": rows,
        "seconds": seconds,
        "rows_per_second": rows / seconds,
        "grown_mb": _rss_mb() - before,
    }


def _rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class _Counting(io.RawIOBase):
    """A file that knows where it is, as a workbook wants, and keeps nothing."""

    def __init__(self, file: Any) -> None:
        self._file, self._at = file, 0

    def write(self, part: Any) -> int:
        self._at += len(part)
        return int(self._file.write(part))

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True
