"""Claims of an affiliate: the list, a new one, one with its answer, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Programme
from affiliates.queries import terms_for
from core.attachments import content_type
from core.errors import DomainError
from core.money import Money
from payouts.models import Claim, ClaimKind, ClaimStatus, Commission, CommissionStatus
from payouts.queries.claim_view import affiliate_view
from payouts.queries.claims import asked_of, claims_of
from payouts.services import claims
from payouts.services.claim_deadlines import reply_due
from payouts.services.claim_evidence import find_order, gather
from payouts.services.claim_rules import (
    AmountImpossible,
    DayOutside,
    NumberMissing,
    Wanted,
    WordsMissing,
    claims_left,
    first_day,
)
from portal.access import current_affiliate, current_user, own, partner_may
from portal.claim_language import claim_status, found_sentences, kind_name
from portal.claim_thread import thread_of
from portal.display import StatusText
from portal.formats import in_paris
from portal.forms.claim import ClaimForm, ReplyForm
from portal.payment_outlook import FALLBACK_CURRENCY
from portal.refusals import sentence
from portal.sale_references import credit_of, sale_reference
from portal.staff_actions import carry_out
from tracking.models import Credit

PAGE = 25
_FIELD_OF = {
    NumberMissing.code: "order_number",
    DayOutside.code: "ordered_on",
    AmountImpossible.code: "amount",
    WordsMissing.code: "text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One claim in the list."""

    claim: Claim
    kind: str
    status: StatusText
    granted: Money | None

    @property
    def href(self) -> str:
        """Where it is read."""
        return reverse("portal:claim-detail", args=[self.claim.public_id])


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def claim_list(request: HttpRequest) -> HttpResponse:
    """Show what the affiliate claimed and where each claim stands."""
    affiliate, now, programme = current_affiliate(request), timezone.now(), Programme.get()
    page = Paginator(claims_of(affiliate.pk), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(claim, programme) for claim in page],
        "asked": asked_of(affiliate.pk),
        "first_day": first_day(now),
        "left": claims_left(affiliate.pk, now=now),
    }
    return render(request, "affiliate/claim_list.html", context)


