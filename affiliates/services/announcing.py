"""What endpoints are told of applications, accounts, terms and connections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from affiliates.models import (
    Affiliate,
    AffiliateStatus,
    Application,
    ApplicationStatus,
    TermsNotice,
)
from affiliates.services.events import rfc3339
from affiliates.services.telling import Source
from affiliates.services.telling import tell_pending as tell_of
from shop.models import Connection


def _terms(notice: TermsNotice) -> dict[str, Any]:
    return {
        "version": notice.terms.version,
        "valid_from": rfc3339(notice.terms.valid_from),
        "is_worse": notice.is_worse,
    }


SOURCES = (
    Source(
        type="terms.announced",
        rows=lambda: TermsNotice.objects.select_related("terms"),
        at="told_at",
        data=_terms,
    ),
    Source(
        type="application.submitted",
        rows=Application.objects.all,
        at="submitted_at",
        data=lambda row: {"application": str(row.public_id)},
    ),
    Source(
        type="affiliate.approved",
        rows=lambda: Application.objects.filter(status=ApplicationStatus.APPROVED).select_related(
            "affiliate"
        ),
        at="status_changed_at",
        data=lambda row: {"affiliate": str(row.affiliate.public_id)},
    ),
    Source(
        type="affiliate.suspended",
        rows=lambda: Affiliate.objects.filter(status=AffiliateStatus.SUSPENDED),
        at="status_changed_at",
        data=lambda row: {"affiliate": str(row.public_id)},
        is_again=True,
    ),
    Source(
        type="connection.silent",
        rows=lambda: Connection.objects.filter(silence_told_at__isnull=False),
        at="silence_told_at",
        data=lambda row: {"connection": row.code},
        is_again=True,
    ),
)


def tell_pending(*, now: datetime, limit: int) -> int:
    """Tell what is not told yet; return how many facts. Safe to repeat and to race."""
    return tell_of(SOURCES, now=now, limit=limit)
