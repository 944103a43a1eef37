"""One case with everything that a person needs to decide it; nothing of any visitor."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from affiliates.models import Affiliate
from core.money import Money
from fraud.domain.advice import Advice, advise
from fraud.domain.delays import CLASSES
from fraud.domain.statistics import bps, wilson
from fraud.models import (
    Case,
    CaseCredit,
    CaseStatus,
    Observation,
    Probe,
    Ruling,
    SalesDay,
    Severity,
    Signal,
    TrafficDay,
)
from fraud.queries.cases import Alike, alike
from fraud.queries.chains import chains_of
from fraud.queries.duplicates import Duplicate, duplicates_of
from payouts.models import Commission
from payouts.services.commissions import outstanding
from portal.queries.staff_cases import stakes_of
from tracking.models import Credit

LOOK_BACK = timedelta(days=30)
MOST_SALES = 200
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Saw:
    """A signal of the case: how heavy, of how many sales, and examples of its evidence."""

    code: str
    severity: str
    version: int
    sales: int
    examples: list[Signal]
    observation: Observation | None = None

    @property
    def is_of_account(self) -> bool:
        return self.observation is not None

    @property
    def evidence(self) -> dict[str, object]:
        """The facts of the newest one."""
        found: dict[str, object] = (
            self.observation.evidence if self.observation else self.examples[0].evidence
        )
        return found


@dataclass(frozen=True, slots=True)
class HeldSale:
    """A sale of the case."""

    row: CaseCredit
    commission: Commission | None
    left: Money | None
    codes: list[str]

    @property
    def credit(self) -> Credit:
        return self.row.credit

    @property
    def is_waiting(self) -> bool:
        return self.row.ruling == Ruling.WAITING


@dataclass(frozen=True, slots=True)
class Share:
    """A share with what it is of, its 95 % interval, and how much is not known. Basis points."""

    name: str
    hits: int
    known: int
    of: int

    @property
    def share_bps(self) -> int | None:
        return self.hits * 10_000 // self.known if self.known else None

    @property
    def interval_bps(self) -> tuple[int, int]:
        low, high = wilson(self.hits, self.known)
        return bps(low), bps(high)

    @property
    def unknown_bps(self) -> int:
        """What part of all is not known."""
        return (self.of - self.known) * 10_000 // self.of if self.of else 0


@dataclass(frozen=True, slots=True)
class CaseView:
    """All of one case."""

    case: Case
    saw: list[Saw]
    beside: list[Observation]
    sales: list[HeldSale]
    sales_count: int
    waiting_count: int
    stakes: list[Money]
    delays: list[int]
    class_delays: list[int]
    shares: list[Share]
    probes: list[Probe]
    sharing: list[Duplicate]
    advice: Advice
    alike: list[Alike]
    following: Case | None
    previous: Case | None

    @property
    def at_stake(self) -> Money | None:
        """What is held in the currency of most."""
        return self.stakes[0] if self.stakes else None

    @property
    def is_choosable(self) -> bool:
        """Whether all that waits is on the page, so that some of it can be chosen."""
        return sum(sale.is_waiting for sale in self.sales) == self.waiting_count


def case_view(case: Case, *, now: datetime) -> CaseView:
    """Return everything about a case, in a fixed number of queries."""
    rows = case.credits.all()
    sales = _sales(case)
    observations = list(
        Observation.objects.filter(affiliate=case.affiliate_id, is_shadow=False)
        .exclude(severity=Severity.INFO)
        .filter(Q(ended_at=None) | Q(ended_at__gte=case.opened_at))
        .order_by("family", "code", "-last_seen_at")
    )
    own = [one for one in observations if one.family == case.family]
    past = alike(case)
    waiting = Case.objects.filter(status=CaseStatus.OPEN).exclude(pk=case.pk)
    waiting = waiting.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    place = Q(opened_at__lt=case.opened_at) | Q(opened_at=case.opened_at, pk__lt=case.pk)
    return CaseView(
        case=case,
        saw=[*_saw(case), *(_observed(one) for one in own)],
        beside=[one for one in observations if one.family != case.family and one.ended_at is None],
        sales=sales,
        sales_count=rows.count(),
        waiting_count=rows.filter(ruling=Ruling.WAITING).count(),
        stakes=stakes_of([case.pk]).get(case.pk, []),
        delays=_delays([case.affiliate_id], now),
        class_delays=_delays(_of_kind(case.affiliate), now),
        shares=session_shares(case.affiliate_id, now),
        probes=_probes(case.affiliate_id),
        sharing=_sharing(case, observations, now),
        advice=_advice(case, past),
        alike=past,
        following=waiting.exclude(place).order_by("opened_at", "pk").first()
        or waiting.order_by("opened_at", "pk").first(),
        previous=waiting.filter(place).order_by("-opened_at", "-pk").first(),
    )


def session_shares(affiliate_id: int, now: datetime) -> list[Share]:
    """Return how an affiliate's visits of thirty days stood before the click."""
    sums: Counter[str] = Counter()
    names = ("clicks", "session_known", "session_open", "basket_before", "checkout_before")
    for row in traffic_days([affiliate_id], now).values(*names):
        sums.update(row)
    return [
        Share(name, sums[name], sums["session_known"], sums["clicks"])
        for name in ("session_open", "basket_before", "checkout_before")
    ]


