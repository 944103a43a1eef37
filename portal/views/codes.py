"""Promo codes: the text to paste, what each code brought, and asking for one."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.domain.abilities import Ability
from core.errors import DomainError
from portal.access import current_affiliate, current_user, own, partner_may
from portal.display import StatusText
from portal.formats import format_bps, format_count, format_day
from portal.forms.code import CodeRequestForm, start_of
from portal.forms.link import end_of, last_day_of
from portal.queries.codes import CodeRow, code_rows, requests_of
from portal.refusals import sentence
from portal.status_language import request_status
from tracking.models import CodeRequest, CodeRequestStatus, CouponCode
from tracking.services import code_requests
from tracking.services.codes import CodeTaken, InvalidCode


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCard:
    """One promo code with its text and what it brought so far."""

    row: CodeRow
    validity: str
    uses: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One request and where it stands."""

    request: CodeRequest
    status: StatusText
    is_open: bool


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def code_list(request: HttpRequest) -> HttpResponse:
    """Show the promo codes of the affiliate, those that work first, and what it asked for."""
    affiliate = current_affiliate(request)
    codes = CouponCode.objects.select_related("shop", "affiliate").filter(affiliate=affiliate)
    rows = code_rows(codes.order_by("-valid_from", "-pk"), now=timezone.now())
    rows.sort(key=lambda row: row.status.code != "active")
    asked = [_request_row(one) for one in requests_of(affiliate.pk)]
    context = {
        "cards": [_card(row) for row in rows],
        "asked": asked,
        "may_ask": affiliate.is_active and not any(row.is_open for row in asked),
        "why_not": _("Your last request waits for an answer.")
        if affiliate.is_active
        else _("Your account is not active."),
        "affiliate": affiliate,
    }
    return render(request, "affiliate/code_list.html", context)


@partner_may(Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a promo code; what is refused says why and keeps what was typed."""
    affiliate, form = current_affiliate(request), CodeRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _ask(request, form):
        messages.success(request, _("Your request is sent. We answer by e-mail."))
        return redirect("portal:code-list")
    context = {"form": form, "affiliate": affiliate}
    status = 422 if form.is_bound else 200
    return render(request, "affiliate/code_request.html", context, status=status)


@partner_may(Ability.WORK)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request back."""
    asked = own(request, CodeRequest.objects.all(), pk=pk)
    try:
        code_requests.withdraw(
            request_id=asked.pk,
            affiliate_id=asked.affiliate_id,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("The request is withdrawn."))
    return redirect("portal:code-list")


def _ask(request: HttpRequest, form: CodeRequestForm) -> bool:
    cleaned = form.cleaned_data
    try:
        code_requests.ask(
            affiliate_id=current_affiliate(request).pk,
            shop_id=cleaned["shop"].pk,
            wanted=cleaned["wanted"],
            purpose=cleaned["purpose"],
            valid_from=start_of(cleaned["first_day"]),
            valid_to=end_of(cleaned["last_day"]),
            actor_id=current_user(request).pk,
            now=timezone.now(),
        )
    except (CodeTaken, InvalidCode) as refusal:
        form.add_error("wanted", sentence(refusal))
        return False
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return False
    return True


def _card(row: CodeRow) -> CodeCard:
    return CodeCard(row=row, validity=validity(row.code), uses=uses(row), text=_text(row.code))


def _request_row(request: CodeRequest) -> RequestRow:
    return RequestRow(
        request=request,
        status=request_status(request.status, reason=request.reason),
        is_open=request.status == CodeRequestStatus.OPEN,
    )


def uses(row: CodeRow) -> str:
    """Return ``12`` or ``12 of 100``."""
    if row.code.usage_limit is None:
        return format_count(row.orders)
    return _("{orders} of {limit}").format(
        orders=format_count(row.orders), limit=format_count(row.code.usage_limit)
    )


def validity(code: CouponCode) -> str:
    """Return the period of a code in words."""
    last = last_day_of(code.valid_to)
    if last is None:
        return _("Since {first}, without end").format(first=format_day(code.valid_from))
    return _("{first} to {last}").format(first=format_day(code.valid_from), last=format_day(last))


def _text(code: CouponCode) -> str:
    """A sentence to paste, with the mention that the law asks for."""
    if code.discount_bps:
        return _(
            "{discount} off at {shop} with my code {code}. Paid partnership: I earn a commission."
        ).format(discount=format_bps(code.discount_bps), shop=code.shop.name, code=code.code)
    return _("At {shop} with my code {code}. Paid partnership: I earn a commission.").format(
        shop=code.shop.name, code=code.code
    )
