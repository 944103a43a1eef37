"""What endpoints are told of sales, adjustments, payouts and batches: never a cost nor a margin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Replace

from affiliates.services.telling import Source
from affiliates.services.telling import tell_pending as tell_of
from core.models import AuditEntry
from payouts.models import (
    Adjustment,
    AdjustmentReason,
    Batch,
    Commission,
    CommissionStatus,
    Item,
    ItemStatus,
    ReversalReason,
    Statement,
    Transfer,
)
from shop.models import LineKind, OrderLine

_CREDIT = ("credit__touchpoint__link", "credit__touchpoint__coupon_code")
_TOOK_BACK = (AdjustmentReason.RETURN, AdjustmentReason.CANCELLATION, AdjustmentReason.REFUND)
#: Returns are told as such when they come; these reasons decline a sale.
_RETURNED = (ReversalReason.RETURNED, ReversalReason.CANCELLED)
#: A partner reads that something was corrected, never that it was a cost.
_CORRECTED = (AdjustmentReason.COST_FOUND, AdjustmentReason.COST_CORRECTED)


def _commissions() -> QuerySet[Commission]:
    return Commission.objects.select_related(*_CREDIT).annotate(
        basket_minor=_basket("credit__order")
    )


def _basket(order: str) -> Coalesce:
    lines = OrderLine.objects.filter(order=OuterRef(order), kind=LineKind.PRODUCT)
    total = lines.order_by().values("order").annotate(total=Sum("net_minor")).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), 0)


def _approvals() -> QuerySet[Transfer]:
    """Approvals as the ledger knows them: a commission's row forgets when it was approved."""
    number = Replace(
        Replace("source_key", Value("commission:"), Value("")), Value(":approved"), Value("")
    )
    return Transfer.objects.filter(
        kind="approved", source_key__startswith="commission:", source_key__endswith=":approved"
    ).annotate(owner_id=F("credit__affiliate_id"), of_commission=Cast(number, BigIntegerField()))


def _taken_back() -> QuerySet[Adjustment]:
    """What returns and refunds took of a sale, with what they leave of it."""
    earlier = Adjustment.objects.filter(commission=OuterRef("commission"), pk__lte=OuterRef("pk"))
    changed = (
        earlier.order_by().values("commission").annotate(total=Sum("amount_minor")).values("total")
    )
    return (
        Adjustment.objects.filter(
            commission__isnull=False, reason__in=_TOOK_BACK, amount_minor__lt=0
        )
        .select_related(*(f"commission__{path}" for path in _CREDIT))
        .annotate(
            basket_minor=_basket("commission__credit__order"),
            changed_minor=Subquery(changed, output_field=BigIntegerField()),
        )
    )


def _sale(commission: Commission, basket_minor: int, minor: int, status: str) -> dict[str, Any]:
    credit, touchpoint = commission.credit, commission.credit.touchpoint
    return {
        "sale": f"S-{credit.pk}",
        "status": status,
        "commission_minor": minor,
        "currency": commission.currency,
        "basket_minor": basket_minor,
        "link": touchpoint.link.code if touchpoint.link else "",
        "code": touchpoint.coupon_code.code if touchpoint.coupon_code else "",
        "sub1": credit.sub_id,
    }


def _tracked(row: Any) -> dict[str, Any]:
    return _sale(row, row.basket_minor, row.amount_minor, "pending")


def _find_commissions(rows: Sequence[Any]) -> None:
    found = _commissions().in_bulk({row.of_commission for row in rows})
    for row in rows:
        row.approved = found.get(row.of_commission)


def _approved(row: Any) -> dict[str, Any]:
    return _sale(row.approved, row.approved.basket_minor, row.amount_minor, "approved")


def _declined(row: Any) -> dict[str, Any]:
    return {**_sale(row, row.basket_minor, 0, "declined"), "reason": row.reversal_reason}


