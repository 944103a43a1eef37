"""Commissions that waited for a cost or a margin band, once it is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from affiliates.domain.terms import Pays
from payouts.domain.commission import Deal, Earned
from payouts.domain.order_commission import earn_order
from payouts.models import (
    Adjustment,
    AdjustmentReason,
    Block,
    BlockKind,
    Commission,
    CommissionLine,
    CommissionStatus,
)
from payouts.pricing import frozen, price_lines
from payouts.services.accruals import BLOCK_FOR
from payouts.services.adjustments import book
from payouts.services.later_limits import within_limits
from payouts.services.targets import Targets
from shop.models import BandAssignment, LineKind, OrderLine

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
    paid = CommissionLine.objects.filter(
        order_line=OuterRef("pk"), commission=OuterRef(OuterRef("commission"))
    ).exclude(pays=Pays.NOTHING.value)
    lines = OrderLine.objects.filter(
        Exists(paid), order=OuterRef("commission__credit__order"), kind=LineKind.PRODUCT
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
    stored = {
        row.order_line_id: row for row in CommissionLine.objects.filter(commission=commission)
    }
    earned = again(commission, stored)
    found = [
        pk
        for pk, one in earned.items()
        if one.margin_minor is not None and stored[pk].margin_minor is None
    ]
    already = _already_found(commission)
    new = {pk: earned[pk] for pk in found if pk not in already}
    rows = within_limits({commission_id: new}).get(commission_id, {})
    commissions = {commission.pk: commission}
    book([_found(commission, pk, one, now) for pk, one in rows.items()], commissions, now=now)
    book(_taken_back(commission, rows, now), commissions, now=now)
    missing = {BLOCK_FOR[what] for one in earned.values() for what in one.missing}
    return blocks.exclude(kind__in=missing).update(released_at=now)


def again(commission: Commission, stored: Mapping[int, CommissionLine]) -> dict[int, Earned]:
    """Return what the lines of a commission earn with the facts of now, by order line.

    Under its frozen terms: the rule, what it pays on, its rate and its share of the order's costs
    are those that ``stored`` says. Before every cap. Rule C5.
    """
    credit = commission.credit
    deal = Deal(
        basis=commission.basis,
        rate_bps=commission.rate_bps,
        share_bps=credit.share_bps,
        terms_id=commission.terms_id,
        terms_version=commission.terms.version,
        is_test=credit.order.is_test,
    )
    priced = price_lines([credit.order])[credit.order_id]
    lines = [
        replace(
            item.line,
            order_cost_minor=stored[item.order_line.pk].order_cost_minor,
            tariff=frozen(stored[item.order_line.pk], commission.terms.version),
        )
        for item in priced
    ]
    earned = earn_order(lines, deal, currency=commission.currency)
    return {item.order_line.pk: one for item, one in zip(priced, earned, strict=True)}


def _already_found(commission: Commission) -> set[int]:
    """Return the lines to which something was added before."""
    rows = Adjustment.objects.filter(
        commission=commission, reason=AdjustmentReason.COST_FOUND, order_line__isnull=False
    )
    return {pk for pk in rows.values_list("order_line", flat=True) if pk is not None}


def _found(commission: Commission, order_line_id: int, earned: Earned, now: datetime) -> Adjustment:
    """Return what a line earns after all."""
    row = _adjustment(commission, order_line_id, earned.amount_minor, now)
    row.reason = AdjustmentReason.COST_FOUND
    row.source_key = f"cost_found:{order_line_id}:commission:{commission.pk}"
    row.steps = list(earned.steps)
    return row


def _taken_back(
    commission: Commission, order_line_ids: Collection[int], now: datetime
) -> list[Adjustment]:
    """Return beside what was found what already came back of it, in goods or in money."""
    if not order_line_ids:
        return []
    targets = Targets([commission])
    posted = targets.posted(commission.pk)
    wanted = targets.of(commission.pk, targets.known(commission.pk))
    rows = []
    for pk in order_line_ids:
        if wanted[pk] != posted[pk]:
            row = _adjustment(commission, pk, wanted[pk] - posted[pk], now)
            row.reason = AdjustmentReason.RETURN
            row.source_key = f"cost_found_returned:{pk}:commission:{commission.pk}"
            rows.append(row)
    return rows


def _adjustment(
    commission: Commission, order_line_id: int, minor: int, now: datetime
) -> Adjustment:
    return Adjustment(
        affiliate_id=commission.affiliate_id,
        commission=commission,
        order_line_id=order_line_id,
        amount_minor=minor,
        currency=commission.currency,
        is_payable=not commission.is_pending,
        effective_at=now,
        created_at=now,
    )
