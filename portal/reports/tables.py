"""A report as a table and a chart of the component library."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.money import Money
from portal import query_links, tables
from portal.charts import Point
from portal.formats import DASH, format_bps, format_count, format_money, whole_percents
from portal.reports.asking import Question
from portal.reports.catalogue import Metric, Unit
from portal.reports.engine import Report, Row, change_of, value_of
from portal.reports.names import filter_value, names_of, slugs_of

#: How many rows a chart that is not about time shows.
MOST_BARS = 10


def shown_value(metric: Metric, value: int | None, currency: str) -> str:
    """Return a value as it is read; a dash where there is nothing to divide by."""
    if value is None:
        return DASH
    if metric.unit == Unit.MONEY:
        return format_money(Money(value, currency))
    return format_bps(value) if metric.unit == Unit.SHARE else format_count(value)


def table_of(report: Report, query: QueryDict) -> dict[str, Any]:
    """Return the context of ``components/table.html``."""
    question = report.question
    names = names_of(question, [row.key for row in report.rows])
    slugs = slugs_of(question.by.key, [row.key for row in report.rows])
    heads = [_head(question, "key", str(question.by.label), query, total=_("Total"))]
    for metric in question.metrics:
        heads.append(
            _head(
                question,
                metric.key,
                str(metric.label),
                query,
                metric=metric,
                total=_content(metric, report.total, question.currency),
            )
        )
    rows = []
    for row in report.rows:
        first = _name(question, row, names[row.key], slugs, query)
        cells = [tables.Cell(heads[0], first)]
        cells += [
            tables.Cell(head, _content(metric, row, question.currency))
            for head, metric in zip(heads[1:], question.metrics, strict=True)
        ]
        rows.append(tables.Row(cells=cells))
    return {"heads": heads, "rows": rows, "has_totals": True, "sticky": True}


def _head(
    question: Question,
    key: str,
    label: str,
    query: QueryDict,
    *,
    metric: Metric | None = None,
    total: Any = None,
) -> tables.Head:
    # What is not said sorts by time, or by the first metric, downwards.
    usual = "key" if question.by.is_time else f"-{question.metrics[0].key}"
    sort = question.sort or usual
    state = {key: "ascending", f"-{key}": "descending"}.get(sort, "none")
    target = key if sort == f"-{key}" or (metric is None and sort != key) else f"-{key}"
    css = "table__cell--end table__cell--numeric" if metric else "table__cell--start"
    return tables.Head(
        label=label,
        css=css,
        help=str(metric.definition) if metric else str(question.by.note),
        sort_href=query_links.changed(query, sort=target),
        sorted=state,
        total=total,
        is_title=metric is None,
    )


def _name(
    question: Question, row: Row, name: str, slugs: dict[str, str], query: QueryDict
) -> SafeString:
    """Return the name of a row; a link that narrows the report to it, and looks at its days."""
    key = question.by.key
    value = "" if question.by.is_time or row.key == "~" else filter_value(key, row.key, slugs)
    if not value or key in question.filters or (key == "customer" and not value):
        return format_html("{}", name)
    if (key == "country" and value == "none") or question.by.of_lines:
        return format_html("{}", name)
    target = query_links.changed(query, **{key: value, "by": "day", "sort": ""})
    return format_html('<a href="{}">{}</a>', target, name)


def _content(metric: Metric, row: Row, currency: str) -> SafeString:
    said, bps = shown_value(metric, value_of(metric, row.sums), currency), change_of(metric, row)
    if bps is None:
        return format_html("{}", said)
    return format_html(
        '<span class="cell">{}<span class="cell-note">{}</span></span>', said, _change(metric, bps)
    )


def _change(metric: Metric, bps: int) -> SafeString:
    percents = whole_percents(bps)
    welcome = metric.is_good if percents > 0 else not metric.is_good
    tone = "neutral" if not percents or metric.is_good is None else "good" if welcome else "bad"
    text = format_bps(percents * 100, signed=True)
    return format_html('<span class="change change--{}">{}</span>', tone, text)


def tiles_of(report: Report) -> list[dict[str, Any]]:
    """Return the total as tiles."""
    return [
        {
            "label": metric.label,
            "value": shown_value(
                metric, value_of(metric, report.total.sums), report.question.currency
            ),
            "help": metric.definition,
            "delta_bps": change_of(metric, report.total),
            "good": "down" if metric.is_good is False else "up",
        }
        for metric in report.question.metrics
    ]


def charted(question: Question, wanted: str) -> Metric:
    """Return the metric that a chart shows: the one asked for, else the first that adds up."""
    chosen = next((one for one in question.metrics if one.key == wanted), None)
    adding = (one for one in question.metrics if not one.bottom)
    return chosen or next(adding, question.metrics[0])


def chart_of(
    question: Question, metric: Metric, rows: Sequence[Row]
) -> tuple[list[Point], list[int]]:
    """Return the points of a chart, and those of the period before; shares in whole percents."""
    names = {} if question.by.is_time else names_of(question, [row.key for row in rows])
    shown = rows if question.by.is_time else rows[:MOST_BARS]
    points: list[Point] = [
        (
            date.fromisoformat(row.key) if question.by.is_time else names[row.key],
            _height(metric, row.sums),
        )
        for row in shown
    ]
    if question.by.is_time and all(row.before is not None for row in shown):
        return points, [_height(metric, row.before or {}) for row in shown]
    return points, []


def _height(metric: Metric, sums: Any) -> int:
    value = value_of(metric, sums) or 0
    return whole_percents(value) if metric.unit == Unit.SHARE else value
