"""Money that was given back without goods: what the programme's policy makes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from affiliates.models import Basis, Programme
from payouts.models import (
    Adjustment,
    AdjustmentReason,
    Commission,
    CommissionStatus,
    RefundRuling,
)
from payouts.services.adjustments import book, lock
from payouts.services.later_limits import within_limits
from payouts.services.targets import Targets
from shop.models import CostCorrection, ReturnLine


def rule_on(return_lines: Iterable[ReturnLine], *, now: datetime) -> None:
    """Keep what the policy of today says of refunds that come for the first time. Rule R1.

    Safe to repeat and to race: the first ruling stands.
    """
    fresh = [line for line in return_lines if not line.quantity]
    if fresh:
        policy = Programme.get().amount_only_returns
        RefundRuling.objects.bulk_create(
            (RefundRuling(return_line=line, policy=policy, ruled_at=now) for line in fresh),
            ignore_conflicts=True,
        )


def settle_found(*, now: datetime, limit: int = 500) -> int:
    """Apply earlier refunds and corrected costs to lines whose cost was found after them.

    Return how many lines were looked at. Safe to repeat and to race: each found cost is settled
    once, under the lock of its commission. Rule R8.
    """
    with transaction.atomic():
        commissions = lock(unsettled().order_by("pk").values_list("commission", flat=True)[:limit])
        found = list(unsettled().filter(commission__in=commissions).order_by("pk"))
        if found:
            book(_settle(found, commissions, now), commissions, now=now)
        return len(found)


def unsettled() -> QuerySet[Adjustment]:
    """Return found costs to which an earlier refund or corrected cost is not applied yet."""
    key = Concat(Value("settled:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    refunds = Adjustment.objects.filter(commission=OuterRef("commission"), return_line__quantity=0)
    corrections = CostCorrection.objects.filter(line=OuterRef("order_line"))
    return Adjustment.objects.filter(
        Q(Exists(refunds)) | Q(Exists(corrections), commission__basis=Basis.ACTUAL),
        ~Exists(Adjustment.objects.filter(source_key=key)),
        reason=AdjustmentReason.COST_FOUND,
    )


def _settle(
    found: Sequence[Adjustment], commissions: Mapping[int, Commission], now: datetime
) -> list[Adjustment]:
    targets = Targets(commissions.values())
    lines: dict[int, set[int]] = defaultdict(set)
    for one in found:
        if commissions[one.commission_id or 0].status != CommissionStatus.REVERSED:
            lines[one.commission_id or 0].add(one.order_line_id or 0)
    rises = within_limits(
        {pk: targets.rises(pk, targets.known(pk), group) for pk, group in lines.items()}
    )
    for pk, group in rises.items():
        for line, earned in group.items():
            targets.take(pk, line, earned.amount_minor)
    rows = [_settled(one, commissions[one.commission_id or 0], targets, now) for one in found]
    for row in rows:
        rise = rises.get(row.commission_id or 0, {}).get(row.order_line_id or 0)
        if rise is not None:
            row.taken_minor, row.steps = rise.amount_minor, list(rise.steps)
    return rows


def _settled(
    found: Adjustment, commission: Commission, targets: Targets, now: datetime
) -> Adjustment:
    line = found.order_line_id or 0
    wanted = targets.of(commission.pk, targets.known(commission.pk))
    posted = targets.posted(commission.pk)
    is_standing = commission.status != CommissionStatus.REVERSED
    return Adjustment(
        affiliate_id=commission.affiliate_id,
        commission=commission,
        order_line_id=line,
        amount_minor=wanted[line] - posted[line] if is_standing else 0,
        currency=commission.currency,
        reason=AdjustmentReason.REFUND,
        is_payable=not commission.is_pending,
        source_key=f"settled:{found.pk}",
        effective_at=max(commission.accrued_at, found.effective_at),
        created_at=now,
    )
