"""Decisions that wait for a second person, and from which amount on they do."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.money import Money
from fraud.models import CaseProposal, DecisionLimit
from fraud.services import case_proposals
from portal.access import current_user, manager_required
from portal.forms.case import LimitForm
from portal.forms.staff import ReasonForm
from portal.payment_outlook import FALLBACK_CURRENCY
from portal.staff_actions import carry_out, carry_out_form, submitted


@manager_required
@require_POST
def proposal_agree(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Decide as a colleague proposed."""
    made = _find(public_id)
    carry_out(
        request,
        lambda: case_proposals.agree(
            proposal_id=made.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Decided, and the affiliate told by e-mail."),
    )
    return _back(made)


@manager_required
@require_POST
def proposal_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say no to what a colleague proposed, and why."""
    made, form = _find(public_id), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: case_proposals.decline(
            proposal_id=made.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("Not agreed to. The case waits on, and the affiliate knows nothing of it."),
    )
    return _back(made)


@manager_required
@require_POST
def proposal_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back what one has proposed."""
    made = _find(public_id)
    carry_out(
        request,
        lambda: case_proposals.withdraw(
            proposal_id=made.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Taken back. The case waits on."),
    )
    return _back(made)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_limit(request: HttpRequest) -> HttpResponse:
    """Show from which amount on two people decide, and change it."""
    holds = DecisionLimit.at(timezone.now())
    if request.method == "POST":
        form = LimitForm(request.POST)
        if submitted(form, lambda: _change(request, form)):
            messages.success(request, _("The limit holds from now on."))
            return redirect("portal:review-limit")
    else:
        amount = None if holds is None else _money(holds).to_decimal()
        form = LimitForm(initial={"amount": amount})
    context = {
        "form": form,
        "holds": None if holds is None else _money(holds),
        "rows": [
            {"row": row, "amount": None if row.from_minor is None else _money(row.from_minor)}
            for row in DecisionLimit.objects.select_related("author").order_by("-valid_from")[:50]
        ],
        "breadcrumbs": [(_("Reviews"), reverse("portal:review-list"))],
    }
    status = 422 if form.is_bound else 200
    return render(request, "manager/review_limit.html", context, status=status)


def _change(request: HttpRequest, form: LimitForm) -> bool:
    amount: Decimal | None = form.cleaned_data["amount"]
    case_proposals.change_limit(
        from_minor=None if amount is None else Money.from_decimal(amount, FALLBACK_CURRENCY).minor,
        reason=form.cleaned_data["reason"],
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )
    return True


def _money(minor: int) -> Money:
    return Money(minor, FALLBACK_CURRENCY)


def _find(public_id: UUID) -> CaseProposal:
    return get_object_or_404(CaseProposal.objects.select_related("case"), public_id=public_id)


def _back(made: CaseProposal) -> HttpResponse:
    return redirect("portal:review-detail", made.case.public_id)
