"""What people of finance say to each other about a batch, kept in the audit trail (P55)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import AuditEntry
from payouts.models import Batch

COMMENTED = "batch.commented"
LONGEST = 1_000


class CommentRefused(DomainError):
    """A comment says nothing, or too much."""

    code = "comment_refused"


def comment(*, batch_id: int, actor_id: int, text: str, now: datetime) -> AuditEntry:
    """Add a comment to a batch, in any state. It is never changed, and moves nothing.

    :raises CommentRefused: for an empty comment, or more than a thousand characters.
    """
    said = text.strip()
    if not said:
        raise CommentRefused(_("Write a comment first."))
    if len(said) > LONGEST:
        raise CommentRefused(_("A comment has at most 1,000 characters."))
    batch = Batch.objects.get(pk=batch_id)
    return audit.record(actor=actor_id, verb=COMMENTED, subject=batch, at=now, reason=said)


def comments_of(batch: Batch) -> list[AuditEntry]:
    """Return the comments of a batch, the first one first."""
    entries = AuditEntry.objects.filter(
        verb=COMMENTED, subject_type=batch._meta.label_lower, subject_id=str(batch.pk)
    )
    return list(entries.select_related("actor").order_by("pk"))
