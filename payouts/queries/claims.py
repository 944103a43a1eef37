"""Claims as lists show them: of one affiliate, and of everybody for the team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum

from core.money import Money
from payouts.models import Claim, ClaimKind, ClaimStatus, ProposalStatus

OPEN, LATE, SECOND_PERSON, ALL = "open", "late", "second_person", "all"
STATES = (OPEN, LATE, SECOND_PERSON, *ClaimStatus.values[1:], ALL)
_WAITS = Q(status__in=["open", "question"], proposal__status=ProposalStatus.PROPOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFilters:
    """Which claims: by state, kind, who decides, and words of number or name."""

    state: str = OPEN
    kind: str = ""
    assignee_id: int | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class MoneyEffect:
    """What claims came to in one currency: paid out, and waiting for a second person."""

    granted: Money
    waiting: Money


def claims_of(affiliate_id: int) -> QuerySet[Claim]:
    """Return the claims of an affiliate without their files, newest first."""
    rows = Claim.objects.filter(affiliate=affiliate_id).select_related("proposal", "commission")
    return rows.defer("proof").order_by("-created_at", "-pk")


def asked_of(affiliate_id: int) -> int:
    """Return how many claims of an affiliate wait for its answer to a question."""
    return Claim.objects.filter(affiliate=affiliate_id, status=ClaimStatus.QUESTION).count()


def queue(filters: ClaimFilters, *, now: datetime) -> QuerySet[Claim]:
    """Return claims of everybody: those that wait by their day, the others newest first."""
    rows = Claim.objects.select_related("affiliate", "assignee", "proposal").defer("proof")
    rows = rows.filter(_in_state(filters.state, now))
    if filters.kind in ClaimKind.values:
        rows = rows.filter(kind=filters.kind)
    if filters.assignee_id is not None:
        rows = rows.filter(assignee=filters.assignee_id)
    if filters.search:
        rows = rows.filter(
            Q(order_number__icontains=filters.search.lstrip("#"))
            | Q(affiliate__name__icontains=filters.search)
        )
    if filters.state in (OPEN, LATE, SECOND_PERSON, ClaimStatus.QUESTION):
        return rows.order_by("due_at", "pk")
    return rows.order_by("-status_changed_at", "-pk")


def counts(now: datetime) -> dict[str, int]:
    """Return how many claims each state of the queue holds. One query."""
    states = {state: Count("pk", filter=_in_state(state, now)) for state in STATES}
    return {state: number or 0 for state, number in Claim.objects.aggregate(**states).items()}


def following(claim: Claim) -> Claim | None:
    """Return the open claim that is due next after this one."""
    waiting = Claim.objects.filter(status=ClaimStatus.OPEN).exclude(pk=claim.pk)
    return waiting.defer("proof").order_by("due_at", "pk").first()


def money_effect(since: datetime) -> list[MoneyEffect]:
    """Return what was granted since a moment, and what waits now, in each currency. One query."""
    granted = Q(status=ClaimStatus.GRANTED, status_changed_at__gte=since)
    rows = (
        Claim.objects.filter(proposal__isnull=False)
        .values("proposal__currency")
        .annotate(
            granted=Sum("proposal__amount_minor", filter=granted),
            waiting=Sum("proposal__amount_minor", filter=_WAITS),
        )
        .order_by("proposal__currency")
    )
    return [
        MoneyEffect(
            Money(row["granted"] or 0, row["proposal__currency"]),
            Money(row["waiting"] or 0, row["proposal__currency"]),
        )
        for row in rows
    ]


def _in_state(state: str, now: datetime) -> Q:
    if state == ALL:
        return Q(pk__isnull=False)
    if state == LATE:
        return Q(status=ClaimStatus.OPEN, due_at__lt=now) & ~_WAITS
    if state == SECOND_PERSON:
        return _WAITS
    if state == OPEN:
        return Q(status=ClaimStatus.OPEN) & ~_WAITS
    return Q(status=state)
