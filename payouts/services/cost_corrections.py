"""Costs that turn out otherwise: commissions on the actual basis change by the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.expressions import Combinable, NegatedExpression
from django.db.models.functions import Cast, Concat

from affiliates.models import Basis
from payouts.models import Adjustment, AdjustmentReason, Commission, CommissionStatus
from payouts.services.adjustments import book
from payouts.services.targets import CORRECTION_KEY, Targets
from shop.models import CostCorrection

_COMMISSION = "line__commission_lines__commission"


@dataclass(frozen=True, slots=True)
class _Task:
    commission: Commission
    correction: CostCorrection


def apply_pending(*, now: datetime, limit: int = 500) -> int:
    """Change what corrected costs change; return how many corrections were handled.

    On the reference basis nothing changes: the real cost is in it only through the band. Safe to
    repeat and to race: each correction changes each commission once, under its lock. Rule R9.
    """
    with transaction.atomic():
        commissions = _claim(limit)
        tasks = _tasks(commissions) if commissions else []
        if tasks:
            book(_adjustments(commissions, tasks, now), commissions, now=now)
        return len(tasks)


def _unhandled() -> NegatedExpression[Combinable]:
    key = Concat(
        Value(f"{CORRECTION_KEY}:"),
        Cast(OuterRef("pk"), CharField()),
        Value(":commission:"),
        Cast(OuterRef(_COMMISSION), CharField()),
        output_field=CharField(),
    )
    return ~Exists(Adjustment.objects.filter(source_key=key))


def _claim(limit: int) -> dict[int, Commission]:
    """Lock the commissions that have a correction without its adjustment."""
    waiting = (
        CostCorrection.objects.filter(_unhandled(), **{f"{_COMMISSION}__basis": Basis.ACTUAL})
        .order_by("pk")
        .values_list(_COMMISSION, flat=True)[:limit]
    )
    locked = (
        Commission.objects.filter(pk__in=list(waiting))
        .order_by("pk")
        .select_for_update(skip_locked=True)
    )
    return {commission.pk: commission for commission in locked}


def _tasks(commissions: dict[int, Commission]) -> list[_Task]:
    """Look again under the locks, by the shop's dates."""
    pairs = (
        CostCorrection.objects.filter(_unhandled(), **{f"{_COMMISSION}__in": commissions})
        .annotate(of_commission=F(_COMMISSION))
        .order_by("corrected_at", "external_id", "pk")
    )
    return [_Task(commissions[row.of_commission], row) for row in pairs]


def _adjustments(
    commissions: dict[int, Commission], tasks: Sequence[_Task], now: datetime
) -> list[Adjustment]:
    targets = Targets(commissions.values())
    by_commission: dict[int, list[_Task]] = defaultdict(list)
    for task in tasks:
        by_commission[task.commission.pk].append(task)
    found: list[Adjustment] = []
    for pk, group in by_commission.items():
        known, posted = targets.known(pk), targets.posted(pk)
        is_standing = commissions[pk].status != CommissionStatus.REVERSED
        for task in group:
            known.corrections.add(task.correction.pk)
            wanted = targets.of(pk, known) if is_standing else posted
            line = task.correction.line_id
            found.append(_adjustment(task, wanted[line] - posted[line], now))
            posted = wanted
    return found


def _adjustment(task: _Task, minor: int, now: datetime) -> Adjustment:
    commission, correction = task.commission, task.correction
    return Adjustment(
        affiliate_id=commission.affiliate_id,
        commission=commission,
        order_line_id=correction.line_id,
        amount_minor=minor,
        currency=commission.currency,
        reason=AdjustmentReason.COST_CORRECTED,
        is_payable=not commission.is_pending,
        source_key=f"{CORRECTION_KEY}:{correction.pk}:commission:{commission.pk}",
        effective_at=max(commission.accrued_at, min(correction.corrected_at, now)),
        created_at=now,
    )
