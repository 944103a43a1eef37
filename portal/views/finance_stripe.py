"""Batches that Stripe pays: begin now, watch them, decide about what nobody knows."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from payouts.models import Batch, Item
from payouts.services import stripe_runs, stripe_unknown
from payouts.services.stripe_unknown import Decision
from portal.access import current_user, finance_required
from portal.forms.staff import ReasonForm
from portal.queries.staff_stripe import run_of
from portal.staff_actions import carry_out, carry_out_form


@finance_required
@require_POST
def start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin an approved batch before its day."""
    batch = _find(public_id)
    carry_out(
        request,
        lambda: stripe_runs.start(
            batch_id=batch.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("It begins. Each payment is written down as Stripe confirms it."),
    )
    return redirect("portal:batch-detail", public_id)


@finance_required
@require_safe
def watch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return how far a batch is, for the page that shows it."""
    return render(request, "finance/_stripe_progress.html", run_of(_find(public_id)))


@finance_required
@require_POST
def decide(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Say what becomes of a payout that nobody knows about; a second person confirms."""
    item = get_object_or_404(Item, batch=_find(public_id), public_id=item_id)
    wanted = Decision.AGAIN if request.POST.get("decision") == Decision.AGAIN else Decision.RELEASE
    form = ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: stripe_unknown.decide(
            item_id=item.pk,
            decision=wanted,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("Written down. Stripe was asked once more; a second person has to agree."),
    )
    return redirect("portal:batch-detail", public_id)


def _find(public_id: UUID) -> Batch:
    return get_object_or_404(Batch, public_id=public_id)
