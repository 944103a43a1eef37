"""Commissions that waited for a cost or a margin band, once it is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from payouts.domain.commission import Deal, earn, target_minor
from payouts.models import (
    Adjustment,
    AdjustmentReason,
    Block,
    BlockKind,
    Commission,
    CommissionLine,
    CommissionStatus,
)
from payouts.pricing import price_lines
from payouts.services.accruals import BLOCK_FOR
from payouts.services.adjustments import book
from shop.models import BandAssignment, LineKind, OrderLine, ReturnLine

WAITING = tuple(BLOCK_FOR.values())


def complete_pending(*, now: datetime, limit: int = 500) -> int:
    """Look again at commissions that wait for a cost or a band; return how many were released."""
    waiting = (
        Block.objects.filter(_has_come(), kind__in=WAITING, released_at__isnull=True)
        .order_by("pk")
        .values_list("commission", flat=True)[:limit]
    )
    return sum(_complete(commission_id, now) for commission_id in dict.fromkeys(waiting))


def _has_come() -> Q:
    """Blocks whose fact is there: what still waits must not keep others from their turn."""
    lines = OrderLine.objects.filter(
        order=OuterRef("commission__credit__order"), kind=LineKind.PRODUCT
    )
    band = BandAssignment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("order__placed_at")),
        product__shop=OuterRef("order__shop"),
        product__sku=OuterRef("sku"),
        valid_from__lte=OuterRef("order__placed_at"),
    )
    return (
        Q(~Exists(lines.filter(unit_cost_minor__isnull=True)), kind=BlockKind.COST_MISSING)
        | Q(~Exists(lines.filter(~Exists(band))), kind=BlockKind.BAND_MISSING)
        | Q(commission__status=CommissionStatus.REVERSED)
    )


@transaction.atomic
def _complete(commission_id: int, now: datetime) -> int:
    """Add what the found facts are worth, under the terms of the order's date."""
    commission = (
        Commission.objects.select_for_update(of=("self",))
        .select_related("credit__order__shop", "terms")
        .get(pk=commission_id)
    )
    blocks = Block.objects.filter(commission=commission, kind__in=WAITING, released_at__isnull=True)
    if commission.status == CommissionStatus.REVERSED:
        return blocks.update(released_at=now)  # Nothing stands, so nothing can be added to it.
    credit = commission.credit
    deal = Deal(
        basis=commission.basis,
        rate_bps=commission.rate_bps,
        share_bps=credit.share_bps,
        terms_id=commission.terms_id,
        terms_version=commission.terms.version,
        is_test=credit.order.is_test,
    )
    stored = {
        row.order_line_id: row for row in CommissionLine.objects.filter(commission=commission)
    }
    missing: set[str] = set()
    found: list[Adjustment] = []
    for priced in price_lines([credit.order])[credit.order_id]:
        line = priced.order_line
        tariff = replace(priced.line, order_cost_minor=stored[line.pk].order_cost_minor)
        earned = earn(tariff, deal, currency=commission.currency)
        missing |= {BLOCK_FOR[what] for what in earned.missing}
        if earned.margin_minor is not None and stored[line.pk].margin_minor is None:
            found += _found(commission, line.pk, line.quantity, earned.amount_minor, now)
    book([row for row in found if not _booked(row)], {commission.pk: commission}, now=now)
    return blocks.exclude(kind__in=missing).update(released_at=now)


def _found(
    commission: Commission, order_line_id: int, quantity: int, earned_minor: int, now: datetime
) -> list[Adjustment]:
    """Return what a line earns after all and, beside it, what already came back of it."""
    returned = ReturnLine.objects.filter(
        line=order_line_id, adjustments__commission=commission
    ).aggregate(total=Sum("quantity"))["total"]
    left = target_minor(earned_minor, quantity=quantity, returned=returned or 0,
                        currency=commission.currency)  # fmt: skip
    parts = [
        ("cost_found", AdjustmentReason.COST_FOUND, earned_minor),
        ("cost_found_returned", AdjustmentReason.RETURN, left - earned_minor),
    ]
    return [
        Adjustment(
            affiliate_id=commission.affiliate_id,
            commission=commission,
            order_line_id=order_line_id,
            amount_minor=minor,
            currency=commission.currency,
            reason=reason,
            is_payable=not commission.is_pending,
            source_key=f"{key}:{order_line_id}:commission:{commission.pk}",
            effective_at=now,
            created_at=now,
        )
        for key, reason, minor in parts
        if minor or reason == AdjustmentReason.COST_FOUND
    ]


def _booked(row: Adjustment) -> bool:
    return Adjustment.objects.filter(source_key=row.source_key).exists()
