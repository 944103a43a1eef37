"""What endpoints are told of promo codes and of links whose page is gone."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from affiliates.services.telling import Source
from affiliates.services.telling import tell_pending as tell_of
from core.models import AuditEntry
from tracking.models import CouponCode, Destination, Link


def _codes() -> QuerySet[CouponCode]:
    """Codes with when they were made, which the audit trail alone knows."""
    made = AuditEntry.objects.filter(
        subject_type="tracking.couponcode",
        subject_id=Cast(OuterRef("pk"), CharField()),
        verb="code.created",
    )
    return CouponCode.objects.annotate(made_at=Subquery(made.values("at")[:1]))


def _broken() -> QuerySet[Link]:
    """Links in use whose page is gone, with when it was first seen to be."""
    gone = Destination.objects.filter(gone_since__isnull=False)
    of_link = gone.filter(shop=OuterRef("shop"), url=OuterRef("destination_url"))
    rows = Link.objects.filter(
        destination_url__in=gone.values("url"), archived_at__isnull=True
    ).annotate(gone_since=Subquery(of_link.values("gone_since")[:1]))
    return rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=F("gone_since")))


SOURCES = (
    Source(
        type="code.assigned",
        rows=_codes,
        at="made_at",
        data=lambda row: {"code": row.code, "discount_bps": row.discount_bps},
    ),
    Source(
        type="link.broken",
        rows=_broken,
        at="gone_since",
        data=lambda row: {"link": row.code, "url": row.destination_url},
        is_again=True,
    ),
)


def tell_pending(*, now: datetime, limit: int) -> int:
    """Tell what is not told yet; return how many facts. Safe to repeat and to race."""
    return tell_of(SOURCES, now=now, limit=limit)
