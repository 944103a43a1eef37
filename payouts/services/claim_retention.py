"""Files of claims that are over: deleted for good once they were kept long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from affiliates.models import Programme
from core import audit
from payouts.models import Claim, ClaimMessage
from payouts.services.claim_rules import WAITING


@transaction.atomic
def delete_proofs(*, now: datetime, limit: int = 500) -> int:
    """Delete the files of claims that ended ``proof_keep_days`` ago; return how many files.

    Their names stay, and the trail of each claim says how many were deleted. At most ``limit``
    claims at a time. Safe to repeat and to race. Rule CL16.
    """
    until = now - timedelta(days=Programme.get().proof_keep_days)
    messages = ClaimMessage.objects.filter(claim=OuterRef("pk"), proof__isnull=False)
    claims = (
        Claim.objects.filter(
            Q(proof__isnull=False) | Exists(messages), status_changed_at__lte=until
        )
        .exclude(status__in=WAITING)
        .order_by("pk")
        .defer("proof")
        .select_for_update(no_key=True, skip_locked=True)[:limit]
    )
    return sum(_delete(claim, now) for claim in claims)


def _delete(claim: Claim, now: datetime) -> int:
    files = Claim.objects.filter(pk=claim.pk, proof__isnull=False).update(proof=None)
    files += ClaimMessage.objects.filter(claim=claim, proof__isnull=False).update(proof=None)
    if files:
        audit.record(
            actor=None, verb="claim.files_deleted", subject=claim, at=now, data={"files": files}
        )
    return files
