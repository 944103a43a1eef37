"""Many links from a file: rehearsed first, made only when somebody says so."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from affiliates.domain.abilities import Ability
from core.errors import DomainError
from portal.access import current_affiliate, partner_may
from portal.forms.lines import LinesForm
from portal.link_files import COLUMNS, MOST_BYTES, MOST_LINES, ReadFile, read_lines
from portal.refusals import sentence
from shop.models import Shop
from tracking.services.link_imports import LineResult, bring_in


class ImportForm(LinesForm):
    """A file of links, or its lines as they were rehearsed."""

    most_bytes = MOST_BYTES


@partner_may(Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in_links(request: HttpRequest) -> HttpResponse:
    """Rehearse a file and show what each line would become; then make what can be made."""
    affiliate, form = (
        current_affiliate(request),
        ImportForm(request.POST or None, request.FILES or None),
    )
    context: dict[str, Any] = {"form": form, "columns": COLUMNS, "most": MOST_LINES}
    shop = Shop.objects.order_by("pk").first()
    if request.method == "POST" and shop is not None and form.is_valid():
        wants = request.POST.get("act") == "make"
        try:
            read = read_lines(form.cleaned_data["lines"])
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            results = bring_in(
                read.lines,
                affiliate_id=affiliate.pk,
                shop_id=shop.pk,
                is_rehearsal=not wants,
                now=timezone.now(),
            )
            if wants:
                return _done(request, results)
            context |= _rehearsed(read, results, form.cleaned_data["lines"])
    failed = form.is_bound and not form.is_valid()
    return render(request, "affiliate/link_import.html", context, status=422 if failed else 200)


def _done(request: HttpRequest, results: list[LineResult]) -> HttpResponse:
    made = sum(result.link is not None for result in results)
    done = ngettext("%(n)s line is a link now.", "%(n)s lines are links now.", made)
    messages.success(request, done % {"n": made})
    return redirect("portal:link-list")


def _rehearsed(read: ReadFile, results: list[LineResult], lines: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [
        {
            "number": result.wanted.number,
            "destination": result.wanted.destination_url,
            "label": result.wanted.label,
            "error": sentence(result.refusal) if result.refusal else "",
        }
        for result in results
    ]
    rows += [
        {"number": number, "destination": "", "label": "", "error": error}
        for number, error in read.errors
    ]
    good = sum(not row["error"] for row in rows)
    return {
        "rows": sorted(rows, key=lambda row: row["number"]),
        "good": good,
        "bad": len(rows) - good,
        "lines": lines,
    }
