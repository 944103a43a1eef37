"""Contracts of influencers for managers: who needs one, writing, offering and ending them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import audit
from influencers.models import Contract, ContractSignature, ContractStatus, ContractText
from influencers.queries.contract_texts import text_at
from influencers.services import contracts
from influencers.services.contract_words import document_of
from portal.access import current_user, manager_required
from portal.contract_language import (
    contract_status,
    period_text,
    progress_text,
    year_status,
)
from portal.contract_pdf import signature_facts
from portal.formats import in_paris
from portal.forms.contract import AgreedForm, ContractForm, EndForm, initial_of
from portal.queries import contracts as found
from portal.queries.contracts import ContractRow, Wanted
from portal.queries.staff_journal import journal
from portal.query_links import text as query_text
from portal.staff_actions import carry_out, say_errors, submitted
from portal.staff_filters import choice_chips

PAGE = 25


@manager_required
@require_safe
def contract_list(request: HttpRequest) -> HttpResponse:
    """Show every influencer's year against the amount from which a contract is mandatory."""
    search = query_text(request.GET, "q")
    rows = found.contract_rows(search, timezone.now())
    wanted = request.GET.get("state", Wanted.ALL)
    if wanted not in set(Wanted):
        wanted = Wanted.ALL
    numbers = found.counts(rows)
    options = [
        (Wanted.ALL, _("Everybody"), numbers[Wanted.ALL]),
        (Wanted.MISSING, _("Contract missing"), numbers[Wanted.MISSING]),
        (Wanted.NEAR, _("Contract needed soon"), numbers[Wanted.NEAR]),
        (Wanted.OFFERED, _("Waits for the signature"), numbers[Wanted.OFFERED]),
    ]
    kept = [row for row in rows if row.is_wanted(wanted)]
    page = Paginator(kept, PAGE).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "kept": [("state", request.GET.get("state", ""))],
        "chips": choice_chips(request.GET, "state", options, current=wanted, default=Wanted.ALL),
        "page": page,
        "rows": [_shown(row) for row in page],
        "is_narrowed": bool(search) or wanted != Wanted.ALL,
        "threshold": rows[0].year.threshold if rows else None,
    }
    return render(request, "manager/contract_list.html", context)


