"""Comments of finance about a batch."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payouts.models import Batch
from payouts.services import batch_comments
from portal.access import current_user, finance_required
from portal.staff_actions import carry_out


@finance_required
@require_POST
def comment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a comment, which everybody of finance reads on the page of the batch."""
    batch = get_object_or_404(Batch, public_id=public_id)
    carry_out(
        request,
        lambda: batch_comments.comment(
            batch_id=batch.pk,
            actor_id=current_user(request).pk,
            text=request.POST.get("text", ""),
            now=timezone.now(),
        ),
        done=_("Your comment is kept."),
    )
    return redirect("portal:batch-detail", public_id)
