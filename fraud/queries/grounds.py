"""What speaks against an account as a whole: the grounds that a sanction needs (CA13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from fraud.models import (
    Case,
    CaseCredit,
    CaseStatus,
    Observation,
    Ruling,
    Severity,
    Signal,
    SignalPause,
)

LOOK_BACK = timedelta(days=90)
FAMILIES = 2
#: Instead of two families: findings that refuse, of one signal, on so many days.
FINDINGS, DAYS = 20, 5
HEAVY = (Severity.REFUSE, Severity.HOLD)


@dataclass(frozen=True, slots=True)
class Repeated:
    """How often one signal refused, and on how many days orders were placed that it refused."""

    code: str
    family: str
    findings: int
    days: int

    @property
    def is_enough(self) -> bool:
        """Whether it carries a sanction alone."""
        return self.findings >= FINDINGS and self.days >= DAYS


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is held against an account now, and the cases among it."""

    families: frozenset[str]
    repeated: tuple[Repeated, ...]
    case_ids: tuple[int, ...]

    @property
    def is_enough(self) -> bool:
        """Whether they carry a sanction: two families, or one signal again and again."""
        return len(self.families) >= FAMILIES or any(one.is_enough for one in self.repeated)


def grounds(affiliate_id: int, now: datetime) -> Grounds:
    """Return what the last ninety days say of an affiliate, without what people have cleared."""
    signals = _signals(affiliate_id, now)
    cases = _cases(affiliate_id, now)
    families = set(signals.values_list("family", flat=True).distinct())
    families |= set(_observations(affiliate_id, now).values_list("family", flat=True))
    families |= {case.family for case in cases}
    return Grounds(
        families=frozenset(families),
        repeated=_repeated(signals),
        case_ids=tuple(case.pk for case in cases),
    )


def _signals(affiliate_id: int, now: datetime) -> QuerySet[Signal]:
    """Return what was found about credits, but where a person let the credit stand."""
    cleared = CaseCredit.objects.standing().filter(
        credit=OuterRef("screening__credit"),
        case__family=OuterRef("family"),
        ruling=Ruling.CLEARED,
    )
    return Signal.objects.filter(
        ~Exists(cleared),
        screening__credit__affiliate=affiliate_id,
        screening__screened_at__gte=now - LOOK_BACK,
        severity__in=HEAVY,
        is_shadow=False,
    ).exclude(code__in=_paused(affiliate_id, now))


def _observations(affiliate_id: int, now: datetime) -> QuerySet[Observation]:
    """Return what is said of the account, but where a person dismissed it since."""
    dismissed = Case.objects.filter(
        affiliate=affiliate_id,
        family=OuterRef("family"),
        status=CaseStatus.DISMISSED,
        status_changed_at__gte=OuterRef("first_seen_at"),
    )
    return Observation.objects.filter(
        ~Exists(dismissed),
        affiliate=affiliate_id,
        last_seen_at__gte=now - LOOK_BACK,
        severity__in=HEAVY,
        is_shadow=False,
    ).exclude(code__in=_paused(affiliate_id, now))


def _cases(affiliate_id: int, now: datetime) -> list[Case]:
    is_live = Q(status=CaseStatus.OPEN, severity__in=HEAVY) | Q(
        status=CaseStatus.CONFIRMED,
        status_changed_at__gte=now - LOOK_BACK,
        appealed_in__isnull=True,
    )
    return list(Case.objects.filter(is_live, affiliate=affiliate_id).order_by("pk"))


def _paused(affiliate_id: int, now: datetime) -> QuerySet[SignalPause, str]:
    live = SignalPause.objects.filter(affiliate=affiliate_id, until__gt=now)
    return live.values_list("code", flat=True)


def _repeated(signals: QuerySet[Signal]) -> tuple[Repeated, ...]:
    rows = (
        signals.filter(severity=Severity.REFUSE)
        .annotate(day=TruncDate("screening__credit__order__placed_at"))
        .values_list("code", "family")
        .annotate(findings=Count("pk"), days=Count("day", distinct=True))
        .order_by("-findings", "code")
    )
    return tuple(Repeated(*row) for row in rows)
