"""Orders that were delivered: the hold that is counted from the delivery ends earlier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, Func, OuterRef, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from affiliates.domain.terms import HoldFrom
from affiliates.domain.terms_document import read_rules
from core import audit
from core.models import AuditEntry
from payouts.domain.holds import hold_until
from payouts.models import Commission, CommissionStatus

DELIVERED = "commission.delivered"
_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"


def apply_pending(*, now: datetime, limit: int = 500) -> int:
    """Move holds earlier that wait for a delivery which is known now; return how many were seen.

    Each delivery is looked at once for each commission and kept in the audit trail with what it
    changed. Safe to repeat and to race. A hold is never moved later, and terms that count from the
    order have nothing to move. The days are those that were decided at first. Rule R10.
    """
    with transaction.atomic():
        commissions = _claim(limit)
        if commissions:
            _move(commissions, now)
        return len(commissions)


def _waiting() -> QuerySet[Commission]:
    # Django speaks UTC with PostgreSQL: both texts are of the same clock.
    said_now = Func(
        OuterRef("credit__order__delivered_at"),
        Value('YYYY-MM-DD"T"HH24:MI:SS.US'),
        function="to_char",
        output_field=CharField(),
    )
    noted = AuditEntry.objects.annotate(said=KeyTextTransform("delivered_at", "data")).filter(
        verb=DELIVERED,
        subject_type=Commission._meta.label_lower,
        subject_id=Cast(OuterRef("pk"), CharField()),
        said=said_now,
    )
    return Commission.objects.filter(
        ~Exists(noted),
        status=CommissionStatus.PENDING,
        credit__order__delivered_at__isnull=False,
        terms__rules__hold_from=HoldFrom.DELIVERY.value,
    )


def _claim(limit: int) -> list[Commission]:
    locked = _waiting().order_by("pk").select_for_update(of=("self",), skip_locked=True)[:limit]
    pks = [commission.pk for commission in locked]
    found = _waiting().filter(pk__in=pks).select_related("credit__order", "terms")
    return list(found.order_by("pk"))


def _move(commissions: Sequence[Commission], now: datetime) -> None:
    for commission in commissions:
        order = commission.credit.order
        ends_at = hold_until(
            order.placed_at,
            order.delivered_at,
            read_rules(commission.terms.rules),
            days=commission.agreed_days,
        )
        before = commission.hold_until
        commission.release_early(at=ends_at)
        audit.record(
            actor=None,
            verb=DELIVERED,
            subject=commission,
            at=now,
            data={
                "delivered_at": f"{order.delivered_at:{_FORMAT}}",
                "hold_until": [before.isoformat(), commission.hold_until.isoformat()],
            },
        )
    Commission.objects.bulk_update(commissions, ["hold_until"])
