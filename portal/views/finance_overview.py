"""What the programme owes today, when it falls due, and what finance has to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import format_date
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from payouts.domain.calendar import bank_date
from payouts.models import Batch, BatchStatus
from portal.access import finance_required
from portal.formats import locale
from portal.parts import part
from portal.queries import staff_checks, staff_finance, staff_finance_month
from portal.queries.staff_dashboard import currency_of_programme
from portal.queries.staff_finance import Liability


@finance_required
@require_safe
def finance_home(request: HttpRequest) -> HttpResponse:
    """Show liabilities per currency, the months they fall due in, and what is to be done."""
    now = timezone.now()
    context = {
        "now": now,
        "today": bank_date(now),
        "liabilities": part("liabilities", lambda: _sections(now)),
        "work": part("work", lambda: staff_finance.work(now)),
        "to_do": part("to do", lambda: staff_finance_month.to_do(now)),
        "calendar": part("calendar", lambda: staff_finance_month.calendar(now)),
        "month": part("month", lambda: staff_finance_month.month(now, currency_of_programme())),
        "batches": part("batches", lambda: [_batch(one) for one in staff_finance.open_batches()]),
        "fresh": part("freshness", _freshness),
        "retry": request.get_full_path(),
    }
    return render(request, "finance/overview.html", context)


def _sections(now: datetime) -> list[dict[str, Any]]:
    found = staff_finance.currencies() or [currency_of_programme()]
    return [_section(staff_finance.liability(currency), now) for currency in found]


def _freshness() -> dict[str, Any]:
    return {
        "last_posting": staff_finance.last_posting(),
        "last_check": staff_checks.last_check(),
        "reconciled": staff_finance_month.last_reconciliation(),
    }


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch,
        "href": reverse("portal:batch-detail", args=[batch.public_id]),
        "next": {
            BatchStatus.DRAFT: _("Submit it for approval"),
            BatchStatus.IN_REVIEW: _("Another person approves it"),
            BatchStatus.APPROVED: _("Make the file"),
            BatchStatus.EXECUTING: _("Hand the file over, mark it as sent"),
            BatchStatus.PAUSED: _("Resume or cancel it"),
        }[BatchStatus(batch.status)],
    }


def _section(owed: Liability, now: datetime) -> dict[str, Any]:
    months = staff_finance.due_by_month(owed, now)
    debtors = ngettext("%(count)s payee", "%(count)s payees", owed.debtors)
    return {
        "owed": owed,
        "debtors": debtors % {"count": owed.debtors} if owed.debtors else "",
        "is_empty": not (owed.total or owed.debts),
        "parts": [
            (_("Pending"), owed.pending.minor, "info"),
            (_("Payable"), owed.payable.minor, "success"),
            (_("Reserved"), owed.reserved.minor, "warning"),
            (_("In flight"), owed.in_flight.minor, "accent"),
        ],
        "months": [
            (format_date(month, "MMM y", locale=locale()), minor) for month, minor in months
        ],
    }
