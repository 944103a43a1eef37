"""The audit journal: who did what to which thing, when and why, and whether its chain holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from core import audit
from payouts.domain.calendar import day_start
from portal.access import current_user
from portal.downloads import csv_response
from portal.queries import audit_journal as found
from portal.queries.audit_journal import Filters
from portal.queries.staff_paging import slice_of
from portal.query_links import text
from portal.staff_access import staff_required

PAGE = 50
MOST_ROWS = 50_000
HEADER = (
    "number", "at", "who", "act", "kind", "subject", "reason", "values", "request", "hash",
)  # fmt: skip
PARAMETERS = ("who", "verb", "kind", "subject", "request", "since", "until")


@staff_required
@require_safe
def audit_journal(request: HttpRequest) -> HttpResponse:
    """Show entries, the last first."""
    wanted = _filters(request)
    page = slice_of(found.entries(wanted), request.GET.get("cursor", ""), by="at", size=PAGE)
    context = {
        "wanted": wanted,
        "typed": {name: text(request.GET, name) for name in PARAMETERS},
        "lines": found.lines(page.rows),
        "page": page,
        "verbs": found.verbs(),
        "kinds": found.kinds(),
        "chain": found.chain(),
        "query": request.GET.urlencode(),
        "most": MOST_ROWS,
    }
    return render(request, "manager/audit_journal.html", context)


@staff_required
@require_safe
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """Return the same entries as a file. That it was taken, and what was asked, is an entry too."""
    wanted, viewer = _filters(request), current_user(request)
    rows = found.rows_of_file(found.entries(wanted), MOST_ROWS)
    audit.record(
        actor=viewer,
        verb="audit.exported",
        subject=viewer,
        at=timezone.now(),
        data={"filters": {name: text(request.GET, name) for name in PARAMETERS}},
    )
    return csv_response(request, "journal.csv", HEADER, rows)


def _filters(request: HttpRequest) -> Filters:
    query = request.GET
    until = _day(text(query, "until"))
    return Filters(
        who=text(query, "who"),
        verb=text(query, "verb"),
        kind=text(query, "kind"),
        subject=text(query, "subject", longest=64),
        request=text(query, "request", longest=32),
        since=_day(text(query, "since")),
        until=until + timedelta(days=1) if until else None,
    )


def _day(typed: str) -> datetime | None:
    """Return the first moment of a day in Paris; None for what is no day."""
    try:
        day = parse_date(typed)
    except ValueError:
        return None
    return day_start(day) if day else None
