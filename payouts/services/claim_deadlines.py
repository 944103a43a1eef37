"""Days of claims: the team's to answer them, and the affiliate's to answer a question."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from affiliates.models import Programme
from core import audit, staff
from payouts.models import Claim, ClaimStatus, ProposalStatus
from payouts.services import claim_mails

MOST_NAMED = 100
#: How long before the last day an affiliate is reminded; of short times half.
REMIND_BEFORE = timedelta(days=3)


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
        day = now.astimezone(Programme.get().zone).date()
        for person in staff.of_role("manager"):
            claim_mails.overdue(person, claims, day, now=now)
    return told


def reply_due(claim: Claim, programme: Programme) -> datetime | None:
    """Return until when an affiliate should answer the question that waits; None without one.

    It has as many days as the team has for an answer. Nothing happens by itself afterwards. CL15.
    """
    if claim.status != ClaimStatus.QUESTION:
        return None
    return claim.status_changed_at + timedelta(days=programme.claim_answer_days)


@transaction.atomic
def remind(*, now: datetime, limit: int = 100) -> int:
    """Remind affiliates of questions whose last day is near; return how many. Safe to repeat.

    Once for each question, by mail, never after its last day. Rule CL15.
    """
    days = timedelta(days=Programme.get().claim_answer_days)
    asked = Claim.objects.filter(
        Q(reminded_at__isnull=True) | Q(reminded_at__lt=F("status_changed_at")),
        status=ClaimStatus.QUESTION,
        status_changed_at__gt=now - days,
        status_changed_at__lte=now - days + min(REMIND_BEFORE, days / 2),
    ).exclude(proposal__status=ProposalStatus.PROPOSED)
    locked = asked.select_related("affiliate").defer("proof").order_by("status_changed_at", "pk")
    claims = list(locked.select_for_update(of=("self",), no_key=True, skip_locked=True)[:limit])
    for claim in claims:
        claim.reminded_at = now
        claim.save(update_fields=["reminded_at"])
        audit.record(actor=None, verb="claim.reminded", subject=claim, at=now)
        claim_mails.reminded(claim, claim.status_changed_at + days, now=now)
    return len(claims)
