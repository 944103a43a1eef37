"""What came back is taken back: by target, so that ten partial returns leave not a cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.expressions import Combinable, NegatedExpression

from payouts.models import (
    Adjustment,
    AdjustmentReason,
    Commission,
    CommissionStatus,
    ReversalReason,
)
from payouts.services.adjustments import book, lock
from payouts.services.commissions import outstanding
from payouts.services.refunds import rule_on
from payouts.services.targets import Known, Targets, of_people
from shop.models import LineKind, ReturnLine, ReturnReason

REVERSED_BECAUSE = {
    ReturnReason.RETURN: ReversalReason.RETURNED,
    ReturnReason.CANCELLATION: ReversalReason.CANCELLED,
}
_COMMISSION = "shop_return__order__credits__commission"


@dataclass(frozen=True, slots=True)
class _Task:
    """One commission to bring to its targets because of one return line."""

    commission: Commission
    return_line: ReturnLine


def apply_pending(*, now: datetime, limit: int = 500) -> int:
    """Take back what returned goods and refunds had earned; return how many were handled.

    Safe to repeat and to race: each return line changes each commission once, under its lock.
    """
    with transaction.atomic():
        commissions = _claim(limit)
        tasks = _tasks(commissions) if commissions else []
        if tasks:
            rule_on({task.return_line.pk: task.return_line for task in tasks}.values(), now=now)
            _apply(commissions, tasks, now)
        return len(tasks)


def _unhandled() -> NegatedExpression[Combinable]:
    handled = Adjustment.objects.filter(
        return_line=OuterRef("pk"), commission=OuterRef(_COMMISSION)
    )
    return ~Exists(handled)


def _claim(limit: int) -> dict[int, Commission]:
    """Lock the commissions that have a return line without its adjustment."""
    waiting = (
        ReturnLine.objects.filter(_unhandled(), **{f"{_COMMISSION}__isnull": False})
        .order_by("pk")
        .values_list(_COMMISSION, flat=True)[:limit]
    )
    return lock(waiting)


def _tasks(commissions: dict[int, Commission]) -> list[_Task]:
    """Look again under the locks, by the shop's dates: which are still without adjustment?"""
    pairs = (
        ReturnLine.objects.filter(_unhandled(), **{f"{_COMMISSION}__in": commissions})
        .annotate(of_commission=F(_COMMISSION))
        .select_related("shop_return")
        .order_by("shop_return__returned_at", "shop_return__external_id", "pk")
    )
    return [_Task(commissions[row.of_commission], row) for row in pairs]


def _apply(commissions: dict[int, Commission], tasks: Sequence[_Task], now: datetime) -> None:
    targets = Targets(commissions.values())
    by_commission: dict[int, list[_Task]] = defaultdict(list)
    for task in tasks:
        by_commission[task.commission.pk].append(task)
    adjustments: list[Adjustment] = []
    known_of: dict[int, Known] = {}
    for pk, found in by_commission.items():
        known_of[pk] = known = targets.known(pk)
        posted, beside = targets.posted(pk), targets.posted_beside(pk)
        for task in found:
            known.returns.add(task.return_line.pk)
            if commissions[pk].status == CommissionStatus.REVERSED:
                wanted = posted  # Reversing took everything back already.
            else:
                wanted = targets.of(pk, known)
            changes = {line: wanted[line] - posted[line] for line in wanted}
            adjustments += _adjustments(task, changes, now)
            kept = targets.beside(pk, known, wanted)
            if kept != beside:
                row = _adjustment(task, 0, kept - beside, now, is_own=True)
                adjustments.append(of_people(row, row.source_key))
            posted, beside = wanted, kept
    book(adjustments, commissions, now=now)
    _reverse_what_is_empty(commissions.values(), tasks, targets, known_of, now)


def _adjustments(task: _Task, changes: dict[int, int], now: datetime) -> Iterable[Adjustment]:
    """Yield what changes, line by line; at least one, which says that the return was handled."""
    own = task.return_line.line_id
    if own not in changes:
        own = min(changes, default=None)
    for line, minor in changes.items():
        if minor or line == own:
            yield _adjustment(task, line, minor, now, is_own=line == own)


def _adjustment(task: _Task, line: int, minor: int, now: datetime, *, is_own: bool) -> Adjustment:
    commission, return_line = task.commission, task.return_line
    key = f"return_line:{return_line.pk}:commission:{commission.pk}"
    return Adjustment(
        affiliate_id=commission.affiliate_id,
        commission=commission,
        order_line_id=line,
        return_line=return_line if is_own else None,  # Once: it says that it was handled.
        amount_minor=minor,
        currency=commission.currency,
        reason=reason_of(return_line),
        is_payable=commission.status in (CommissionStatus.APPROVED, CommissionStatus.PAID),
        source_key=key if is_own else f"{key}:line:{line}",
        # The shop's date, but neither in the future nor before there was anything to take back.
        effective_at=max(commission.accrued_at, min(return_line.shop_return.returned_at, now)),
        created_at=now,
    )


def reason_of(return_line: ReturnLine) -> str:
    """Return why an adjustment is made because of a return line."""
    if not return_line.quantity:
        return AdjustmentReason.REFUND
    if return_line.shop_return.reason == ReturnReason.CANCELLATION:
        return AdjustmentReason.CANCELLATION
    return AdjustmentReason.RETURN


def _reverse_what_is_empty(
    commissions: Iterable[Commission],
    tasks: Sequence[_Task],
    targets: Targets,
    known_of: dict[int, Known],
    now: datetime,
) -> None:
    """A pending commission of which nothing is left is reversed; the ledger already says so."""
    pending = [one for one in commissions if one.is_pending and one.pk in known_of]
    left = outstanding(pending)
    why = {task.commission.pk: task.return_line.shop_return.reason for task in tasks}
    empty = [
        one
        for one in pending
        if not left[one.pk] and one.amount_minor and _all_back(one, targets, known_of[one.pk])
    ]
    for commission in empty:
        commission.reverse(at=now, reason=REVERSED_BECAUSE[ReturnReason(why[commission.pk])])
    Commission.objects.bulk_update(empty, ["status", "status_changed_at", "reversal_reason"])


def _all_back(commission: Commission, targets: Targets, known: Known) -> bool:
    """Return whether all that could earn came back or was refunded (a waiting cost may earn)."""
    rows = targets.lines[commission.pk]
    return all(
        not left.quantity or not left.net_minor
        for line, left in targets.left(commission.pk, known).items()
        if rows[line].order_line.kind == LineKind.PRODUCT
    )
