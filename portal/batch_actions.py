"""One act about a batch, for a reason, from a dialog on its page."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from payouts.models import Batch
from portal.access import current_user
from portal.forms.staff import ReasonForm
from portal.staff_actions import carry_out_form


def act_with_reason(
    request: HttpRequest, public_id: UUID, service: Callable[..., object], done: str
) -> HttpResponse:
    """Call ``service`` with the batch and the reason that was typed; go back to the batch."""
    batch, form = get_object_or_404(Batch, public_id=public_id), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: service(
            batch_id=batch.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=done,
    )
    return redirect("portal:batch-detail", public_id)
