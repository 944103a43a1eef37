"""Claims that nobody answered in time: told to the managers, once a day, until they are."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core import audit
from payouts.models import Claim, ClaimStatus
from payouts.services import claim_mails
from payouts.services.claim_evidence import programme_zone

MOST_NAMED = 100


def overdue(now: datetime) -> QuerySet[Claim]:
    """Return open claims past their day, the oldest first. Those that wait for a reply are not."""
    late = Claim.objects.filter(status=ClaimStatus.OPEN, due_at__lt=now)
    return late.select_related("affiliate").defer("proof").order_by("due_at", "pk")


@transaction.atomic
def escalate(*, now: datetime) -> int:
    """Tell every manager what is overdue; return how many claims became so. Safe to repeat.

    One mail per manager and day of the programme; the first time a claim is late is audited.
    """
    claims = list(overdue(now)[:MOST_NAMED])
    fresh = overdue(now).filter(escalated_at__isnull=True).select_for_update(
        of=("self",), no_key=True, skip_locked=True
    )[:MOST_NAMED]  # fmt: skip
    told = 0
    for claim in fresh:
        claim.escalated_at = now
        claim.save(update_fields=["escalated_at"])
        audit.record(actor=None, verb="claim.overdue", subject=claim, at=now)
        told += 1
    if claims:
        day = now.astimezone(programme_zone()).date()
        for person in claim_mails.managers().order_by("pk"):
            claim_mails.overdue(person, claims, day, now=now)
    return told
