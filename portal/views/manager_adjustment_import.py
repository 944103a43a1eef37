"""Many adjustments from a file: rehearsed first, booked only when somebody says so."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from payouts.services.proposal_files import COLUMNS, MOST_LINES, read_file
from payouts.services.proposal_imports import ImportedLine, ImportResult, Outcome, bring_in
from portal.access import current_user
from portal.adjustment_language import outcome_label
from portal.forms.adjustment import AdjustmentFileForm
from portal.refusals import sentence
from portal.staff_access import staff_required
from shop.models import Shop


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def adjustment_import(request: HttpRequest) -> HttpResponse:
    """Rehearse a file and show what each line would do; then do all of it, or nothing."""
    form = AdjustmentFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "columns": COLUMNS,
        "most": MOST_LINES,
        "breadcrumbs": [(_("Adjustments"), reverse("portal:adjustment-list"))],
    }
    if request.method == "POST" and form.is_valid():
        try:
            result = _brought(request, form.cleaned_data["lines"], form.cleaned_data["name"])
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            if result.is_done:
                messages.success(request, _said_of(result))
                return redirect("portal:adjustment-list")
            context |= _rehearsed(result, form.cleaned_data)
    failed = form.is_bound and not form.is_valid()
    status = 422 if failed else 200
    return render(request, "manager/adjustment_import.html", context, status=status)


def _brought(request: HttpRequest, lines: str, name: str) -> ImportResult:
    shop = Shop.objects.order_by("pk").first()
    return bring_in(
        read_file(lines, currency=shop.currency if shop else "EUR"),
        file_name=name,
        author_id=current_user(request).pk,
        is_rehearsal=request.POST.get("act") != "book",
        now=timezone.now(),
    )


def _rehearsed(result: ImportResult, cleaned: dict[str, Any]) -> dict[str, Any]:
    new = result.count(Outcome.BOOKED) + result.count(Outcome.PROPOSED)
    return {
        "rows": [_row(one) for one in result.lines],
        "new": new,
        "known": result.count(Outcome.KNOWN),
        "refused": result.count(Outcome.REFUSED),
        "totals": result.totals(),
        "needs_second": result.needs_second,
        "may_book": new > 0 and not result.has_refusals,
        "lines": cleaned["lines"],
        "name": cleaned["name"],
    }


def _row(one: ImportedLine) -> dict[str, Any]:
    cells = one.line.cells
    return {
        "number": one.line.number,
        "key": cells.get("key", ""),
        "who": one.affiliate.name if one.affiliate else cells.get("affiliate", ""),
        "order": cells.get("order", ""),
        "text": cells.get("text", ""),
        "amount": one.line.amount,
        "outcome": outcome_label(one.outcome),
        "error": sentence(one.refusal) if one.refusal else "",
    }


def _said_of(result: ImportResult) -> str:
    booked, waiting = result.count(Outcome.BOOKED), result.count(Outcome.PROPOSED)
    if waiting:
        return ngettext(
            "%(n)s line waits for a second person.",
            "%(n)s lines wait for a second person.",
            waiting,
        ) % {"n": waiting}
    return ngettext("%(n)s line is booked.", "%(n)s lines are booked.", booked) % {"n": booked}
