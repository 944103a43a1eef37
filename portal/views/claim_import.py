"""Many claims from a file: every line is shown first, then all are made or none."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from affiliates.domain.abilities import Ability
from affiliates.models import Programme
from core.errors import DomainError
from payouts.queries.claim_view import affiliate_view
from payouts.services.claim_batches import LineResult, bring_in, rehearse
from portal.access import current_affiliate, current_user, partner_may
from portal.claim_files import COLUMNS, MOST_BYTES, ReadClaims, read_claims
from portal.claim_language import found_sentences, kind_name
from portal.forms.lines import LinesForm
from portal.refusals import sentence
from portal.views.claims import currency_of


class ClaimFileForm(LinesForm):
    """A file of claims, or its lines as they were shown."""

    most_bytes = MOST_BYTES


@partner_may(Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def claim_import(request: HttpRequest) -> HttpResponse:
    """Show what each line of a file would become; then make all of them, or none."""
    form = ClaimFileForm(request.POST or None, request.FILES or None)
    most = Programme.get().claim_lines_most
    context: dict[str, Any] = {"form": form, "columns": COLUMNS, "most": most}
    if request.method == "POST" and form.is_valid():
        try:
            done = _work(request, form, context)
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            if done is not None:
                return done
    failed = form.is_bound and not form.is_valid()
    return render(request, "affiliate/claim_import.html", context, status=422 if failed else 200)


def _work(
    request: HttpRequest, form: ClaimFileForm, context: dict[str, Any]
) -> HttpResponse | None:
    """Make the claims of a file without fault, or put what ails it into ``context``."""
    affiliate, now = current_affiliate(request), timezone.now()
    read = read_claims(
        form.cleaned_data["lines"],
        affiliate_id=affiliate.pk,
        currency=currency_of(affiliate.pk, now),
        name=form.cleaned_data["name"],
        most=context["most"],
    )
    is_clean = bool(read.lines) and not read.errors
    if request.POST.get("act") == "make" and is_clean:
        made, there = bring_in(read.lines, actor_id=current_user(request).pk, now=now)
        return _done(request, len(made), len(there))
    results = rehearse(read.lines, now=now)
    context |= _rehearsed(read, results)
    context |= {"lines": form.cleaned_data["lines"], "name": form.cleaned_data["name"]}
    return None


def _done(request: HttpRequest, made: int, there: int) -> HttpResponse:
    said = ngettext("%(n)s claim is sent.", "%(n)s claims are sent.", made) % {"n": made}
    if there:
        said += " " + ngettext(
            "%(n)s was open already.", "%(n)s were open already.", there
        ) % {"n": there}  # fmt: skip
    messages.success(request, said)
    return redirect("portal:claim-list")


def _rehearsed(read: ReadClaims, results: list[LineResult]) -> dict[str, Any]:
    rows = [_row(result) for result in results]
    rows += [
        {"number": number, "order": "", "kind": "", "error": error, "found": ""}
        for number, error in read.errors
    ]
    bad = sum(bool(row["error"]) for row in rows)
    return {
        "rows": sorted(rows, key=lambda row: row["number"]),
        "good": len(rows) - bad,
        "bad": bad,
    }


def _row(result: LineResult) -> dict[str, Any]:
    wanted, found = result.line.wanted, ""
    if result.is_there:
        found = _("This claim is open already: nothing is made of the line.")
    elif result.evidence is not None:
        found = found_sentences(affiliate_view(result.evidence))[0]
    return {
        "number": result.line.number,
        "order": wanted.order_number,
        "kind": kind_name(wanted.kind),
        "error": sentence(result.refusal) if result.refusal else "",
        "found": found,
    }
