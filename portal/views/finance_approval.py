"""The yes to a batch, a batch that pauses, and one that goes on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import DomainError
from payouts.models import Batch, BatchStatus
from payouts.services import batches
from portal.access import ask_to_confirm, confirmed_lately, current_user, finance_required
from portal.batch_actions import act_with_reason
from portal.forms.staff import REASON_LENGTH
from portal.queries.staff_approval import TYPED
from portal.refusals import sentence


@finance_required
@require_POST
def batch_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say yes to exactly the content that the page showed, by a fresh passkey or code.

    What was ticked and written stays on the page until the yes is given.
    """
    batch, now = get_object_or_404(Batch, public_id=public_id), timezone.now()
    ticked = [int(text) for text in request.POST.getlist("looked_at") if text.isdecimal()]
    comment = request.POST.get("comment", "")[:REASON_LENGTH]
    kept = {"ticked": ticked, "comment": comment}
    request.session[TYPED] = {str(public_id): kept}
    page = reverse("portal:batch-detail", args=[public_id])
    if not confirmed_lately(request, now):
        messages.info(request, _("Confirm that it is you, then approve."), extra_tags="banner")
        return ask_to_confirm(request, page)
    try:
        batch = batches.approve(
            batch_id=batch.pk,
            actor_id=current_user(request).pk,
            content_hash=request.POST.get("content_hash", ""),
            looked_at=ticked,
            comment=comment,
            now=now,
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
        return redirect(page)
    request.session.pop(TYPED, None)
    waits = batch.status == BatchStatus.IN_REVIEW
    messages.success(
        request,
        _("Your approval is kept. Another person has to approve, too.")
        if waits
        else _("Approved. It can leave."),
    )
    return redirect(page)


@finance_required
@require_POST
def batch_pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let nothing more of a batch leave, for a reason."""
    return act_with_reason(request, public_id, batches.pause, _("Paused: nothing more leaves."))


@finance_required
@require_POST
def batch_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a paused batch go on, for a reason and by a fresh passkey or code."""
    if not confirmed_lately(request, timezone.now()):
        page = reverse("portal:batch-detail", args=[public_id])
        return ask_to_confirm(request, page)
    return act_with_reason(request, public_id, batches.resume, _("It goes on."))