@partner_may(Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def claim_new(request: HttpRequest) -> HttpResponse:
    """Claim something; ``?sale=`` begins with a sale of theirs. What is refused says why."""
    now = timezone.now()
    if request.method == "POST":
        form = ClaimForm(request.POST, request.FILES)
        claim = _make(request, form, now) if form.is_valid() else None
        if claim is not None:
            messages.success(request, _("Your claim is sent. You find the answer here."))
            return redirect("portal:claim-detail", claim.public_id)
    else:
        form = ClaimForm(initial=_about_sale(request))
    context = {
        "form": form,
        "first_day": first_day(now),
        "left": claims_left(current_affiliate(request).pk, now=now),
    }
    status = 422 if form.is_bound else 200
    return render(request, "affiliate/claim_new.html", context, status=status)


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def claim_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one claim: what was said, what our records say now, the answer."""
    return _page(request, _own(request, public_id), ReplyForm())


@partner_may(Ability.WORK)
@require_POST
def claim_reply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer the team's question."""
    claim, form = _own(request, public_id), ReplyForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            claims.reply(
                claim_id=claim.pk,
                affiliate_id=claim.affiliate_id,
                text=form.cleaned_data["text"],
                proof=form.cleaned_data["proof"],
                actor_id=current_user(request).pk,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("Your answer is sent."))
            return redirect("portal:claim-detail", public_id)
    return _page(request, claim, form, status=422)


@partner_may(Ability.WORK)
@require_POST
def claim_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a claim back."""
    claim = _own(request, public_id)
    carry_out(
        request,
        lambda: claims.withdraw(
            claim_id=claim.pk,
            affiliate_id=claim.affiliate_id,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The claim is withdrawn."),
    )
    return redirect("portal:claim-detail", public_id)


@partner_may(Ability.SEE_WORK)
@require_safe
def claim_proof(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Send a file of one's own claim: 0 is the claim's, others are those of its messages."""
    return proof_response(_own(request, public_id), number)


def proof_response(claim: Claim, number: int) -> HttpResponse:
    """Return a kept file to be saved, never to be shown by the browser.

    :raises Http404: when there is none.
    """
    source: Any = claim if number == 0 else claim.messages.filter(pk=number).first()
    if source is None or not source.proof_name or source.proof is None:
        raise Http404
    body = bytes(source.proof)
    return HttpResponse(
        body,
        content_type=content_type(body),
        headers={
            "Content-Disposition": f'attachment; filename="{_ascii(source.proof_name)}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def currency_of(affiliate_id: int, now: datetime) -> str:
    """Return the currency in which an affiliate types amounts."""
    terms = terms_for(affiliate_id, now)
    return terms.currency if terms else FALLBACK_CURRENCY


def _ascii(name: str) -> str:
    return "".join(sign if sign.isascii() else "_" for sign in name)


def _own(request: HttpRequest, public_id: UUID) -> Claim:
    rows = Claim.objects.select_related("affiliate", "order__shop", "commission", "proposal")
    return own(request, rows.defer("proof"), public_id=public_id)


def _row(claim: Claim, programme: Programme) -> ClaimRow:
    is_granted = claim.status == ClaimStatus.GRANTED
    granted = claim.proposal.amount if is_granted and claim.proposal else None
    return ClaimRow(
        claim=claim,
        kind=kind_name(claim.kind),
        status=claim_status(
            claim.status,
            due_at=reply_due(claim, programme) or claim.due_at,
            answer=claim.answer,
        ),
        granted=granted,
    )


def _about_sale(request: HttpRequest) -> dict[str, Any]:
    """Return the beginning of a claim about one of the affiliate's own sales."""
    asked = request.GET.get("sale", "")
    if not asked.isdecimal() or len(asked) > 18:
        return {"kind": ClaimKind.MISSING}
    credit = own(request, Credit.objects.select_related("order"), pk=int(asked))
    refused = Commission.objects.filter(credit=credit, status=CommissionStatus.REVERSED).exists()
    return {
        "kind": ClaimKind.DECLINED if refused else ClaimKind.WRONG,
        "order_number": sale_reference(credit.pk),
        "ordered_on": in_paris(credit.order.placed_at).date(),
    }


def _make(request: HttpRequest, form: ClaimForm, now: datetime) -> Claim | None:
    affiliate, typed = current_affiliate(request), form.cleaned_data
    currency = currency_of(affiliate.pk, now)
    amount = typed["amount"]
    wanted = Wanted(
        affiliate_id=affiliate.pk,
        kind=typed["kind"],
        order_number=typed["order_number"],
        ordered_on=typed["ordered_on"],
        amount_minor=None if amount is None else Money.from_decimal(amount, currency).minor,
        text=typed["text"],
        proof=typed["proof"],
        credit_id=credit_of(typed["order_number"]),
    )
    try:
        return claims.open_claim(wanted, actor_id=current_user(request).pk, now=now)
    except DomainError as refusal:
        form.add_error(_FIELD_OF.get(refusal.code), sentence(refusal))
        return None


def _page(
    request: HttpRequest, claim: Claim, form: ReplyForm, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    order = claim.order or find_order(claim.order_number, claim.ordered_on)
    view = affiliate_view(gather(claim, order, now=now))
    is_open = claim.status in (ClaimStatus.OPEN, ClaimStatus.QUESTION)
    context = {
        "claim": claim,
        "row": _row(claim, Programme.get()),
        "claimed": Money(claim.amount_minor, claim.currency) if claim.amount_minor else None,
        "view": view,
        "found": found_sentences(view),
        "sale_url": reverse("portal:sale-detail", args=[view.credit_id]) if view.credit_id else "",
        "thread": thread_of(claim, "portal:claim-proof"),
        "form": form,
        "is_open": is_open,
        "is_asked": claim.status == ClaimStatus.QUESTION,
        "is_decided": claim.status in (ClaimStatus.GRANTED, ClaimStatus.DECLINED),
        "may_withdraw": is_open and claim.proposal is None,
    }
    return render(request, "affiliate/claim_detail.html", context, status=status)