def _shown(row: ContractRow) -> dict[str, object]:
    threshold, contract = row.year.threshold, row.contract
    new = f"{reverse('portal:contract-new')}?affiliate={row.affiliate.public_id}"
    return {
        "row": row,
        "status": year_status(row.year),
        "progress": progress_text(row.year),
        "reached": max(0, row.year.counted.total.minor),
        "limit": threshold.limit.minor if threshold else 0,
        "contract": contract_status(contract) if contract else None,
        "period": period_text(contract) if contract else "",
        "href": reverse("portal:contract-detail", args=[contract.public_id]) if contract else new,
    }


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def contract_new(request: HttpRequest) -> HttpResponse:
    """Write another contract."""
    today = in_paris(timezone.now()).date()
    initial = {
        "affiliate": request.GET.get("affiliate"),
        "starts_on": today,
        "ends_on": today + timedelta(days=364),
    }
    form = ContractForm(request.POST or None, initial=initial)
    made = submitted(
        form,
        lambda: contracts.draft(
            key=form.cleaned_data["key"],
            affiliate_id=form.cleaned_data["affiliate"].pk,
            agreed=form.agreed(),
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if made is not None:
        return redirect("portal:contract-detail", made.public_id)
    context = {"form": form, "breadcrumbs": _breadcrumbs()}
    return render(
        request, "manager/contract_form.html", context, status=422 if form.is_bound else 200
    )


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def contract_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Fill a draft in anew; what was offered is shown instead."""
    contract = _contract(public_id)
    if contract.status != ContractStatus.DRAFT:
        return redirect("portal:contract-detail", public_id)
    form = AgreedForm(request.POST or None, initial=initial_of(contract))
    made = submitted(
        form,
        lambda: contracts.revise(
            contract_id=contract.pk,
            agreed=form.agreed(),
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if made is not None:
        return redirect("portal:contract-detail", public_id)
    context = {"form": form, "contract": contract, "breadcrumbs": _breadcrumbs()}
    return render(
        request, "manager/contract_form.html", context, status=422 if form.is_bound else 200
    )


@manager_required
@require_safe
def contract_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what a contract says, who signed it, and what the year comes to."""
    contract, now = _contract(public_id), timezone.now()
    signature = _signature(contract)
    year = found.year_of(contract.affiliate, now)
    language = "fr" if (get_language() or "fr").startswith("fr") else "en"
    status = contract.status
    context = {
        "contract": contract,
        "status": contract_status(contract),
        "period": period_text(contract),
        "document": document_of(contract, language),
        "read_in": language,
        "signature": signature_facts(contract, signature) if signature else [],
        "year": year,
        "year_status": year_status(year),
        "progress": progress_text(year),
        "reached": max(0, year.counted.total.minor),
        "gifts": found.gifts().filter(affiliate=contract.affiliate)[:10],
        "history": journal([contract]),
        "is_draft": status == ContractStatus.DRAFT,
        "newer_text": _newer_text(contract, now),
        "may_withdraw": status in {ContractStatus.DRAFT, ContractStatus.OFFERED},
        "may_end": status == ContractStatus.SIGNED,
        "end_form": EndForm(initial={"last_day": in_paris(now).date()}, auto_id="end-%s"),
        "breadcrumbs": _breadcrumbs(),
    }
    return render(request, "manager/contract_detail.html", context)


def _newer_text(contract: Contract, now: datetime) -> ContractText | None:
    """Return the text in force when a draft was written in another one."""
    if contract.status != ContractStatus.DRAFT:
        return None
    current = text_at(now)
    return current if current != contract.text else None


@manager_required
@require_POST
def contract_offer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put it before the influencer."""
    contract = _contract(public_id)
    carry_out(
        request,
        lambda: contracts.offer(
            contract_id=contract.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Offered. The influencer has a mail with the way to read and sign it."),
    )
    return redirect("portal:contract-detail", public_id)


@manager_required
@require_POST
def contract_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a draft or an offer back."""
    contract = _contract(public_id)
    carry_out(
        request,
        lambda: contracts.withdraw(
            contract_id=contract.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Withdrawn. There is nothing to sign any more."),
    )
    return redirect("portal:contract-detail", public_id)


@manager_required
@require_POST
def contract_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a signed contract."""
    contract, form = _contract(public_id), EndForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:contract-detail", public_id)
    carry_out(
        request,
        lambda: contracts.end(
            contract_id=contract.pk,
            last_day=form.cleaned_data["last_day"],
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The contract ends. The influencer has a mail that says when and why."),
    )
    return redirect("portal:contract-detail", public_id)


@manager_required
@require_safe
def contract_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the signed contract as it was stored. Looking at it is noted."""
    contract = _contract(public_id)
    signature = _signature(contract)
    if signature is None:
        raise Http404
    audit.record_look(
        actor=current_user(request), verb="contract.read", subject=contract, at=timezone.now()
    )
    return pdf_answer(contract, signature)


def pdf_answer(contract: Contract, signature: ContractSignature) -> HttpResponse:
    """Return the bytes that were stored when it was signed."""
    answer = HttpResponse(bytes(signature.body), content_type="application/pdf")
    name = f"contract-{contract.public_id}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _contract(public_id: UUID) -> Contract:
    return get_object_or_404(found.contracts(), public_id=public_id)


def _signature(contract: Contract) -> ContractSignature | None:
    rows = ContractSignature.objects.select_related("signed_by")
    return rows.filter(contract=contract).first()


def _breadcrumbs() -> list[tuple[str, str]]:
    return [(_("Contracts"), reverse("portal:contract-list"))]
