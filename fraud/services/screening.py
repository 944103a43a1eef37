"""The pull that shows every credit to the signals (docs/rules/screening.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from fraud import queries
from fraud.domain import screening
from fraud.domain.evidence import Level
from fraud.domain.screening import Judgement, Outcome
from fraud.domain.signal import CreditSignal
from fraud.domain.signals import CREDIT_SIGNALS
from fraud.models import Screening, Signal
from fraud.services import holding
from fraud.services.uses import paused, uses_at
from tracking.models import Credit


@transaction.atomic
def screen_pending(
    *,
    now: datetime,
    limit: int = 500,
    since: datetime | None = None,
    signals: Iterable[CreditSignal] = CREDIT_SIGNALS,
) -> int:
    """Screen up to ``limit`` credits that have no screening; return how many.

    A credit that is to be held joins the open case of its affiliate and family, or opens it. With
    ``since`` only credits created from then on are looked at. Safe to repeat and to run in
    parallel: a credit is screened once.
    """
    credits = _lock_credits(limit, since)
    if not credits:
        return 0
    judgements = _judged(credits, tuple(signals), now)
    screenings = Screening.objects.bulk_create(
        Screening(
            credit=credit,
            decision=judgement.outcome,
            unknown=list(judgement.unknown),
            screened_at=now,
        )
        for credit, judgement in zip(credits, judgements, strict=True)
    )
    Signal.objects.bulk_create(
        Signal(
            screening=row,
            code=seen.finding.code,
            version=seen.finding.version,
            family=seen.signal.family,
            severity=seen.finding.level,
            is_shadow=seen.use.is_shadow,
            evidence=seen.finding.facts,
            thresholds=dict(seen.use.limits),
        )
        for row, judgement in zip(screenings, judgements, strict=True)
        for seen in judgement.seen
    )
    held = [
        holding.Held(credit=credit, families=_holding_families(judgement))
        for credit, judgement in zip(credits, judgements, strict=True)
        if judgement.outcome == Outcome.HOLD
    ]
    if held:
        holding.hold_credits(held, now=now)
    return len(credits)


def _judged(
    credits: Sequence[Credit], signals: Collection[CreditSignal], now: datetime
) -> list[Judgement]:
    affiliate_ids = {credit.affiliate_id for credit in credits}
    facts = queries.evidence_for(credits)
    uses, pauses = uses_at(now), paused(affiliate_ids, now)
    held = holding.held_accounts(affiliate_ids)
    return [
        screening.judge(
            facts[credit.pk],
            [one for one in signals if one.code not in pauses.get(credit.affiliate_id, ())],
            uses,
            is_account_held=credit.affiliate_id in held,
        )
        for credit in credits
    ]


def _holding_families(judgement: Judgement) -> frozenset[str]:
    """Return which cases shall hold a credit; none: those that hold the whole account."""
    counted = [one for one in judgement.seen if not one.use.is_shadow]
    holds = frozenset(one.signal.family.value for one in counted if one.finding.level == Level.HOLD)
    reviews = frozenset(
        one.signal.family.value for one in counted if one.finding.level == Level.REVIEW
    )
    return holds or (reviews if len(reviews) > 1 else frozenset())


def _lock_credits(limit: int, since: datetime | None) -> list[Credit]:
    screened = Screening.objects.filter(credit=OuterRef("pk"))
    waiting = Credit.objects.filter(~Exists(screened)).select_related("order", "affiliate")
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
