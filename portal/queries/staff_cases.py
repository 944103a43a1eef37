"""The queue of cases: what each is about, what it holds, whose it is, and what is at stake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse

from core.money import Money
from fraud.models import (
    Case,
    CaseCredit,
    CaseStatus,
    Observation,
    ProposalStatus,
    Ruling,
    Severity,
    Signal,
)
from payouts.models import Adjustment, Commission, CommissionStatus

OPEN, MINE, SNOOZED, ASKED, APPEALS, LATE = "open", "mine", "snoozed", "asked", "appeals", "late"
PROPOSED = "proposed"
#: States of the queue, in the order of the chips.
STATES = (
    OPEN, MINE, PROPOSED, APPEALS, ASKED, LATE, SNOOZED, CaseStatus.CONFIRMED, CaseStatus.DISMISSED,
)  # fmt: skip
CHART_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilters:
    """What of the queue is shown."""

    state: str = OPEN
    family: str = ""
    search: str = ""
    user_id: int = 0


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of the queue."""

    case: Case
    codes: list[str]
    sales: int
    stakes: list[Money]

    @property
    def at_stake(self) -> Money | None:
        """What is at stake in the currency of most."""
        return self.stakes[0] if self.stakes else None

    @property
    def href(self) -> str:
        """Where the case is decided."""
        return reverse("portal:review-detail", args=[self.case.public_id])


def queue(filters: CaseFilters, *, now: datetime) -> QuerySet[Case]:
    """Return the cases that match: open ones the longest waiting first, others newest first."""
    rows = Case.objects.filter(_states(filters.user_id, now)[filters.state])
    if filters.family:
        rows = rows.filter(family=filters.family)
    if filters.search:
        held = CaseCredit.objects.filter(
            case=OuterRef("pk"), credit__order__number__icontains=filters.search
        )
        rows = rows.filter(Q(affiliate__name__icontains=filters.search) | Exists(held))
    closed = filters.state in (CaseStatus.CONFIRMED, CaseStatus.DISMISSED)
    order = "-status_changed_at" if closed else "opened_at"
    return rows.select_related("affiliate", "assignee", "decided_by").order_by(order, "pk")


def counts(user_id: int, *, now: datetime) -> dict[str, int]:
    """Return how many cases stand in each state of the queue. One query."""
    wanted = {
        f"n_{name}": Count("pk", filter=condition, distinct=True)
        for name, condition in _states(user_id, now).items()
    }
    found: dict[str, int] = Case.objects.aggregate(**wanted)
    return {name: found[f"n_{name}"] for name in STATES}


def _states(user_id: int, now: datetime) -> dict[str, Q]:
    is_open = Q(status=CaseStatus.OPEN)
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now)
    return {
        OPEN: is_open & awake,
        MINE: is_open & Q(assignee=user_id),
        PROPOSED: is_open & Q(proposals__status=ProposalStatus.PROPOSED),
        APPEALS: is_open & (Q(appeals__isnull=False) | Q(contested_sanctions__isnull=False)),
        ASKED: is_open & Q(answer_due_at__isnull=False),
        LATE: is_open & Q(escalated_at__isnull=False),
        SNOOZED: is_open & Q(snoozed_until__gt=now),
        CaseStatus.CONFIRMED: Q(status=CaseStatus.CONFIRMED),
        CaseStatus.DISMISSED: Q(status=CaseStatus.DISMISSED),
    }


def case_rows(page: Sequence[Case]) -> list[CaseRow]:
    """Return the lines of a page of the queue, in five queries more."""
    codes, stakes = _codes(page), stakes_of([case.pk for case in page])
    sales = dict(
        CaseCredit.objects.filter(case__in=page)
        .values_list("case")
        .annotate(Count("pk"))
        .order_by()
    )
    return [
        CaseRow(case, codes[case.pk], sales.get(case.pk, 0), stakes.get(case.pk, []))
        for case in page
    ]


def stakes_of(case_ids: Collection[int]) -> dict[int, list[Money]]:
    """Return what the held commissions of cases come to now, by case, the largest sum first."""
    held = Q(
        credit__case_credits__case__in=case_ids,
        credit__case_credits__ruling=Ruling.WAITING,
        status=CommissionStatus.PENDING,
    )
    sums: dict[tuple[int, str], int] = defaultdict(int)
    commissions = Commission.objects.filter(held)
    for case_id, currency, total in (
        commissions.values_list("credit__case_credits__case", "currency")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    ):
        sums[case_id, currency] += total
    changes = Adjustment.objects.filter(
        commission__credit__case_credits__case__in=case_ids,
        commission__credit__case_credits__ruling=Ruling.WAITING,
        commission__status=CommissionStatus.PENDING,
        is_payable=False,
    )
    for case_id, currency, total in (
        changes.values_list("commission__credit__case_credits__case", "currency")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    ):
        sums[case_id, currency] += total
    found: dict[int, list[Money]] = defaultdict(list)
    for (case_id, currency), minor in sorted(sums.items(), key=lambda item: -item[1]):
        found[case_id].append(Money(minor, currency))
    return found


def _codes(page: Sequence[Case]) -> dict[int, list[str]]:
    """Return which signals each case rests on, those of its credits before those of the account."""
    ids = [case.pk for case in page]
    rows = (
        Signal.objects.filter(
            screening__credit__case_credits__case__in=ids,
            family=F("screening__credit__case_credits__case__family"),
            is_shadow=False,
        )
        .exclude(severity=Severity.INFO)
        .values_list("screening__credit__case_credits__case", "code")
        .annotate(n=Count("pk"))
        .order_by("-n", "code")
    )
    found: dict[int, list[str]] = {pk: [] for pk in ids}
    for case_id, code, _number in rows:
        found[case_id].append(code)
    observed = Observation.objects.filter(
        affiliate__in={case.affiliate_id for case in page}, is_shadow=False, ended_at=None
    ).exclude(severity=Severity.INFO)
    by_account: dict[tuple[int, str], list[str]] = defaultdict(list)
    for affiliate_id, family, code in observed.values_list("affiliate_id", "family", "code"):
        by_account[affiliate_id, family].append(code)
    for case in page:
        for code in sorted(by_account[case.affiliate_id, case.family]):
            if code not in found[case.pk]:
                found[case.pk].append(code)
    return found


def signals_by_day(now: datetime, *, days: int = CHART_DAYS) -> list[tuple[date, int]]:
    """Return on how many sales of each of the last days something was found, today last."""
    since = now - timedelta(days=days - 1)
    rows = dict(
        Signal.objects.filter(
            screening__screened_at__date__gte=since.date(),
            is_shadow=False,
            severity__in=[Severity.REFUSE, Severity.HOLD],
        )
        .annotate(day=TruncDate("screening__screened_at"))
        .values_list("day")
        .annotate(n=Count("screening", distinct=True))
        .order_by()
    )
    first = since.date()
    return [
        (day, rows.get(day, 0)) for day in (first + timedelta(days=place) for place in range(days))
    ]
