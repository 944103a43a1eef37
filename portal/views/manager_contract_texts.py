"""The clauses of contracts that are the same for everybody: read, and written anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from influencers.models import ContractText
from influencers.queries.contract_texts import changed_clauses, newest_text, text_at, texts
from influencers.services import contract_texts
from influencers.services.contract_words import heading_of, text_document
from portal.access import Role, current_user, roles_of
from portal.formats import in_paris
from portal.forms.contract_text import ContractTextForm, initial_of
from portal.queries.staff_journal import journal
from portal.staff_access import staff_required
from portal.staff_actions import submitted

Crumbs = list[tuple[str, str]]


@staff_required
@require_safe
def text_list(request: HttpRequest) -> HttpResponse:
    """Show every version, the newest first, and which is in force."""
    now = timezone.now()
    current = text_at(now)
    context = {
        "rows": [
            {
                "text": text,
                "is_current": current is not None and text.pk == current.pk,
                "is_to_come": text.valid_from > now,
                "href": reverse("portal:contract-text-detail", args=[text.number]),
            }
            for text in texts()
        ],
        "breadcrumbs": _contracts(request),
    }
    return render(request, "manager/contract_text_list.html", context)


@staff_required
@require_safe
def text_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Show one version in both languages, with its digest and what it changed."""
    text = get_object_or_404(texts(), number=number)
    before = ContractText.objects.filter(number__lt=number).order_by("-number").first()
    changed = changed_clauses(before, text.clauses_fr, text.clauses_en) if before else []
    now = timezone.now()
    context = {
        "text": text,
        "before": before,
        "is_current": text_at(now) == text,
        "is_to_come": text.valid_from > now,
        "changed": [heading_of(clause) for clause in changed],
        "documents": _documents(text.clauses_fr, text.clauses_en),
        "history": journal([text]),
        "breadcrumbs": _texts(request),
    }
    return render(request, "manager/contract_text_detail.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def text_new(request: HttpRequest) -> HttpResponse:
    """Write another version, beginning with the words of the newest; publish what was previewed."""
    now, newest = timezone.now(), newest_text()
    tomorrow = in_paris(now).date() + timedelta(days=1)
    form = ContractTextForm(
        request.POST or None, initial={**initial_of(newest), "valid_from": tomorrow}
    )
    is_in_order = form.is_bound and form.is_valid()
    if is_in_order and request.POST.get("seen") == form.digest():
        text = submitted(
            form,
            lambda: contract_texts.publish(
                clauses_fr=form.clauses("fr"),
                clauses_en=form.clauses("en"),
                valid_from=form.begins_at(now),
                actor_id=current_user(request).pk,
                now=now,
            ),
        )
        if text is not None:
            messages.success(request, _("Published. Contracts written from its first day have it."))
            return redirect("portal:contract-text-detail", text.number)
    context = {
        "form": form,
        "newest": newest,
        "preview": _preview(form, newest) if is_in_order else None,
        "breadcrumbs": _texts(request),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "manager/contract_text_new.html", context, status=status)


def _preview(form: ContractTextForm, newest: ContractText | None) -> dict[str, Any]:
    """Return what was typed as it would be read, with the digest that says what was shown."""
    french, english = form.clauses("fr"), form.clauses("en")
    digest = form.digest()
    return {
        "documents": _documents(french, english),
        "changed": [heading_of(one) for one in changed_clauses(newest, french, english)],
        "sha256": digest,
        "is_known": newest is not None and newest.sha256 == digest,
    }


def _documents(clauses_fr: dict[str, str], clauses_en: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"language": "fr", "document": text_document(_("French"), clauses_fr, "fr")},
        {"language": "en", "document": text_document(_("English"), clauses_en, "en")},
    ]


def _contracts(request: HttpRequest) -> Crumbs:
    """Where contracts are to managers; finance comes from taxes."""
    if Role.MANAGER in roles_of(request.user):
        return [(_("Contracts"), reverse("portal:contract-list"))]
    return [(_("Taxes"), reverse("portal:tax-list"))]


def _texts(request: HttpRequest) -> Crumbs:
    return [*_contracts(request), (_("Contract texts"), reverse("portal:contract-text-list"))]
