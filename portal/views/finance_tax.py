"""Taxes of payees: who is not in order, what they declared, and the texts of the mandate."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from affiliates.models import MandateText
from affiliates.services import mandates
from core.money import Money
from payouts.domain.currency import CURRENCY
from portal.access import current_user, finance_required
from portal.formats import in_paris
from portal.forms.tax import MandateTextForm
from portal.queries import tax as found
from portal.query_links import text as query_text
from portal.staff_actions import submitted
from portal.staff_filters import choice_chips
from portal.tax_words import facts, history, said, vat_status

PAGE = 25
ANY, EVERYBODY = "any", "everybody"


@finance_required
@require_safe
def tax_list(request: HttpRequest) -> HttpResponse:
    """Show the payees whose taxes or mandate need somebody."""
    search = query_text(request.GET, "q")
    rows = found.tax_rows(list(found.payees(search)), timezone.now())
    wanted = request.GET.get("problem", ANY)
    if wanted not in {EVERYBODY, *found.Problem}:
        wanted = ANY
    page = Paginator([row for row in rows if _is_wanted(row, wanted)], PAGE).get_page(
        request.GET.get("page")
    )
    options = [
        (ANY, _("Anything to do"), sum(bool(row.problems) for row in rows)),
        *(
            (problem, label, sum(problem in row.problems for row in rows))
            for problem, (label, _tone) in found.PROBLEMS.items()
        ),
        (EVERYBODY, _("Everybody"), len(rows)),
    ]
    context = {
        "search": search,
        "kept": [("problem", request.GET.get("problem", ""))],
        "chips": choice_chips(request.GET, "problem", options, current=wanted, default=ANY),
        "page": page,
        "rows": [
            (row, reverse("portal:tax-detail", args=[row.affiliate.public_id])) for row in page
        ],
        "asks_register": bool(settings.VIES_URL),
    }
    return render(request, "finance/tax_list.html", context)


def _is_wanted(row: found.TaxRow, wanted: str) -> bool:
    return wanted == EVERYBODY or (bool(row.problems) if wanted == ANY else wanted in row.problems)


@finance_required
@require_safe
def tax_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what a payee declared, version by version, its mandates and its changes."""
    affiliate = get_object_or_404(found.payees(), public_id=public_id)
    now = timezone.now()
    row = found.tax_rows([affiliate], now)[0]
    limit = found.threshold(now)
    profiles = affiliate.tax_profiles.select_related("declared_by")
    changes = affiliate.payee_changes.select_related("by").order_by("-at", "-pk")
    context = {
        "affiliate": affiliate,
        "row": row,
        "profile": row.standing.profile,
        "facts": facts(row.standing.profile) if row.standing.profile else [],
        "vat": vat_status(row.standing.profile) if row.standing.profile else None,
        "missing": said(row.standing.missing),
        "limit": None if limit is None else Money(limit, CURRENCY),
        "versions": [(one, vat_status(one)) for one in profiles.order_by("-declared_at", "-pk")],
        "mandates": affiliate.mandates.select_related("text", "accepted_by").order_by(
            "-accepted_at", "-pk"
        ),
        "changes": history(changes, now),
        "breadcrumbs": [(_("Taxes"), reverse("portal:tax-list"))],
    }
    return render(request, "finance/tax_detail.html", context)


@finance_required
@require_safe
def text_list(request: HttpRequest) -> HttpResponse:
    """Show the texts of the mandate, newest first."""
    now = timezone.now()
    context = {
        "rows": [
            (text, reverse("portal:mandate-text-detail", args=[text.number]))
            for text in found.mandate_texts()
        ],
        "current": mandates.text_at(now),
        "breadcrumbs": [(_("Taxes"), reverse("portal:tax-list"))],
    }
    return render(request, "finance/mandate_text_list.html", context)


@finance_required
@require_safe
def text_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Show one text in both languages."""
    text = get_object_or_404(MandateText.objects.select_related("author"), number=number)
    context = {
        "text": text,
        "french": text.text_fr.split("\n\n"),
        "english": text.text_en.split("\n\n"),
        "breadcrumbs": [
            (_("Taxes"), reverse("portal:tax-list")),
            (_("Texts of the mandate"), reverse("portal:mandate-text-list")),
        ],
    }
    return render(request, "finance/mandate_text_detail.html", context)


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def text_new(request: HttpRequest) -> HttpResponse:
    """Write another text, beginning with the words of the newest."""
    now = timezone.now()
    newest = MandateText.objects.order_by("-number").first()
    initial = {
        "text_fr": newest.text_fr if newest else "",
        "text_en": newest.text_en if newest else "",
        "valid_from": in_paris(now + timedelta(days=30)).date(),
    }
    form = MandateTextForm(request.POST or None, initial=initial)
    text = submitted(
        form,
        lambda: mandates.publish(
            text_fr=form.cleaned_data["text_fr"],
            text_en=form.cleaned_data["text_en"],
            valid_from=form.begins_at(now),
            actor_id=current_user(request).pk,
            now=now,
        ),
    )
    if text is not None:
        return redirect("portal:mandate-text-detail", text.number)
    context = {
        "form": form,
        "breadcrumbs": [
            (_("Taxes"), reverse("portal:tax-list")),
            (_("Texts of the mandate"), reverse("portal:mandate-text-list")),
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "finance/mandate_text_new.html", context, status=status)
