"""What came back is taken back: by target, so that ten partial returns leave not a cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Sum
from django.db.models.expressions import Combinable, NegatedExpression

from payouts.domain.commission import target_minor
from payouts.models import (
    Adjustment,
    AdjustmentReason,
    Commission,
    CommissionLine,
    CommissionStatus,
    ReversalReason,
)
from payouts.services.adjustments import book
from payouts.services.commissions import outstanding
from shop.models import ReturnLine, ReturnReason

REVERSED_BECAUSE = {
    ReturnReason.RETURN: ReversalReason.RETURNED,
    ReturnReason.CANCELLATION: ReversalReason.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class _Task:
    """One commission line to bring to its target because of one return line."""

    line: CommissionLine
    return_line: ReturnLine


def apply_pending(*, now: datetime, limit: int = 500) -> int:
    """Take back what returned goods had earned; return how many were handled.

    Safe to repeat and to race: each return line changes each commission once, under its lock.
    """
    with transaction.atomic():
        commissions = _claim(limit)
        tasks = _tasks(commissions) if commissions else []
        if tasks:
            _apply(commissions, tasks, now)
        return len(tasks)


def _unhandled() -> NegatedExpression[Combinable]:
    handled = Adjustment.objects.filter(
        return_line=OuterRef("pk"), commission=OuterRef("line__commission_lines__commission")
    )
    return ~Exists(handled)


def _claim(limit: int) -> dict[int, Commission]:
    """Lock the commissions that have a return line without its adjustment."""
    waiting = (
        ReturnLine.objects.filter(_unhandled(), line__commission_lines__isnull=False)
        .order_by("pk")
        .values_list("line__commission_lines__commission", flat=True)[:limit]
    )
    locked = (
        Commission.objects.filter(pk__in=list(waiting))
        .order_by("pk")
        .select_for_update(skip_locked=True)
    )
    return {commission.pk: commission for commission in locked}


def _tasks(commissions: dict[int, Commission]) -> list[_Task]:
    """Look again under the locks: which return lines are still without their adjustment?"""
    pairs = (
        ReturnLine.objects.filter(_unhandled(), line__commission_lines__commission__in=commissions)
        .annotate(commission_line=F("line__commission_lines"))
        .select_related("shop_return")
        .order_by("pk")
    )
    return_lines = list(pairs)
    lines = CommissionLine.objects.select_related("order_line").in_bulk(
        [row.commission_line for row in return_lines]
    )
    return [_Task(lines[row.commission_line], row) for row in return_lines]


def _apply(commissions: dict[int, Commission], tasks: Sequence[_Task], now: datetime) -> None:
    returned = _returned_so_far({task.line.order_line_id for task in tasks})
    posted = _posted(commissions)
    adjustments = []
    for task in tasks:
        line, order_line = task.line, task.line.order_line
        commission = commissions[line.commission_id]
        key = (commission.pk, order_line.pk)
        target = 0
        if commission.status != CommissionStatus.REVERSED:
            target = target_minor(
                line.amount_minor + posted["found"].get(key, 0),
                quantity=order_line.quantity,
                returned=returned[order_line.pk],
                currency=commission.currency,
            )
        already = line.amount_minor + posted["all"].get(key, 0)
        if commission.status == CommissionStatus.REVERSED:
            already = 0  # Reversing took everything back already.
        posted["all"][key] = posted["all"].get(key, 0) + target - already
        adjustments.append(_adjustment(task, commission, target - already, now))
    book(adjustments, commissions, now=now)
    _reverse_what_is_empty(commissions.values(), tasks, now)


def _adjustment(task: _Task, commission: Commission, minor: int, now: datetime) -> Adjustment:
    reason = task.return_line.shop_return.reason
    return Adjustment(
        affiliate_id=commission.affiliate_id,
        commission=commission,
        order_line_id=task.line.order_line_id,
        return_line=task.return_line,
        amount_minor=minor,
        currency=commission.currency,
        reason=AdjustmentReason.CANCELLATION
        if reason == ReturnReason.CANCELLATION
        else AdjustmentReason.RETURN,
        is_payable=commission.status in (CommissionStatus.APPROVED, CommissionStatus.PAID),
        source_key=f"return_line:{task.return_line.pk}:commission:{commission.pk}",
        # The shop's date, but neither in the future nor before there was anything to take back.
        effective_at=max(commission.accrued_at, min(task.return_line.shop_return.returned_at, now)),
        created_at=now,
    )


def _returned_so_far(order_line_ids: set[int]) -> dict[int, int]:
    rows = (
        ReturnLine.objects.filter(line__in=order_line_ids)
        .values_list("line")
        .annotate(total=Sum("quantity"))
    )
    return dict(rows)


def _posted(commissions: Iterable[int]) -> dict[str, dict[tuple[int, int], int]]:
    """Return per commission and order line what adjustments changed, in all and by found costs."""
    posted: dict[str, dict[tuple[int, int], int]] = {"all": {}, "found": {}}
    rows = (
        Adjustment.objects.filter(commission__in=list(commissions), order_line__isnull=False)
        .values_list("commission", "order_line", "reason")
        .annotate(total=Sum("amount_minor"))
    )
    for commission, line, reason, total in rows:
        key = (commission, line)
        posted["all"][key] = posted["all"].get(key, 0) + total
        if reason == AdjustmentReason.COST_FOUND:
            posted["found"][key] = posted["found"].get(key, 0) + total
    return posted


def _reverse_what_is_empty(
    commissions: Iterable[Commission], tasks: Sequence[_Task], now: datetime
) -> None:
    """A pending commission of which nothing is left is reversed; the ledger already says so."""
    pending = [commission for commission in commissions if commission.is_pending]
    left = outstanding(pending)
    why = {task.line.commission_id: task.return_line.shop_return.reason for task in tasks}
    empty = [c for c in pending if not left[c.pk] and c.amount_minor and _all_back(c)]
    for commission in empty:
        commission.reverse(at=now, reason=REVERSED_BECAUSE[ReturnReason(why[commission.pk])])
    Commission.objects.bulk_update(empty, ["status", "status_changed_at", "reversal_reason"])


def _all_back(commission: Commission) -> bool:
    """Return whether every unit that could earn came back (a waiting cost may still earn)."""
    earning: dict[int, int] = defaultdict(int)
    lines = CommissionLine.objects.filter(commission=commission).select_related("order_line")
    for line in lines:
        if line.order_line.earns:
            earning[line.order_line_id] = line.order_line.quantity
    returned = _returned_so_far(set(earning))
    return all(returned.get(pk, 0) >= quantity for pk, quantity in earning.items())
