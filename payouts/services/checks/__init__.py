"""Do transfers, commissions, batches and payouts tell one story? Each property on two paths."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from core.models import AuditEntry
from payouts.models import LedgerCheck
from payouts.services.checks import (
    awards,
    balances,
    claims,
    closed,
    facts,
    holds,
    payouts,
    refunds,
    rules,
    standstill,
    trail,
)
from payouts.services.checks.balances import ledger_balances, sum_by_currency
from payouts.services.checks.difference import Difference, as_rows

__all__ = ["Difference", "as_rows", "check", "ledger_balances", "run", "sum_by_currency"]


def run(*, actor_id: int | None = None, now: datetime) -> LedgerCheck:
    """Check everything and keep the result, so that whoever pays sees it.

    The last audit entry is kept beside it: the audit trail may grow after it, and not shrink.
    """
    last = AuditEntry.objects.order_by("-pk").first()
    return LedgerCheck.objects.create(
        at=now,
        by_id=actor_id,
        differences=as_rows(check(now=now)),
        audit_pk=last.pk if last else None,
        audit_hash=last.hash if last else "",
    )


def check(*, now: datetime | None = None) -> list[Difference]:
    """Return every difference, on one snapshot of the database. Empty means that all agrees.

    Without ``now`` nothing is called late: what was left behind is not looked for.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return [
            *balances.differences(),
            *facts.differences(),
            *rules.differences(),
            *holds.differences(),
            *awards.differences(),
            *refunds.differences(),
            *claims.differences(),
            *payouts.differences(),
            *trail.differences(),
            *closed.differences(),
            *(standstill.differences(now) if now else ()),
        ]
