"""Payment details: who is paid, and on which account."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from affiliates.models import Affiliate, Payee
from affiliates.queries import terms_for
from affiliates.services import payees
from core import crypto
from core.errors import DomainError
from portal.access import current_affiliate, current_user, partner_required
from portal.countries import country_name
from portal.formats import format_day
from portal.forms.payee import PayeeForm
from portal.payment_outlook import outlook
from portal.refusals import sentence

SEALED = "sealed"


@partner_required
@require_http_methods(["GET", "HEAD", "POST"])
def payee(request: HttpRequest) -> HttpResponse:
    """Show and change where the affiliate is paid. Employees are paid with their salary.

    :raises ReauthenticationRequired: when valid details come from a session that is not fresh.
    """
    affiliate = current_affiliate(request)
    now = timezone.now()
    terms = terms_for(affiliate.pk, now)
    if affiliate.is_employee:
        return render(
            request,
            "affiliate/payee_employee.html",
            {"affiliate": affiliate, "outlook": outlook(affiliate, terms, now)},
        )
    current = Payee.objects.filter(affiliate=affiliate).first()
    form = PayeeForm(_typed(request) or None, initial=_initial(affiliate, current))
    if request.method == "POST" and form.is_valid():
        _demand_proof(request)
        try:
            payees.save_details(
                affiliate_id=affiliate.pk,
                actor_id=current_user(request).pk,
                now=now,
                **form.cleaned_data,
            )
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("Your payment details are saved."))
            return redirect("portal:payee")
    return render(
        request,
        "affiliate/payee.html",
        {
            "form": form,
            "payee": current,
            "details": _details(current) if current else [],
            "outlook": outlook(affiliate, terms, now),
        },
        status=422 if form.is_bound else 200,
    )


def _typed(request: HttpRequest) -> QueryDict:
    """Return what was typed, also when it waited for a proof of identity.

    :raises SuspiciousOperation: for a seal that is not ours.
    """
    sealed = request.POST.get(SEALED)
    if not sealed:
        return request.POST
    try:
        return QueryDict(crypto.decrypt(sealed))
    except InvalidToken as error:
        raise SuspiciousOperation("These payment details were not sealed here.") from error


def _demand_proof(request: HttpRequest) -> None:
    """A stolen session alone must not lead the money elsewhere.

    allauth keeps the request in the session meanwhile and repeats it: without an IBAN in clear.

    :raises ReauthenticationRequired: unless the person has just proved who they are.
    """
    if settings.ON_THIS_MACHINE or did_recently_reauthenticate(request):
        return
    sealed = QueryDict(mutable=True)
    sealed[SEALED] = crypto.encrypt(_typed(request).urlencode())
    request.POST = sealed  # type: ignore[assignment]
    raise ReauthenticationRequired


def _initial(affiliate: Affiliate, current: Payee | None) -> dict[str, str]:
    """The IBAN is never put back into a page."""
    if current is None:
        return {"country": affiliate.country}
    return {
        "legal_name": current.legal_name,
        "country": current.country,
        "town": current.town,
    }


def _details(current: Payee) -> list[tuple[str, str]]:
    rows = [
        (_("Legal name"), current.legal_name),
        (_("IBAN"), f"•••• {current.iban_last4}"),
        (_("Country"), country_name(current.country)),
        (_("Town"), current.town),
        (_("Last changed"), format_day(current.changed_at)),
    ]
    return [(label, value) for label, value in rows if value]
