"""What is asked about cases: which past ones are alike, and what can still be contested."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from fraud.models import (
    Case,
    CaseCredit,
    CaseStatus,
    Observation,
    Ruling,
    SanctionStatus,
    Signal,
)

MOST_ALIKE = 5


@dataclass(frozen=True, slots=True)
class Alike:
    """A decided case of the same family, and how much it shares with another one."""

    case: Case
    codes: tuple[str, ...]  # Signals that both have.
    refused: int
    cleared: int


def codes_of(case: Case) -> frozenset[str]:
    """Return the signals that a case rests on: of its credits and of the account, live ones."""
    return _codes([case.pk])[case.pk] | frozenset(
        Observation.objects.filter(
            affiliate=case.affiliate_id,
            family=case.family,
            is_shadow=False,
            first_seen_at__lte=case.last_seen_at,
        )
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gte=case.opened_at))
        .values_list("code", flat=True)
    )


def alike(case: Case, *, most: int = MOST_ALIKE) -> list[Alike]:
    """Return decided cases of the same family and signals, the most alike and newest first."""
    own = codes_of(case)
    rows = (
        Case.objects.filter(family=case.family)
        .exclude(status=CaseStatus.OPEN)
        .exclude(pk=case.pk)
        .filter(
            Q(credits__credit__screening__signals__code__in=own)
            | Q(affiliate__observations__code__in=own)
        )
        .select_related("affiliate", "decided_by")
        .annotate(
            refused=Count("credits", filter=Q(credits__ruling=Ruling.REFUSED), distinct=True),
            cleared=Count("credits", filter=Q(credits__ruling=Ruling.CLEARED), distinct=True),
        )
        .distinct()
        .order_by("-status_changed_at", "-pk")[: 10 * most]
    )
    found = []
    for row in rows:
        shared = codes_of(row) & own
        if shared:
            found.append(Alike(row, tuple(sorted(shared)), row.refused, row.cleared))
    return sorted(found, key=lambda one: -len(one.codes))[:most]


def _codes(case_ids: Collection[int]) -> dict[int, frozenset[str]]:
    rows = Signal.objects.filter(
        screening__credit__case_credits__case__in=case_ids,
        family=F("screening__credit__case_credits__case__family"),
        is_shadow=False,
    ).values_list("screening__credit__case_credits__case", "code")
    found: dict[int, set[str]] = {pk: set() for pk in case_ids}
    for pk, code in rows.distinct():
        found[pk].add(code)
    return {pk: frozenset(codes) for pk, codes in found.items()}


def new_to(case: Case) -> QuerySet[CaseCredit]:
    """Return the credits of a case that no appeal brought into it: decided for the first time."""
    before = CaseCredit.objects.filter(case__appealed_in=case).values("credit")
    return case.credits.exclude(credit__in=before)


def can_be_contested(case: Case) -> bool:
    """Tell whether a decision about a case can be appealed, once (CA8).

    One that decides an appeal cannot, but for what was new in its case.
    """
    if case.appeals.exists() or case.contested_sanctions.exists():
        return new_to(case).exists()
    return True


def contests_sanction(case: Case) -> bool:
    """Tell whether a sanction that is still in force is contested in a case (CA8, CA16)."""
    return case.contested_sanctions.filter(status=SanctionStatus.IN_FORCE).exists()


def precision_of(code: str) -> tuple[int, int]:
    """Return of how many credits with a signal people decided, and how many they refused.

    What an appeal opened again counts as it was decided last; what waits does not count.
    """
    rows = CaseCredit.objects.standing().filter(
        credit__screening__signals__code=code, case__family=F("credit__screening__signals__family")
    )
    counts = rows.aggregate(
        decided=Count("credit", filter=~Q(ruling=Ruling.WAITING), distinct=True),
        refused=Count("credit", filter=Q(ruling=Ruling.REFUSED), distinct=True),
    )
    return counts["decided"], counts["refused"]
