"""Reports of partners and of staff: the page, its file, and its chart as a picture."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from affiliates.models import Programme
from core import audit
from core.exports import MOST_AT_ONCE
from portal import comparison, date_range
from portal.access import current_user
from portal.downloads import file_response
from portal.exports.answers import answer_with_file, form_of
from portal.exports.menu import export_menu
from portal.exports.sources import source_of
from portal.margin_access import look_at_costs
from portal.query_links import Chip, PagerLinks, changed
from portal.report_area import Area
from portal.reports import asking, catalogue, engine
from portal.reports.asking import FILTERS, Question, Scope
from portal.reports.freshness import freshness
from portal.reports.names import value_name
from portal.reports.pictures import earnings_picture
from portal.reports.tables import chart_of, charted, table_of, tiles_of
from portal.saved_panel import lasting, panel

PAGE_KEY = "report"


@require_safe
def report(request: HttpRequest, area: Area) -> HttpResponse:
    """Show a report: what is told apart, its metrics, filters and period stand in the address."""
    now = timezone.now()
    question = _allowed(request, asking.read(request.GET, area.scope, now=timezone.now()))
    found = engine.run(question)
    metric = charted(question, request.GET.get("chart", ""))
    points, before = chart_of(question, metric, found.course or found.rows)
    context = {
        "base": area.base,
        "area": area,
        "is_staff": area.scope.is_staff,
        "question": question,
        "report": found,
        "table": table_of(found, request.GET),
        "tiles": tiles_of(found),
        "chart": {
            "metric": metric,
            "points": points,
            "before": before,
            "currency": question.currency if metric.unit == catalogue.Unit.MONEY else "",
            "unit": f"{metric.label} (%)" if metric.unit == catalogue.Unit.SHARE else metric.label,
            "chips": _chart_chips(request.GET, question, metric),
        },
        "freshness": freshness(now),
        "picture_url": f"{area.url('report-picture')}?{lasting(request.GET)}",
        "pager": _pager(request.GET, found),
        "files": export_menu(
            area,
            PAGE_KEY,
            request.GET,
            is_long=found.count > MOST_AT_ONCE,
            url=area.url("report-file"),
        ),
        **_choices(request.GET, area.scope, question),
        **panel(request, area, PAGE_KEY),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if question.problems else HTTPStatus.OK
    return render(request, "reports/report.html", context, status=status)


@require_safe
def file(request: HttpRequest, area: Area) -> HttpResponseBase:
    """Send every row of a report as a file; ``form`` is csv, international or xlsx.

    What cannot be answered, and what is too long to wait for, leads back to the page, which says
    so and keeps the question.
    """
    question = asking.read(request.GET, area.scope, now=timezone.now())
    page = f"{area.url('report')}?{lasting(request.GET)}"
    if question.problems:
        return redirect(page)
    source = source_of(area.scope, PAGE_KEY, request.GET, now=timezone.now())
    if source.total > MOST_AT_ONCE:
        messages.error(request, _("This report is too long to wait for: have it prepared."))
        return redirect(page)
    question = _allowed(request, question)
    if area.scope.is_staff:
        audit.record(
            actor=current_user(request),
            verb="programme.report_downloaded",
            subject=Programme.get(),
            at=timezone.now(),
            data={"query": lasting(request.GET)},
        )
    return answer_with_file(source, form_of(request.GET))


@require_safe
def picture(request: HttpRequest, area: Area) -> HttpResponse:
    """Send the course of the earnings as a picture; with ``amounts=hidden`` without amounts."""
    query = request.GET.copy()
    query["by"], query["m"] = query.get("by", "day"), "commission"
    question = asking.read(query, area.scope, now=timezone.now())
    if not question.by.is_time:
        query["by"] = "day"
        question = asking.read(query, area.scope, now=timezone.now())
    rows, total = engine.series(question)
    body = earnings_picture(
        question, rows, total, hides_amounts=request.GET.get("amounts") == "hidden"
    )
    name = f"earnings_{question.period.first}_{question.period.last}.png"
    return file_response(body, name=name, content_type="image/png")


def _allowed(request: HttpRequest, question: Question) -> Question:
    """Return the question; of one that reads costs it is kept that they were looked at."""
    if question.reads_costs and not look_at_costs(
        request, Programme.get(), now=timezone.now(), report=asking.asked_again(question)
    ):
        return question.without_costs()
    return question


def _choices(query: QueryDict, scope: Scope, question: Question) -> dict[str, Any]:
    metrics = [
        one
        for one in catalogue.METRICS.values()
        if scope.shows(one) and (scope.sees_costs or not one.reads_costs)
    ]
    currencies = engine.other_currencies(question)
    held = sorted({*currencies, question.currency})
    return {
        "presets": _preset_chips(query, scope, question),
        "dimensions": [one for one in catalogue.DIMENSIONS.values() if scope.shows(one)],
        "metrics": [
            (one, one in question.metrics, catalogue.fits(one, question.by)) for one in metrics
        ],
        "most_metrics": catalogue.MOST_METRICS,
        "period_chips": date_range.chips(query, question.period),
        "versus": comparison.chips(query),
        "versus_label": comparison.label(question.earlier),
        "range": question.period,
        "kept": [
            (name, value)
            for name in ("by", "m", *FILTERS, "versus", "currency", "sort", "chart")
            for value in query.getlist(name)
            if value
        ],
        "narrowed": [
            {
                "label": catalogue.DIMENSIONS[name].label,
                "value": value_name(name, value, scope.affiliate),
                "href": changed(query, **{name: ""}),
            }
            for name, value in question.filters.items()
        ],
        "currencies": [
            Chip(one, changed(query, currency=one), one == question.currency) for one in held
        ]
        if len(held) > 1
        else [],
    }


def _preset_chips(query: QueryDict, scope: Scope, question: Question) -> list[Chip]:
    asked = (question.by.key, tuple(one.key for one in question.metrics))
    chips = []
    for preset in catalogue.PRESETS:
        by = catalogue.DIMENSIONS[preset.by]
        if not scope.shows(by) or (preset.for_staff and not scope.is_staff):
            continue
        metrics = tuple(name for name in preset.metrics if scope.shows(catalogue.METRICS[name]))
        href = changed(query, by=preset.by, m=",".join(metrics), sort="", chart="")
        chips.append(Chip(str(preset.label), href, (preset.by, metrics) == asked))
    return chips


def _chart_chips(query: QueryDict, question: Question, shown: Any) -> list[Chip]:
    return [
        Chip(str(metric.label), changed(query, chart=metric.key), metric is shown)
        for metric in question.metrics
    ]


def _pager(query: QueryDict, found: engine.Report) -> PagerLinks | None:
    number = found.question.page
    if found.pages < 2 and number == 1:
        return None
    return PagerLinks(
        previous=changed(query, page=str(min(number - 1, found.pages))) if number > 1 else "",
        next=changed(query, page=str(number + 1)) if number < found.pages else "",
        number=number,
        pages=found.pages,
        total=found.count,
    )