def traffic_days(affiliate_ids: Collection[int], now: datetime) -> QuerySet[TrafficDay]:
    """Return the days of thirty that ended with the last whole one."""
    return TrafficDay.objects.filter(affiliate_id__in=affiliate_ids, **_period(now))


def sales_days(affiliate_ids: Collection[int], now: datetime) -> QuerySet[SalesDay]:
    """Return the days of thirty that ended with the last whole one."""
    return SalesDay.objects.filter(affiliate_id__in=affiliate_ids, **_period(now))


def _period(now: datetime) -> dict[str, date]:
    return {"day__gt": (now - LOOK_BACK).date(), "day__lte": now.date()}


def _saw(case: Case) -> list[Saw]:
    rows = (
        Signal.objects.filter(
            screening__credit__case_credits__case=case, family=case.family, is_shadow=False
        )
        .exclude(severity=Severity.INFO)
        .select_related("screening__credit__order")
        .order_by("-screening__credit__order__placed_at", "-pk")
    )
    by_code: dict[str, list[Signal]] = defaultdict(list)
    for signal in rows:
        by_code[signal.code].append(signal)
    heaviest = Severity.values.index
    found = [
        Saw(
            code=code,
            severity=min((one.severity for one in signals), key=heaviest),
            version=signals[0].version,
            sales=len(signals),
            examples=signals[:EXAMPLES],
        )
        for code, signals in by_code.items()
    ]
    return sorted(found, key=lambda one: (heaviest(one.severity), -one.sales, one.code))


def _observed(one: Observation) -> Saw:
    return Saw(one.code, one.severity, one.version, 0, [], one)


def _sales(case: Case) -> list[HeldSale]:
    rows = list(
        case.credits.select_related(
            "credit__order__shop", "credit__commission", "credit__screening"
        )
        .prefetch_related("credit__screening__signals")
        .order_by("-credit__order__placed_at", "-pk")[:MOST_SALES]
    )
    commissions = [one.credit.commission for one in rows if hasattr(one.credit, "commission")]
    left = outstanding(commissions) if commissions else {}
    return [
        HeldSale(
            row,
            commission := getattr(row.credit, "commission", None),
            left.get(commission.pk) if commission is not None else None,
            _codes_of(row.credit),
        )
        for row in rows
    ]


def _codes_of(credit: Credit) -> list[str]:
    screening = getattr(credit, "screening", None)
    if screening is None:
        return []
    return [
        one.code
        for one in screening.signals.all()
        if not one.is_shadow and one.severity != Severity.INFO
    ]


def _delays(affiliate_ids: Collection[int], now: datetime) -> list[int]:
    sums = [0] * CLASSES
    for delays in sales_days(affiliate_ids, now).values_list("delays", flat=True):
        for place, number in enumerate(delays[:CLASSES]):
            sums[place] += number
    return sums


def _of_kind(affiliate: Affiliate) -> list[int]:
    others = Affiliate.objects.filter(kind=affiliate.kind).exclude(pk=affiliate.pk)
    return list(others.values_list("pk", flat=True))


def _probes(affiliate_id: int) -> list[Probe]:
    """Return the last probe of each look-alike that ended on one of the affiliate's links."""
    hosts = {chain.host for chain in chains_of([affiliate_id]).get(affiliate_id, ())}
    rows = Probe.objects.filter(affiliate=affiliate_id, lookalike__host__in=hosts)
    return list(
        rows.select_related("lookalike__name").order_by("lookalike", "-at").distinct("lookalike")
    )


def _sharing(case: Case, observations: Sequence[Observation], now: datetime) -> list[Duplicate]:
    """Return who has the same details, and which, where the account was seen to share some."""
    if not any(one.code == "shared_identity" for one in observations):
        return []
    return [one for one in duplicates_of(affiliate=case.affiliate, now=now) if one.is_affiliate]


def _advice(case: Case, past: Sequence[Alike]) -> Advice:
    refused = sum(one.refused for one in past)
    said = case.messages.filter(is_internal=False).order_by("-pk").first()
    return advise(
        is_contested=case.appeals.exists() or case.contested_sanctions.exists(),
        is_asked=case.answer_due_at is not None,
        is_answered=said is not None and said.is_from_affiliate,
        refused=refused,
        decided=refused + sum(one.cleared for one in past),
    )
