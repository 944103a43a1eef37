"""The look at affiliates as a whole: what is seen of them now, and what is held for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from affiliates.models import Affiliate
from core.nudge import nudge
from fraud.domain.evidence import AffiliateEvidence, Finding, Level
from fraud.domain.screening import Seen
from fraud.domain.signal import AffiliateSignal
from fraud.domain.signals import AFFILIATE_SIGNALS
from fraud.models import (
    Case,
    CaseCredit,
    CaseStatus,
    Decision,
    Observation,
    Ruling,
    Severity,
)
from fraud.queries import affiliate_evidence
from fraud.queries.sums import LOOK_BACK
from fraud.services import holding
from fraud.services.uses import paused, uses_at
from tracking.models import Credit

_REFRESHED = ["version", "evidence", "thresholds", "is_shadow", "last_seen_at"]
#: No terms hold longer: what is older is settled.
_LONGEST_HOLD = timedelta(days=366)
#: Findings that hold an account. A refusal of everything is never a machine's.
_HOLDS = {Severity.REFUSE.value, Severity.HOLD.value}


def observe(*, now: datetime, signals: Collection[AffiliateSignal] = AFFILIATE_SIGNALS) -> int:
    """Look at every affiliate with visits or sales in 30 days; return how many observations stand.

    An observation stands for as long as its signal says so; what is not known any more is not so.
    A live *hold*, or live *reviews* of two families, holds the account: every credit that is not
    settled joins the case, until a person decides. Safe to repeat and to run in parallel.
    """
    seen = findings(affiliate_evidence(now), now=now, signals=signals)
    watched = set(
        Observation.objects.filter(ended_at__isnull=True).values_list("affiliate_id", flat=True)
    )
    for affiliate_id in sorted({*seen, *watched}):
        _keep(affiliate_id, seen.get(affiliate_id, []), now)
    return sum(map(len, seen.values()))


def observe_only(
    evidence: Mapping[int, AffiliateEvidence],
    *,
    now: datetime,
    signals: Collection[AffiliateSignal],
) -> None:
    """Keep what some signals say of some affiliates; what others said of them stands. Repeatable.

    For facts that were found between two looks at everybody. Nothing is ended here.
    """
    for affiliate_id, found in sorted(findings(evidence, now=now, signals=signals).items()):
        _keep(affiliate_id, found, now, ends_others=False)


def findings(
    evidence: Mapping[int, AffiliateEvidence],
    *,
    now: datetime,
    signals: Collection[AffiliateSignal] = AFFILIATE_SIGNALS,
) -> dict[int, list[Seen]]:
    """Return what the signals find about affiliates, of those about whom they find anything."""
    uses, pauses = uses_at(now), paused(list(evidence), now)
    found: dict[int, list[Seen]] = defaultdict(list)
    for affiliate_id, facts in evidence.items():
        for signal in signals:
            use = uses.get(signal.code)
            if use is None or signal.code in pauses.get(affiliate_id, ()):
                continue
            answer = signal.judge(facts, use.limits)
            if isinstance(answer, Finding):
                found[affiliate_id].append(Seen(signal, answer, use))
    return found


@transaction.atomic
def _keep(
    affiliate_id: int, seen: Iterable[Seen], now: datetime, *, ends_others: bool = True
) -> None:
    """Open, refresh and end the observations of one affiliate; hold what they hold."""
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    standing = {
        row.code: row
        for row in Observation.objects.filter(affiliate=affiliate_id, ended_at__isnull=True)
    }
    opened, refreshed = [], []
    for one in seen:
        row = standing.get(one.finding.code)
        if row is not None and row.severity == one.finding.level:
            standing.pop(row.code)
            refreshed.append(_refresh(row, one, now))
        else:
            opened.append(_observation(affiliate_id, one, now))
    begun = {row.code for row in opened}
    ended = [row.pk for row in standing.values() if ends_others or row.code in begun]
    Observation.objects.filter(pk__in=ended).update(ended_at=now)
    Observation.objects.bulk_update(refreshed, _REFRESHED)
    kept = [*refreshed, *Observation.objects.bulk_create(opened)]
    _hold(affiliate_id, [row for row in kept if not row.is_shadow], now)


def _observation(affiliate_id: int, seen: Seen, now: datetime) -> Observation:
    row = Observation(
        affiliate_id=affiliate_id,
        code=seen.finding.code,
        family=seen.signal.family,
        severity=seen.finding.level,
        first_seen_at=now,
        last_seen_at=now,
    )
    return _refresh(row, seen, now)


def _refresh(row: Observation, seen: Seen, now: datetime) -> Observation:
    row.version = seen.finding.version
    row.evidence = seen.finding.facts
    row.thresholds = dict(seen.use.limits)
    row.is_shadow = seen.use.is_shadow
    row.last_seen_at = max(row.last_seen_at, now)
    return row


def _hold(affiliate_id: int, live: Iterable[Observation], now: datetime) -> None:
    """Hold the account for its live observations, except for those that a person dismissed."""
    decided = _decided(affiliate_id)
    counted = [row for row in live if not _is_answered(row, decided, CaseStatus.DISMISSED)]
    holds = {row.family for row in counted if row.severity in _HOLDS}
    reviews = {row.family for row in counted if row.severity == Level.REVIEW}
    families = holds or (reviews if len(reviews) > 1 else set())
    if not families:
        return
    credits = _unsettled(affiliate_id, now)
    for family in sorted(families):
        theirs = [row for row in counted if row.family == family]
        if not credits and all(_is_answered(row, decided, CaseStatus.CONFIRMED) for row in theirs):
            continue
        case = holding.open_case(
            affiliate_id=affiliate_id, family=family, severity=Severity.HOLD, now=now
        )
        if not case.holds_account:
            case.holds_account = True
            case.save(update_fields=["holds_account"])
        holding.add(case, credits, now)
    nudge("payouts.tasks.apply_decisions")


def _decided(affiliate_id: int) -> dict[str, tuple[str, datetime]]:
    """Return what was decided last about each family, and when."""
    rows = Case.objects.filter(affiliate=affiliate_id).exclude(status=CaseStatus.OPEN)
    return {
        family: (status, at)
        for family, status, at in rows.order_by("status_changed_at").values_list(
            "family", "status", "status_changed_at"
        )
    }


def _is_answered(
    row: Observation, decided: Mapping[str, tuple[str, datetime]], status: CaseStatus
) -> bool:
    """Tell whether a person has decided so since the observation began."""
    said, at = decided.get(row.family, ("", row.first_seen_at))
    return said == status and row.first_seen_at <= at


def _unsettled(affiliate_id: int, now: datetime) -> list[Credit]:
    """Return the credits that may still be held: of the look-back, or still in their hold days.

    Not those that the screening refused, nor those about which a person has decided. What is paid
    of the others is known above; holding them again changes nothing there.
    """
    ruled = CaseCredit.objects.filter(
        credit=OuterRef("pk"), ruling__in=[Ruling.REFUSED, Ruling.CLEARED]
    )
    rows = (
        Credit.objects.filter(~Exists(ruled), affiliate=affiliate_id, screening__isnull=False)
        .exclude(screening__decision=Decision.REFUSE)
        .select_related("order", "terms")
        .order_by("pk")
    )
    return [
        credit
        for credit in rows.filter(order__placed_at__gte=now - _LONGEST_HOLD)
        if credit.order.placed_at >= now - max(LOOK_BACK, timedelta(days=credit.terms.hold_days))
    ]
