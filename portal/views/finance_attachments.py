"""Files that finance keeps with a batch."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import audit
from core.attachments import content_type
from payouts.models import Batch, BatchAttachment
from payouts.services import batch_attachments
from portal.access import current_user, finance_required
from portal.downloads import file_response
from portal.forms.bank import AttachmentForm
from portal.staff_actions import carry_out_form


@finance_required
@require_POST
def attach(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep a file with a batch."""
    batch = get_object_or_404(Batch, public_id=public_id)
    form = AttachmentForm(request.POST, request.FILES)
    carry_out_form(
        request, form, lambda: _attach(request, batch, form), done=_("The file is kept.")
    )
    return redirect("portal:batch-detail", public_id)


def _attach(request: HttpRequest, batch: Batch, form: AttachmentForm) -> None:
    upload = form.cleaned_data["file"]
    batch_attachments.attach(
        batch_id=batch.pk,
        name=upload.name,
        body=upload.read(),
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )


@finance_required
@require_safe
def download(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Send a file of a batch, byte for byte as it came. Who looked is kept."""
    kept = get_object_or_404(BatchAttachment, pk=pk, batch__public_id=public_id)
    audit.record_look(
        actor=current_user(request), verb="batch_attachment.viewed", subject=kept,
        at=timezone.now(),
    )  # fmt: skip
    body = bytes(kept.body)
    return file_response(body, name=kept.name, content_type=content_type(body))
