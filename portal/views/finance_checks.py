"""The proof that transfers, commissions, batches and payouts tell one story."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payouts.services import checks as ledger_checks
from portal.access import current_user, finance_required
from portal.queries import staff_checks


@finance_required
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """Show what is compared, and the last result."""
    context = {"result": staff_checks.last_check(), "compared": _compared()}
    return render(request, "finance/checks.html", context)


@finance_required
@require_POST
def checks_run(request: HttpRequest) -> HttpResponse:
    """Compare everything now."""
    ledger_checks.run(actor_id=current_user(request).pk, now=timezone.now())
    return redirect("portal:checks")


def _compared() -> list[str]:
    return [
        _("Every balance by the ledger, against the same balance by commissions and payments."),
        _("Pending and reserved balances: never below zero."),
        _("Every commission, correction and payment, against its transfer: never one alone."),
        _("Every commission, against the sum of its lines; what is left of it, never below zero."),
        _("Every payment, against the sum of its lines; every batch, against its payments."),
        _("Every commission that counts as paid, against a payment that left: one, and only one."),
        _("What is due to each affiliate, against the lines that no payment has taken."),
        _("What is left of each line, against what came back; each hold, against the terms."),
        _("The chain of the audit trail, entry by entry; it still holds what earlier checks saw."),
        _("Orders, credits and returns: none left behind for more than a day."),
    ]
