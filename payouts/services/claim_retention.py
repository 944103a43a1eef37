"""Files of claims that are over: deleted for good once they were kept long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from affiliates.models import Programme
from core import audit
from core.data_requests import months_later
from payouts.models import Claim, ClaimMessage
from payouts.services.claim_rules import WAITING

#: What stands for words that are gone.
EMPTIED = "–"


@transaction.atomic
def delete_proofs(*, now: datetime, limit: int = 500) -> int:
    """Delete the files of claims that ended ``proof_keep_days`` ago; return how many files.

    Their names stay, and the trail of each claim says how many were deleted. At most ``limit``
    claims at a time. Safe to repeat and to race. Rule CL16.
    """
    claims = (
        over(now)
        .order_by("pk")
        .defer("proof")
        .select_for_update(no_key=True, skip_locked=True)[:limit]
    )
    return sum(_delete(claim, now) for claim in claims)


def over(now: datetime) -> QuerySet[Claim]:
    """Return the claims with files that ended ``proof_keep_days`` ago."""
    until = now - timedelta(days=Programme.get().proof_keep_days)
    messages = ClaimMessage.objects.filter(claim=OuterRef("pk"), proof__isnull=False)
    return Claim.objects.filter(
        Q(proof__isnull=False) | Exists(messages), status_changed_at__lte=until
    ).exclude(status__in=WAITING)


def with_words() -> QuerySet[Claim]:
    """Return the claims that ended and whose words are still kept."""
    return Claim.objects.exclude(status__in=WAITING).exclude(text=EMPTIED)


def with_old_words(now: datetime) -> QuerySet[Claim]:
    """Return those of them that ended five years ago: nobody can contest them any more."""
    return with_words().filter(status_changed_at__lt=months_later(now, -60))


def empty_words(*, now: datetime) -> int:
    """Empty what was written in claims that ended five years ago; return how many claims."""
    done = 0
    while pks := list(with_old_words(now).order_by("pk").values_list("pk", flat=True)[:500]):
        done += _empty(pks)
    return done


@transaction.atomic
def _empty(pks: list[int]) -> int:
    ClaimMessage.objects.filter(claim__in=pks).update(text=EMPTIED, proof_name="")
    rows = Claim.objects.filter(pk__in=pks)
    rows.exclude(answer="").update(answer=EMPTIED)
    return rows.update(text=EMPTIED, internal_text="", evidence={}, proof_name="")


def _delete(claim: Claim, now: datetime) -> int:
    files = Claim.objects.filter(pk=claim.pk, proof__isnull=False).update(proof=None)
    files += ClaimMessage.objects.filter(claim=claim, proof__isnull=False).update(proof=None)
    if files:
        audit.record(
            actor=None, verb="claim.files_deleted", subject=claim, at=now, data={"files": files}
        )
    return files
