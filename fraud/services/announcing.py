"""What endpoints are told of cases: never which signal was seen."""

from __future__ import annotations

from datetime import datetime

from affiliates.services.telling import Source
from affiliates.services.telling import tell_pending as tell_of
from fraud.models import Case, CaseStatus

SOURCES = (
    Source(
        type="case.opened",
        rows=Case.objects.all,
        at="opened_at",
        data=lambda row: {"case": str(row.public_id)},
    ),
    Source(
        type="case.decided",
        rows=lambda: Case.objects.exclude(status=CaseStatus.OPEN),
        at="status_changed_at",
        data=lambda row: {"case": str(row.public_id), "outcome": row.status},
    ),
    Source(
        type="programme.case.opened",
        rows=lambda: Case.objects.select_related("affiliate"),
        at="opened_at",
        data=lambda row: {
            "case": str(row.public_id),
            "affiliate": str(row.affiliate.public_id),
            "severity": row.severity,
        },
    ),
)


def tell_pending(*, now: datetime, limit: int) -> int:
    """Tell what is not told yet; return how many facts. Safe to repeat and to race."""
    return tell_of(SOURCES, now=now, limit=limit)
