"""The ledger as an accountant's journal, for a month or more of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import audit
from core.csv_export import Cell
from core.models import AuditEntry
from core.money import Money
from payouts.domain.months import month_of
from payouts.queries import journal as journal_lines
from portal.access import current_user, finance_required
from portal.downloads import csv_response
from portal.formats import with_colon
from portal.forms.closing import PeriodForm
from portal.queries.staff_ledger import kind_label

VERB = "journal.exported"
SHOWN = 20


@finance_required
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Show which account has which number, ask for months, and who took which along."""
    last = month_of(timezone.now()) - timedelta(days=1)
    form = PeriodForm(initial={"since": f"{last:%Y-%m}", "until": f"{last:%Y-%m}"})
    return _page(request, form)


def _page(request: HttpRequest, form: PeriodForm, status: int = 200) -> HttpResponse:
    taken = AuditEntry.objects.filter(verb=VERB).select_related("actor").order_by("-pk")[:SHOWN]
    context = {
        "form": form,
        "chart": [
            {"code": code, "number": number}
            for code, number in sorted(journal_lines.chart().items(), key=lambda one: one[::-1])
        ],
        "taken": [
            {
                "at": entry.at,
                "actor": entry.actor,
                "period": f"{entry.data['since']} – {entry.data['until']}",
            }
            for entry in taken
        ],
    }
    return render(request, "finance/journal.html", context, status=status)


@finance_required
@require_safe
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send the journal of the asked months as CSV; ``?form=international`` with commas."""
    asked = PeriodForm(request.GET)
    if not asked.is_valid():
        return _page(request, asked, 422)
    since, until = asked.cleaned_data["since"], asked.cleaned_data["until"]
    period = f"{since:%Y-%m}" if since == until else f"{since:%Y-%m}-{until:%Y-%m}"
    user = current_user(request)
    audit.record(
        actor=user, verb=VERB, subject=user, at=timezone.now(),
        data={"since": f"{since:%Y-%m}", "until": f"{until:%Y-%m}"},
    )  # fmt: skip
    header = [
        _("Date"), _("Account"), _("Party"), _("Label"), _("Debit"), _("Credit"), _("Currency"),
        _("Reference"), _("Ledger account"),
    ]  # fmt: skip
    return csv_response(request, f"journal-{period}.csv", header, _cells(*asked.moments()))


def _cells(since: datetime, before: datetime) -> Iterator[list[Cell]]:
    for line in journal_lines.journal(since=since, before=before):
        kind = kind_label(line.kind)
        yield [
            line.day, line.account, line.party,
            with_colon(line.party_name, kind) if line.party_name else kind,
            Money(line.debit_minor, line.currency) if line.debit_minor else None,
            Money(line.credit_minor, line.currency) if line.credit_minor else None,
            line.currency, line.reference, line.code,
        ]  # fmt: skip