def _reversed(row: Any) -> dict[str, Any]:
    left = row.commission.amount_minor + row.changed_minor
    is_pending = row.commission.status == CommissionStatus.PENDING
    status = "reversed" if left <= 0 else "pending" if is_pending else "approved"
    return {
        **_sale(row.commission, row.basket_minor, max(left, 0), status),
        "change_minor": row.amount_minor,
        "reason": row.reason,
    }


def _adjusted(row: Adjustment) -> dict[str, Any]:
    return {
        "adjustment": f"A-{row.pk}",
        "sale": f"S-{row.commission.credit_id}" if row.commission else "",
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "reason": "correction" if row.reason in _CORRECTED else row.reason,
        "text": row.text,
    }


def _payout(item: Item) -> dict[str, Any]:
    return {
        "payout": str(item.public_id),
        "reference": item.reference,
        "amount_minor": item.amount_minor,
        "currency": item.currency,
    }


def _failed(item: Item) -> dict[str, Any]:
    return {**_payout(item), "status": item.status}


def _statement(row: Statement) -> dict[str, Any]:
    return {"statement": row.number, **_payout(row.item)}


def _find_batches(rows: Sequence[Any]) -> None:
    found = Batch.objects.in_bulk({int(row.subject_id) for row in rows})
    for row in rows:
        row.batch = found.get(int(row.subject_id))


def _batch(row: Any) -> dict[str, Any]:
    return {
        "batch": str(row.batch.public_id),
        "reference": row.batch.reference,
        "total_minor": row.batch.total_minor,
        "currency": row.batch.currency,
        "payouts": row.batch.item_count,
    }


def _items(*states: ItemStatus) -> QuerySet[Item]:
    return Item.objects.filter(status__in=states)


def _acts(verb: str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(subject_type="payouts.batch", verb=verb)


_OF_SALES = (
    Source(type="sale.tracked", rows=_commissions, at="accrued_at", data=_tracked),
    Source(
        type="sale.approved", rows=_approvals, at="effective_at", affiliate="owner_id",
        complete=_find_commissions, data=_approved,
    ),
    Source(
        type="sale.declined",
        rows=lambda: _commissions()
        .filter(status=CommissionStatus.REVERSED)
        .exclude(reversal_reason__in=_RETURNED),
        at="status_changed_at",
        data=_declined,
    ),
    Source(type="sale.reversed", rows=_taken_back, at="created_at", data=_reversed),
    Source(
        type="adjustment.posted",
        rows=lambda: Adjustment.objects.filter(is_payable=True)
        .exclude(reason__in=_TOOK_BACK)
        .exclude(amount_minor=0)
        .select_related("commission"),
        at="created_at",
        data=_adjusted,
    ),
)  # fmt: skip
#: A return that turns out to be another payout's is undone: the payout is sent, or paid, again.
_OF_PAYOUTS = (
    Source(
        type="payout.sent", rows=lambda: _items(ItemStatus.SENT), at="status_changed_at",
        data=_payout, is_again=True,
    ),
    Source(
        type="payout.paid", rows=lambda: _items(ItemStatus.SETTLED), at="status_changed_at",
        data=_payout, is_again=True,
    ),
    Source(
        type="payout.failed",
        rows=lambda: _items(ItemStatus.FAILED, ItemStatus.RETURNED),
        at="status_changed_at",
        data=_failed,
        is_again=True,
    ),
    Source(
        type="statement.ready",
        rows=lambda: Statement.objects.defer("body")
        .select_related("item")
        .annotate(owner_id=F("item__affiliate_id")),
        at="issued_at",
        affiliate="owner_id",
        data=_statement,
    ),
    *(
        Source(type=name, rows=partial(_acts, verb), at="at", complete=_find_batches, data=_batch)
        for name, verb in (
            ("batch.awaiting_approval", "batch.submitted"),
            ("batch.approved", "batch.approved"),
            ("batch.sent", "batch.sent"),
        )
    ),
)  # fmt: skip
SOURCES = (*_OF_SALES, *_OF_PAYOUTS)


def tell_pending(*, now: datetime, limit: int) -> int:
    """Tell what is not told yet; return how many facts. Safe to repeat and to race."""
    return tell_of(SOURCES, now=now, limit=limit)
