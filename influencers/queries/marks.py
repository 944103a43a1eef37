"""Marks that follow from what is stored (docs/rules/standing.md, ST16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from influencers.domain.standing import COUNTED_DAYS, returns_far_above
from influencers.models import (
    Delivery,
    Look,
    LookStatus,
    MarkKind,
    Participation,
    PartStatus,
)
from influencers.services.profiles import CREATORS
from shop.models import LineKind, OrderLine, ReturnLine, ReturnReason
from tracking.models import Credit

#: Somebody may deliver a published look to a campaign a few days later: then it was asked for.
SETTLED = timedelta(days=7)
BUYERS = 3
RETURNS_OVER = timedelta(days=90)
_SEEN = (LookStatus.PUBLISHED, LookStatus.PAUSED, LookStatus.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMark:
    """Something that a creator did, and the row in which it is seen."""

    affiliate_id: int
    kind: MarkKind
    source: str
    on: date


def found_marks(now: datetime) -> Iterator[FoundMark]:
    """Yield what creators did within the days that count. Five queries, however many."""
    since = now - timedelta(days=COUNTED_DAYS)
    yield from _looks(since, now - SETTLED)
    yield from _codes(since, now)
    yield from _campaigns(since)
    yield from _returns(now)


def _looks(since: datetime, until: datetime) -> Iterator[FoundMark]:
    """Looks that were published without a campaign that asked for them."""
    asked = Delivery.objects.filter(look=OuterRef("pk"))
    rows = Look.objects.filter(
        ~Exists(asked),
        affiliate__isnull=False,
        status__in=_SEEN,
        published_at__gt=since,
        published_at__lte=until,
    )
    for pk, affiliate_id, at in rows.values_list("pk", "affiliate", "published_at"):
        if affiliate_id is not None and at is not None:
            yield FoundMark(affiliate_id=affiliate_id, kind=MarkKind.UNPROMPTED_LOOK,
                            source=f"look:{pk}", on=at.date())  # fmt: skip


def _codes(since: datetime, now: datetime) -> Iterator[FoundMark]:
    """Codes that three different buyers used."""
    rows = (
        _credits(since)
        .filter(touchpoint__coupon_code__isnull=False)
        .exclude(order__customer_ref="")
        .values_list("affiliate", "touchpoint__coupon_code")
        .annotate(buyers=Count("order__customer_ref", distinct=True))
        .filter(buyers__gte=BUYERS)
        .order_by()
    )
    for affiliate_id, code_id, _buyers in rows:
        yield FoundMark(affiliate_id=affiliate_id, kind=MarkKind.CODE_USED,
                        source=f"code:{code_id}", on=now.date())  # fmt: skip


def _campaigns(since: datetime) -> Iterator[FoundMark]:
    """Campaigns that somebody finished after another one."""
    rows = Participation.objects.filter(status=PartStatus.DONE)
    seen: set[int] = set()
    found = rows.order_by("status_changed_at", "pk")
    for pk, affiliate_id, at in found.values_list("pk", "affiliate", "status_changed_at"):
        if affiliate_id in seen and at > since:
            yield FoundMark(affiliate_id=affiliate_id, kind=MarkKind.REPEAT,
                            source=f"participation:{pk}", on=at.date())  # fmt: skip
        seen.add(affiliate_id)


def _returns(now: datetime) -> Iterator[FoundMark]:
    """Creators whose buyers send far more back than the shop's do; once a month."""
    since = now - RETURNS_OVER
    came_back = Exists(
        ReturnLine.objects.filter(
            line=OuterRef("pk"), quantity__gt=0, shop_return__reason=ReturnReason.RETURN
        )
    )
    lines = OrderLine.objects.filter(
        kind=LineKind.PRODUCT,
        order__placed_at__gt=since,
        order__placed_at__lte=now,
        order__is_test=False,
        order__cancelled_at__isnull=True,
    ).annotate(came_back=came_back)
    every = lines.aggregate(n=Count("pk"), back=Count("pk", filter=Q(came_back=True)))
    rows = (
        lines.filter(order__credits__affiliate__kind__in=CREATORS)
        .values_list("order__credits__affiliate")
        .annotate(n=Count("pk"), back=Count("pk", filter=Q(came_back=True)))
        .order_by()
    )
    for affiliate_id, number, back in rows:
        if returns_far_above(
            returned=back, lines=number, all_returned=every["back"], all_lines=every["n"]
        ):
            yield FoundMark(affiliate_id=affiliate_id, kind=MarkKind.RETURNS,
                            source=f"returns:{now:%Y-%m}", on=now.date())  # fmt: skip


def _credits(since: datetime) -> QuerySet[Credit]:
    return Credit.objects.filter(
        affiliate__kind__in=CREATORS,
        order__is_test=False,
        order__cancelled_at__isnull=True,
        order__placed_at__gt=since,
    )
