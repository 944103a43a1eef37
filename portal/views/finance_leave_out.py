"""Payments left out of a batch in review: what stays is another person's to approve."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from payouts.models import Batch, BatchStatus
from payouts.services.leaving_out import leave_out
from portal.access import current_user, finance_required
from portal.forms.staff import REASON_LENGTH
from portal.queries import staff_batches
from portal.refusals import sentence

#: The name of the field beside a payment, before its id.
FIELD = "reason-"


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_leave_out(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show every payment with a field for why it is left out; on POST, make the next version."""
    batch, error = get_object_or_404(Batch, public_id=public_id), ""
    typed = _typed(request)
    if request.method == "POST":
        try:
            leave_out(
                batch_id=batch.pk,
                reasons=typed,
                content_hash=request.POST.get("content_hash", ""),
                actor_id=current_user(request).pk,
                now=timezone.now(),
            )
        except DomainError as refusal:
            error = sentence(refusal)
        else:
            messages.success(request, _("Left out. Another person can approve what stays now."))
            return redirect("portal:batch-detail", public_id)
    context = {
        "batch": batch,
        "error": error,
        "rows": _rows(batch, typed) if batch.status == BatchStatus.IN_REVIEW else [],
        "is_in_review": batch.status == BatchStatus.IN_REVIEW,
        "longest": REASON_LENGTH,
        "breadcrumbs": [
            (_("Batches"), reverse("portal:batch-list")),
            (batch.reference, reverse("portal:batch-detail", args=[public_id])),
        ],
    }
    status = 422 if error else 200
    return render(request, "finance/batch_leave_out.html", context, status=status)


def _typed(request: HttpRequest) -> dict[int, str]:
    """Return the reasons that were typed, by payment; fields left empty are not among them."""
    return {
        int(name.removeprefix(FIELD)): str(value).strip()[:REASON_LENGTH]
        for name, value in request.POST.items()
        if name.removeprefix(FIELD).isdecimal() and str(value).strip()
    }


def _rows(batch: Batch, typed: dict[int, str]) -> list[dict[str, object]]:
    """Return the payments, those to look at first, each with what was typed."""
    lines = staff_batches.lines(batch, timezone.now())
    lines.sort(key=lambda line: not line.flags)
    return [
        {"line": line, "name": f"{FIELD}{line.item.pk}", "why": typed.get(line.item.pk, "")}
        for line in lines
    ]
