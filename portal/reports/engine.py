"""Asks the database what a question wants, and puts rows, totals and changes together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from core.money import BPS, ratio
from portal.date_range import DateRange
from portal.reports.asking import PAGE, Question
from portal.reports.catalogue import Metric, Unit
from portal.reports.statements import Wanted, ordering, statement

#: How many rows of a long answer the database is asked for at a time.
AT_ONCE = 2_000
Sums = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a report: its key and its sums, and those of the period it is compared with."""

    key: str
    sums: Sums
    before: Sums | None = None
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One page of an answer. ``total`` is of all ``count`` rows, also of those not on the page.

    ``course``: of a report about time every row, in the order of time.
    """

    question: Question
    rows: list[Row]
    total: Row
    count: int
    course: list[Row]

    @property
    def pages(self) -> int:
        """How many pages the answer has."""
        return max(1, -(-self.count // PAGE))

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all happened."""
        return not any(self.total.sums.values())


def value_of(metric: Metric, sums: Sums) -> int | None:
    """Return a metric from sums: minor units, basis points or a count; None: nothing to divide by.

    A ratio is that of the sums, rounded half away from zero; never an average of ratios.
    """
    if not metric.bottom:
        return sums[metric.top]
    if not sums[metric.bottom]:
        return None
    scale = BPS if metric.unit == Unit.SHARE else 1
    return ratio(sums[metric.top] * scale, sums[metric.bottom])


def change_of(metric: Metric, row: Row) -> int | None:
    """Return how much a metric changed, in basis points of what it was before.

    None without a comparison, or where there was nothing before.
    """
    if row.before is None:
        return None
    now, before = value_of(metric, row.sums), value_of(metric, row.before)
    if now is None or not before:
        return None
    return ratio((now - before) * BPS, abs(before))


def run(question: Question) -> Report:
    """Answer a question: one page of rows and the total, in one query, two with a comparison."""
    found, total, count = _ask(question, question.period)
    before: dict[str, Sums] = {}
    total_before: Sums | None = None
    if question.earlier is not None:
        keys = None if question.by.is_time else [key for key, _sums in found]
        earlier, of_all, _count = _ask(question, question.earlier, keys=keys)
        before, total_before = dict(earlier), of_all
    nothing = dict.fromkeys(_sums(question), 0)
    is_compared = question.earlier is not None

    def row_of(key: str, sums: Sums) -> Row:
        return Row(key, sums, before.get(key, nothing) if is_compared else None)

    of_all_rows = Row("", total, total_before, is_total=True)
    if not question.by.is_time:
        rows = [row_of(key, sums) for key, sums in found]
        return Report(question, rows, of_all_rows, count, [])
    known = dict(found)
    course = [row_of(key, known.get(key, nothing)) for key in time_keys(question)]
    page = _sorted(question, course)[(question.page - 1) * PAGE : question.page * PAGE]
    return Report(question, page, of_all_rows, len(course), course)


def series(question: Question) -> tuple[list[Row], Row]:
    """Return every row of a question about time, in the order of time, and the total."""
    found, total, _count = _ask(question, question.period)
    known, nothing = dict(found), dict.fromkeys(_sums(question), 0)
    rows = [Row(key, known.get(key, nothing)) for key in time_keys(question)]
    return rows, Row("", total, is_total=True)


def count_rows(question: Question) -> int:
    """Return how many rows an answer has."""
    if question.by.is_time:
        return len(time_keys(question))
    return _ask(question, question.period, limit=0)[2]


def stream(question: Question) -> Iterator[Row]:
    """Yield every row of an answer and the total last; memory holds :data:`AT_ONCE` of them."""
    if question.by.is_time:
        rows, total = series(question)
        yield from rows
        yield total
        return
    sql, parameters = _statement(question, question.period, limit=None)
    names = _sums(question)
    total = Row("", dict.fromkeys(names, 0), is_total=True)
    # On the server, and outside of a transaction: whoever writes the rows says how far it is.
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while some := cursor.fetchmany(AT_ONCE):
            for key, place, _n, *sums in some:
                row = Row(key or "", dict(zip(names, sums, strict=True)), is_total=not place)
                if row.is_total:
                    total = row
                else:
                    yield row
    yield total


