"""Files that people of finance keep with a batch: an approval by e-mail, a proof (P58)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import audit
from core.attachments import checked
from core.errors import DomainError
from payouts.models import Batch, BatchAttachment

MOST_FILES = 20


class TooManyFiles(DomainError):
    """A batch has as many files as it may have."""

    code = "too_many_files"


@transaction.atomic
def attach(
    *, batch_id: int, name: str, body: bytes, actor_id: int, now: datetime
) -> BatchAttachment:
    """Keep a file with a batch, in any state. It is encrypted, and never changed or removed.

    The same bytes again change nothing. The file is not part of what was approved (P12).

    :raises AttachmentRefused: for a file that is no PDF, PNG or JPEG, or larger than 2 MB.
    :raises TooManyFiles: for the twenty-first.
    """
    kept = checked(name=name, body=body)
    sha256 = hashlib.sha256(kept.body).hexdigest()
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    known = attachments_of(batch).filter(sha256=sha256).first()
    if known is not None:
        return known
    if attachments_of(batch).count() >= MOST_FILES:
        raise TooManyFiles(_("A batch has at most 20 files."))
    made = BatchAttachment.objects.create(
        batch=batch,
        name=kept.name,
        body=kept.body,
        size=len(kept.body),
        sha256=sha256,
        added_at=now,
        added_by_id=actor_id,
    )
    data = {"name": made.name, "sha256": sha256}
    audit.record(actor=actor_id, verb="batch.file_attached", subject=batch, at=now, data=data)
    return made


def attachments_of(batch: Batch) -> QuerySet[BatchAttachment]:
    """Return the files of a batch without their content, the first one first."""
    rows = BatchAttachment.objects.filter(batch=batch).defer("body")
    return rows.select_related("added_by").order_by("pk")
