"""Costs that turn out otherwise: commissions on the actual basis change by the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.expressions import Combinable, NegatedExpression
from django.db.models.functions import Cast, Concat

from affiliates.models import Basis
from payouts.domain.commission import Earned
from payouts.models import Adjustment, AdjustmentReason, Commission, CommissionStatus
from payouts.services.adjustments import book, lock
from payouts.services.later_limits import within_limits
from payouts.services.targets import CORRECTION_KEY, Targets, of_people
from shop.models import CostCorrection

_COMMISSION = "line__commission_lines__commission"


@dataclass(frozen=True, slots=True)
class _Task:
    commission: Commission
    correction: CostCorrection


def apply_pending(*, now: datetime, limit: int = 500) -> int:
    """Change what corrected costs change; return how many corrections were handled.

    On the reference basis nothing changes: the real cost is in it only through the band. What is
    raised takes of caps and budgets as orders do. Safe to repeat and to race: each correction
    changes each commission once, under its lock. Rule R9.
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
    return lock(waiting)


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
    rises = _rises(by_commission, targets)
    found: list[Adjustment] = []
    for pk, group in by_commission.items():
        found += _of_commission(group, targets, rises.get(pk, {}), now)
    return found


def _rises(groups: Mapping[int, Sequence[_Task]], targets: Targets) -> dict[int, dict[int, Earned]]:
    """Take of caps and budgets what lines earn more by the last that is known of their costs."""
    asked: dict[int, dict[int, Earned]] = {}
    for pk, group in groups.items():
        if group[0].commission.status != CommissionStatus.REVERSED:
            known = targets.known(pk)
            known.corrections |= {task.correction.pk for task in group}
            asked[pk] = targets.rises(pk, known, {task.correction.line_id for task in group})
    left = within_limits(asked)
    for pk, lines in left.items():
        for line, earned in lines.items():
            targets.take(pk, line, earned.amount_minor)
    return left


def _of_commission(
    group: Sequence[_Task], targets: Targets, rises: Mapping[int, Earned], now: datetime
) -> Iterator[Adjustment]:
    """Yield one change for each correction, and what it changes of what people booked."""
    commission = group[0].commission
    known, posted = targets.known(commission.pk), targets.posted(commission.pk)
    beside = targets.posted_beside(commission.pk)
    last = {task.correction.line_id: task.correction.pk for task in group}
    for task in group:
        known.corrections.add(task.correction.pk)
        wanted = posted
        if commission.status != CommissionStatus.REVERSED:
            wanted = targets.of(commission.pk, known)
        line = task.correction.line_id
        row = _adjustment(task, wanted[line] - posted[line], now)
        if line in rises and last[line] == task.correction.pk:
            row.taken_minor, row.steps = rises[line].amount_minor, list(rises[line].steps)
        yield row
        kept = targets.beside(commission.pk, known, wanted)
        if kept != beside:
            row = _adjustment(task, kept - beside, now)
            yield of_people(row, row.source_key)
        posted, beside = wanted, kept


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
