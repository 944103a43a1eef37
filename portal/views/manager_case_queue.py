"""The queue of cases for managers, what is held for another reason, and its export."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.csv_export import csv_bytes
from core.money import Money
from fraud.models import (
    CaseProposal,
    CaseStatus,
    Family,
    ProposalStatus,
    Sanction,
    SanctionStatus,
)
from portal.access import current_user, manager_required
from portal.case_language import team_status
from portal.queries import staff_cases, staff_reviews
from portal.queries.staff_cases import CaseFilters, CaseRow
from portal.query_links import text
from portal.signal_language import family_name, signal_label
from portal.staff_filters import choice_chips

PAGE = 25
MOST_EXPORTED = 5_000


@manager_required
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Show the cases, and what is held for another reason; ``format=csv`` sends the cases."""
    now, query = timezone.now(), request.GET
    user = current_user(request)
    state = query.get("state", "")
    family = query.get("family", "")
    filters = CaseFilters(
        state=state if state in staff_cases.STATES else staff_cases.OPEN,
        family=family if family in Family.values else "",
        search=text(query, "q"),
        user_id=user.pk,
    )
    found = staff_cases.queue(filters, now=now)
    if query.get("format") == "csv":
        return _csv(staff_cases.case_rows(list(found[:MOST_EXPORTED])))
    page = Paginator(found, PAGE).get_page(query.get("page"))
    numbers = staff_cases.counts(user.pk, now=now)
    export = query.copy()
    export["format"] = "csv"
    held_count = staff_reviews.held_count()
    context = {
        "now": now,
        "filters": filters,
        "page": page,
        "rows": [_row(row, now) for row in staff_cases.case_rows(list(page))],
        "states": choice_chips(
            query,
            "state",
            [(name, _state_label(name), numbers[name]) for name in staff_cases.STATES],
            current=filters.state,
            default=staff_cases.OPEN,
        ),
        "families": [(one, family_name(one)) for one in Family.values],
        "kept": [(name, query[name]) for name in ("state", "family") if query.get(name)],
        "by_day": staff_cases.signals_by_day(now),
        "csv_url": f"?{export.urlencode()}",
        "bans": Sanction.objects.filter(status=SanctionStatus.PROPOSED)
        .select_related("affiliate", "proposed_by")
        .order_by("proposed_at"),
        "proposals": _proposals(),
        "held": staff_reviews.held(),
        "checked": None if page.object_list else staff_reviews.checked(now),
        "held_lead": ngettext(
            "%(count)s commission waits for a missing fact or was held by hand.",
            "%(count)s commissions wait for a missing fact or were held by hand.",
            held_count,
        )
        % {"count": held_count},
    }
    return render(request, "manager/review_list.html", context)


def _proposals() -> list[dict[str, Any]]:
    """Return the decisions that wait for a second person, the longest waiting first."""
    rows = CaseProposal.objects.filter(status=ProposalStatus.PROPOSED)
    return [
        {
            "proposal": one,
            "href": reverse("portal:review-detail", args=[one.case.public_id]),
            "family": family_name(one.case.family),
            "at_stake": Money(one.at_stake_minor, one.currency),
        }
        for one in rows.select_related("case__affiliate", "proposed_by").order_by("proposed_at")
    ]


def _row(row: CaseRow, now: datetime) -> dict[str, Any]:
    case = row.case
    return {
        "case": case,
        "href": row.href,
        "family": family_name(case.family),
        "signals": ", ".join(signal_label(code) for code in row.codes[:3]),
        "more": max(0, len(row.codes) - 3),
        "sales": row.sales,
        "at_stake": row.at_stake,
        "others": row.stakes[1:],
        "state": team_status(case, now),
        "is_late": case.escalated_at is not None and case.status == CaseStatus.OPEN,
    }


def _state_label(name: str) -> str:
    return {
        staff_cases.OPEN: _("To decide"),
        staff_cases.MINE: _("Mine"),
        staff_cases.PROPOSED: _("Waits for a second person"),
        staff_cases.APPEALS: _("Contested"),
        staff_cases.ASKED: _("Waits for the affiliate"),
        staff_cases.LATE: _("Escalated"),
        staff_cases.SNOOZED: _("Put off"),
        CaseStatus.CONFIRMED.value: _("Confirmed"),
        CaseStatus.DISMISSED.value: _("Dismissed"),
    }[name]


def _csv(rows: list[CaseRow]) -> HttpResponse:
    header = [
        _("Affiliate"), _("About"), _("Signals"), _("Severity"), _("Sales"), _("At stake"),
        _("Currency"), _("Opened"), _("Last seen"), _("State"), _("Owner"),
    ]  # fmt: skip
    lines = [
        (
            row.case.affiliate.name,
            family_name(row.case.family),
            ", ".join(row.codes),
            row.case.severity,
            row.sales,
            row.at_stake,
            row.at_stake.currency if row.at_stake else "",
            row.case.opened_at,
            row.case.last_seen_at,
            row.case.status,
            str(row.case.assignee or ""),
        )
        for row in rows
    ]
    return HttpResponse(
        csv_bytes(header, lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="cases.csv"'},
    )
