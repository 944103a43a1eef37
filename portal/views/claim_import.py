"""Many claims from a file: every line is shown first, then all are made or none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from payouts.queries.claim_view import affiliate_view
from payouts.services.claim_batches import LineResult, bring_in, rehearse
from portal.access import current_affiliate, current_user, partner_required
from portal.claim_files import COLUMNS, MOST_BYTES, MOST_LINES, ReadClaims, read_claims
from portal.claim_language import found_sentences, kind_name
from portal.refusals import sentence
from portal.views.claims import currency_of


class ClaimFileForm(forms.Form):
    """A file, or its lines as they were shown."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )
    lines = forms.CharField(
        label=gettext_lazy("Or paste the lines"),
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"}),
    )
    name = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Read the file, if there is one, in place of the lines.

        :raises ValidationError: for nothing at all, or too much.
        """
        cleaned = dict(self.cleaned_data)
        upload = cleaned.get("file")
        if upload is not None:
            if upload.size > MOST_BYTES:
                raise forms.ValidationError(_("The file is larger than 128 kB."))
            cleaned["lines"], cleaned["name"] = _decoded(upload.read()), upload.name[:120]
        if not cleaned.get("lines", "").strip():
            raise forms.ValidationError(_("Choose a file, or paste its lines."))
        return cleaned


@partner_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim_import(request: HttpRequest) -> HttpResponse:
    """Show what each line of a file would become; then make all of them, or none."""
    form = ClaimFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "columns": COLUMNS, "most": MOST_LINES}
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


def _decoded(content: bytes) -> str:
    """Return a file's text: UTF-8, or what an older spreadsheet writes."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
