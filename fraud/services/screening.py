"""The pull that shows every credit to the signals (docs/rules/screening.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from fraud import queries
from fraud.domain import evidence, screening
from fraud.domain.signals import SIGNALS
from fraud.models import Case, Decision, Screening, Signal
from tracking.models import Credit


@transaction.atomic
def screen_pending(
    *,
    now: datetime,
    limit: int = 500,
    since: datetime | None = None,
    signals: Iterable[evidence.Signal] = SIGNALS,
) -> int:
    """Screen up to ``limit`` credits that have no screening; return how many.

    A credit that a signal wants held opens a case. With ``since`` only credits created from
    then on are looked at. Safe to repeat and to run in parallel: a credit is screened once.
    """
    credits = _lock_credits(limit, since)
    if not credits:
        return 0
    facts = queries.evidence_for(credits)
    signals = tuple(signals)
    judgements = [screening.judge(facts[credit.pk], signals) for credit in credits]
    screenings = Screening.objects.bulk_create(
        Screening(credit=credit, decision=judgement.outcome, screened_at=now)
        for credit, judgement in zip(credits, judgements, strict=True)
    )
    Signal.objects.bulk_create(
        Signal(
            screening=row,
            code=finding.code,
            version=finding.version,
            severity=finding.level,
            evidence=finding.facts,
        )
        for row, judgement in zip(screenings, judgements, strict=True)
        for finding in judgement.findings
    )
    Case.objects.bulk_create(
        Case(
            screening=row,
            affiliate_id=credit.affiliate_id,
            opened_at=now,
            status_changed_at=now,
        )
        for row, credit in zip(screenings, credits, strict=True)
        if row.decision == Decision.HOLD
    )
    return len(credits)


def _lock_credits(limit: int, since: datetime | None) -> list[Credit]:
    screened = Screening.objects.filter(credit=OuterRef("pk"))
    waiting = Credit.objects.filter(~Exists(screened)).select_related("order")
    if since is not None:
        waiting = waiting.filter(created_at__gte=since)
    locked = list(
        waiting.order_by("pk").select_for_update(skip_locked=True, no_key=True, of=("self",))[
            :limit
        ]
    )
    # Another run may have screened and committed between our snapshot and our lock: look again.
    taken = set(Screening.objects.filter(credit__in=locked).values_list("credit_id", flat=True))
    return [credit for credit in locked if credit.pk not in taken]