def other_currencies(question: Question) -> list[str]:
    """Return the other currencies in which orders of the period are credited, by code."""
    where = ""
    parameters: list[datetime | int | str] = [
        question.currency,
        question.period.since,
        question.period.until,
    ]
    if question.scope.affiliate is not None:
        where = "AND EXISTS (SELECT FROM tracking_credit c WHERE c.order_id = o.id"
        where += " AND c.affiliate_id = %s)"
        parameters.append(question.scope.affiliate.pk)
    # One look per currency that the programme has, not one per order.
    sql = (
        "SELECT s.currency FROM (SELECT DISTINCT currency FROM shop_shop) s"  # noqa: S608
        " WHERE s.currency <> %s AND EXISTS ("
        "SELECT FROM shop_order o WHERE o.currency = s.currency AND o.placed_at >= %s"
        f" AND o.placed_at < %s AND NOT o.is_test {where}) ORDER BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]


def time_keys(question: Question) -> list[str]:
    """Return the keys of every row of a report by day, week or month."""
    period, step = question.period, question.by.key

    def start(day: date) -> date:
        if step == "month":
            return day.replace(day=1)
        return day - timedelta(days=day.weekday()) if step == "week" else day

    return list(dict.fromkeys(max(start(day), period.first).isoformat() for day in period.days))


def _sums(question: Question) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for metric in question.metrics for name in metric.sums))


def _sorted(question: Question, rows: list[Row]) -> list[Row]:
    name, is_descending = question.sort.removeprefix("-"), question.sort.startswith("-")
    metric = next((one for one in question.metrics if one.key == name), None)
    if metric is None:
        return sorted(rows, key=lambda row: row.key, reverse=is_descending)
    values = {row.key: value_of(metric, row.sums) for row in rows}
    newest_first = sorted(rows, key=lambda row: row.key, reverse=True)
    known = [row for row in newest_first if values[row.key] is not None]
    unknown = [row for row in newest_first if values[row.key] is None]
    return sorted(known, key=lambda row: values[row.key] or 0, reverse=is_descending) + unknown


def _order(question: Question) -> str:
    name, is_descending = question.sort.removeprefix("-"), question.sort.startswith("-")
    if not question.sort and not question.by.is_time:
        name, is_descending = question.metrics[0].key, True
    metric = next((one for one in question.metrics if one.key == name), None)
    if metric is None:
        return ordering(question.by, "", "", is_descending=is_descending)
    return ordering(question.by, metric.top, metric.bottom, is_descending=is_descending)


def _statement(
    question: Question,
    period: DateRange,
    *,
    limit: int | None,
    offset: int = 0,
    keys: Sequence[str] | None = None,
) -> tuple[str, dict[str, Any]]:
    affiliate = question.scope.affiliate
    wanted = Wanted(
        by=question.by,
        sums=_sums(question),
        since=period.since,
        until=period.until,
        first=period.first,
        last=period.last,
        shift=_days_between(period.first, question.period.first),
        currency=question.currency,
        affiliate_id=affiliate.pk if affiliate else None,
        shares=question.scope.is_staff,
        filters=question.filters,
    )
    return statement(wanted, order_by=_order(question), limit=limit, offset=offset, keys=keys)


def _ask(
    question: Question,
    period: DateRange,
    *,
    keys: Sequence[str] | None = None,
    limit: int | None = None,
) -> tuple[list[tuple[str, Sums]], Sums, int]:
    """Return the rows of the page (or of ``keys``), the total, and how many rows there are."""
    offset = (question.page - 1) * PAGE
    if question.by.is_time:
        offset = 0
    elif limit is None:
        limit = PAGE
    sql, parameters = _statement(question, period, limit=limit, offset=offset, keys=keys)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        (_key, _place, count, *sums), *rows = cursor.fetchall()
    names = _sums(question)
    total: Sums = dict(zip(names, sums, strict=True))
    found: list[tuple[str, Sums]] = [
        (key, dict(zip(names, rest, strict=True))) for key, _place, _n, *rest in rows
    ]
    return found, total, count


def _days_between(first: date, other: date) -> int:
    return (other - first).days
