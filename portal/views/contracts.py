"""An influencer's contracts: read, signed or refused, and kept."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import AffiliateKind
from core.errors import DomainError
from influencers.models import Contract, ContractSignature, ContractStatus
from influencers.services import contracts
from influencers.services.contract_words import document_of
from portal.access import current_affiliate, current_user, own, partner_may
from portal.contract_language import contract_status, period_text, progress_text, year_status
from portal.contract_pdf import contract_pdf, signature_facts
from portal.forms.contract import SignForm
from portal.forms.staff import ReasonForm
from portal.queries import contracts as found
from portal.refusals import sentence
from portal.sealed_form import demand_proof, typed
from portal.staff_actions import carry_out, say_errors
from portal.views.manager_contracts import pdf_answer


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def contract_list(request: HttpRequest) -> HttpResponse:
    """Show the contracts, and what the year comes to: an influencer's alone."""
    affiliate, now = current_affiliate(request), timezone.now()
    is_influencer = affiliate.kind == AffiliateKind.INFLUENCER
    year = found.year_of(affiliate, now) if is_influencer else None
    context = {
        "rows": [
            {
                "contract": contract,
                "status": contract_status(contract),
                "period": period_text(contract),
                "href": reverse("portal:my-contract", args=[contract.public_id]),
            }
            for contract in found.own_contracts().filter(affiliate=affiliate)
        ],
        "year": year,
        "year_status": year_status(year) if year else None,
        "progress": progress_text(year) if year else "",
        "reached": max(0, year.counted.total.minor) if year else 0,
        "gifts": found.gifts().filter(affiliate=affiliate, taken_back_by__isnull=True)[:20],
    }
    return render(request, "affiliate/contract_list.html", context)


@partner_may(Ability.SEE_ACCOUNT, act=Ability.AGREE)
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a contract to read, and to sign while it waits for that."""
    return _page(request, own(request, found.own_contracts(), public_id=public_id))


@partner_may(Ability.AGREE)
@require_POST
def sign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sign what was read. A session alone is not enough: the person proves who they are first.

    :raises ReauthenticationRequired: when a valid signature comes from a session not fresh.
    """
    contract = own(request, found.own_contracts(), public_id=public_id)
    form = SignForm(typed(request))
    if form.is_valid():
        demand_proof(request)
        try:
            contracts.sign(
                contract_id=contract.pk,
                actor_id=current_user(request).pk,
                name=form.cleaned_data["name"],
                language=form.cleaned_data["language"],
                shown_sha256=form.cleaned_data["shown_sha256"],
                paper=contract_pdf,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("Thank you. The contract is signed."))
            return redirect("portal:my-contract", public_id)
    return _page(request, contract, form=form, status=422)


@partner_may(Ability.AGREE)
@require_POST
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that it is not signed, and why."""
    contract = own(request, found.own_contracts(), public_id=public_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:my-contract", public_id)
    carry_out(
        request,
        lambda: contracts.refuse(
            contract_id=contract.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("The programme team reads your reason."),
    )
    return redirect("portal:my-contract", public_id)


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def document(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send the signed contract, as it was stored."""
    contract = own(request, found.own_contracts(), public_id=public_id)
    signature = _signature(contract)
    if signature is None:
        raise Http404
    return pdf_answer(contract, signature)


def _page(
    request: HttpRequest, contract: Contract, *, form: SignForm | None = None, status: int = 200
) -> HttpResponse:
    signature = _signature(contract)
    spoken = "fr" if (get_language() or "fr").startswith("fr") else "en"
    language = signature.language if signature else spoken
    words = document_of(contract, language)
    fresh = {"language": language, "shown_sha256": words.sha256}
    if form is not None:
        # What is signed is what this page shows, whatever an older page sent.
        form.data = {**request.POST.dict(), **fresh}
    context = {
        "contract": contract,
        "status": contract_status(contract),
        "period": period_text(contract),
        "document": words,
        "read_in": language,
        "signature": signature_facts(contract, signature) if signature else [],
        "may_decide": contract.status == ContractStatus.OFFERED,
        "form": form or SignForm(initial=fresh),
        "breadcrumbs": [(_("Contracts"), reverse("portal:my-contracts"))],
    }
    return render(request, "affiliate/contract_detail.html", context, status=status)


def _signature(contract: Contract) -> ContractSignature | None:
    rows = ContractSignature.objects.select_related("signed_by")
    return rows.filter(contract=contract).first()
