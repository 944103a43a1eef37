"""Payment details: who is paid, and on which account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from affiliates.domain.abilities import Ability
from affiliates.domain.tax import Freshness
from affiliates.models import Affiliate, Payee
from affiliates.queries import terms_for
from affiliates.services import payees
from core.errors import DomainError
from portal import tax_words
from portal.access import current_affiliate, current_user, partner_may
from portal.countries import country_name
from portal.formats import format_day
from portal.forms.payee import PayeeForm
from portal.payment_outlook import outlook
from portal.queries.tax import Problem, tax_rows
from portal.refusals import sentence
from portal.sealed_form import demand_proof, typed

SHOWN_CHANGES = 20


@partner_may(Ability.SEE_PAYEE, act=Ability.CHANGE_PAYEE)
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
    form = PayeeForm(typed(request) or None, initial=_initial(affiliate, current))
    if request.method == "POST" and form.is_valid():
        demand_proof(request)
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
            **_taxes(affiliate, now, has_account=current is not None),
        },
        status=422 if form.is_bound else 200,
    )


def _taxes(affiliate: Affiliate, now: datetime, *, has_account: bool) -> dict[str, Any]:
    """What was declared, what is missing before a payout, and what changed."""
    row = tax_rows([affiliate], now)[0]
    standing = row.standing
    changes = affiliate.payee_changes.select_related("by").order_by("-at", "-pk")
    to_do = tax_words.to_do(standing, has_account=has_account)
    return {
        "profile": standing.profile,
        "tax_facts": tax_words.facts(standing.profile) if standing.profile else [],
        "vat": tax_words.vat_status(standing.profile) if standing.profile else None,
        "may_confirm": standing.profile is not None and standing.freshness != Freshness.FRESH,
        "passed": row.paid if Problem.THRESHOLD in row.problems else None,
        "mandate": standing.mandate,
        "is_asked_for_mandate": standing.is_asked_for_mandate,
        "to_do": [] if all(item.done for item in to_do) else to_do,
        "changes": tax_words.history(changes[:SHOWN_CHANGES], now),
        "cooling": changes.filter(cools_until__gt=now).aggregate(until=Max("cools_until"))["until"],
    }


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
