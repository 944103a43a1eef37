"""A payee's tax profile and self-billing mandate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.domain.tax import Declared, InvalidDeclaration, checked
from affiliates.models import Affiliate, Application, Payee, TaxProfile
from affiliates.services import mandates, tax
from core.errors import DomainError
from portal.access import current_affiliate, current_user, partner_may
from portal.downloads import file_response
from portal.forms.tax import TaxForm
from portal.mandate_pdf import mandate_pdf, words_of
from portal.refusals import sentence
from portal.sealed_form import demand_proof, typed
from portal.staff_actions import carry_out

CRUMBS = "/portal/payee/"


@partner_may(Ability.SEE_PAYEE, act=Ability.CHANGE_PAYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def tax_profile(request: HttpRequest) -> HttpResponse:
    """Show and change what the affiliate declares of its taxes.

    :raises ReauthenticationRequired: when valid details come from a session that is not fresh.
    """
    affiliate = current_affiliate(request)
    if affiliate.is_employee:
        return redirect("portal:payee")
    newest = tax.newest_of(affiliate.pk)
    form = TaxForm(typed(request) or None, initial=_initial(affiliate, newest))
    if request.method == "POST" and form.is_valid() and _is_sound(form):
        demand_proof(request)
        if _declare(request, form):
            messages.success(request, _("Your tax profile is saved."))
            return redirect("portal:payee")
    context = {
        "form": form,
        "profile": newest,
        "breadcrumbs": [(_("Payment details"), CRUMBS)],
    }
    status = 422 if form.is_bound else 200
    return render(request, "affiliate/tax.html", context, status=status)


def _is_sound(form: TaxForm) -> bool:
    """Say what cannot be true before anybody is asked who they are."""
    try:
        checked(Declared(**form.cleaned_data))
    except InvalidDeclaration as refusal:
        form.add_error(refusal.field, sentence(refusal))
    return not form.errors


def _declare(request: HttpRequest, form: TaxForm) -> bool:
    try:
        tax.declare(
            affiliate_id=current_affiliate(request).pk,
            actor_id=current_user(request).pk,
            now=timezone.now(),
            **form.cleaned_data,
        )
    except InvalidDeclaration as refusal:
        form.add_error(refusal.field, sentence(refusal))
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
    return not form.errors


def _initial(affiliate: Affiliate, newest: TaxProfile | None) -> dict[str, Any]:
    """What was declared last; at first, what is known from the application and the account."""
    if newest is not None:
        return {name: getattr(newest, name) for name in TaxForm.base_fields}
    application = Application.objects.filter(affiliate=affiliate).first()
    payee = Payee.objects.filter(affiliate=affiliate).first()
    return {
        "legal_form": application.legal_form if application else "",
        "country": affiliate.country,
        "legal_name": payee.legal_name if payee else "",
        "town": payee.town if payee else "",
    }


@partner_may(Ability.CHANGE_PAYEE)
@require_POST
def tax_confirm(request: HttpRequest) -> HttpResponse:
    """Say that the tax profile still holds."""
    carry_out(
        request,
        lambda: tax.confirm(
            affiliate_id=current_affiliate(request).pk,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Thank you. Your tax profile is confirmed."),
    )
    return redirect("portal:payee")


@partner_may(Ability.SEE_PAYEE, act=Ability.CHANGE_PAYEE)
@require_safe
def mandate(request: HttpRequest) -> HttpResponse:
    """Show the mandate to read and accept, or the one that was given."""
    affiliate, now = current_affiliate(request), timezone.now()
    if affiliate.is_employee:
        return redirect("portal:payee")
    live, text = mandates.live_of(affiliate.pk), mandates.text_at(now)
    is_asked = text is not None and (live is None or live.text_id != text.pk)
    shown = text if is_asked or live is None else live.text
    language = live.language if live and not is_asked else _language()
    context = {
        "live": live,
        "text": shown,
        "is_asked": is_asked,
        "read_in": language,
        "paragraphs": words_of(shown, language).split("\n\n") if shown else [],
        "past": affiliate.mandates.filter(ended_at__isnull=False)
        .select_related("text")
        .order_by("-accepted_at"),
        "breadcrumbs": [(_("Payment details"), CRUMBS)],
    }
    return render(request, "affiliate/mandate.html", context)


@partner_may(Ability.CHANGE_PAYEE)
@require_POST
def mandate_accept(request: HttpRequest) -> HttpResponse:
    """Give the mandate in the words that the page showed."""
    number = request.POST.get("text", "")
    carry_out(
        request,
        lambda: mandates.accept(
            affiliate_id=current_affiliate(request).pk,
            text_id=int(number) if number.isdecimal() and len(number) < 18 else 0,
            language=request.POST.get("language", ""),
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Thank you. We can write your invoices now."),
    )
    return redirect("portal:payee-mandate")


@partner_may(Ability.CHANGE_PAYEE)
@require_POST
def mandate_end(request: HttpRequest) -> HttpResponse:
    """Take the mandate back."""
    carry_out(
        request,
        lambda: mandates.end(
            affiliate_id=current_affiliate(request).pk,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Your mandate has ended. Nothing is paid until you give another one."),
    )
    return redirect("portal:payee-mandate")


@partner_may(Ability.SEE_PAYEE)
@require_safe
def mandate_file(request: HttpRequest) -> HttpResponse:
    """Send the mandate that was given as a PDF; without one, the text that is to be read."""
    affiliate = current_affiliate(request)
    live = mandates.live_of(affiliate.pk)
    text = live.text if live else mandates.text_at(timezone.now())
    if text is None or affiliate.is_employee:
        raise Http404
    body = mandate_pdf(affiliate, text, live, live.language if live else _language())
    name = f"mandate-{text.number}.pdf"
    return file_response(body, name=name, content_type="application/pdf")


def _language() -> str:
    return "fr" if (get_language() or "fr").startswith("fr") else "en"
