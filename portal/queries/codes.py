"""Promo codes with what they brought, for those who share them and for those who give them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from core.money import Money
from portal.display import StatusText
from portal.queries.sales import with_earned
from portal.status_language import code_status
from shop.counting import number_of_orders
from tracking.models import CodeRequest, CodeRequestStatus, CouponCode, Credit

ACTIVE, SCHEDULED, PAUSED, EXPIRED, USED_UP = "active", "scheduled", "paused", "expired", "used_up"
MOST_REQUESTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """One promo code with its state, its orders and what they earned."""

    code: CouponCode
    status: StatusText
    orders: int
    earned: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFilters:
    """Which codes of the pool."""

    search: str = ""
    state: str = ""


def code_rows(codes: Iterable[CouponCode], *, now: datetime) -> list[CodeRow]:
    """Return ``codes``, their affiliates loaded, with what they brought. One query."""
    codes = list(codes)
    brought = _brought([code.pk for code in codes])
    rows = []
    for code in codes:
        orders, earned = brought.get(code.pk, (0, 0))
        state = state_of(code, orders=orders, now=now)
        rows.append(
            CodeRow(
                code=code,
                status=code_status(state),
                orders=orders,
                earned=Money(earned, code.shop.currency),
            )
        )
    return rows


def state_of(code: CouponCode, *, orders: int, now: datetime) -> str:
    """Return the state of a code that has earned ``orders``; its affiliate's counts too."""
    if code.valid_to is not None and code.valid_to <= now:
        return EXPIRED
    if code.valid_from > now:
        return SCHEDULED
    if code.usage_limit is not None and orders >= code.usage_limit:
        return USED_UP
    return ACTIVE if code.affiliate.is_active else PAUSED


def pool(filters: CodeFilters, *, now: datetime) -> QuerySet[CouponCode]:
    """Return the codes of every affiliate that ``filters`` asks for, newest first."""
    rows = CouponCode.objects.select_related("affiliate", "shop")
    ended = Q(valid_to__isnull=False, valid_to__lte=now)
    if filters.state == EXPIRED:
        rows = rows.filter(ended)
    elif filters.state == SCHEDULED:
        rows = rows.filter(valid_from__gt=now)
    elif filters.state == ACTIVE:
        rows = rows.exclude(ended).filter(valid_from__lte=now)
    if filters.search:
        rows = rows.filter(
            Q(code__icontains=filters.search) | Q(affiliate__name__icontains=filters.search)
        )
    return rows.order_by("-valid_from", "-pk")


def requests_of(affiliate_id: int) -> list[CodeRequest]:
    """Return the latest requests of an affiliate, newest first."""
    rows = CodeRequest.objects.select_related("code").filter(affiliate=affiliate_id)
    return list(rows.order_by("-created_at", "-pk")[:MOST_REQUESTS])


def requests(*, is_open: bool) -> QuerySet[CodeRequest]:
    """Return the requests that wait, the longest first, or those that are closed, newest first."""
    rows = CodeRequest.objects.select_related("affiliate", "shop", "code", "decided_by")
    if is_open:
        return rows.filter(status=CodeRequestStatus.OPEN).order_by("created_at", "pk")
    return rows.exclude(status=CodeRequestStatus.OPEN).order_by("-decided_at", "-pk")


def _brought(pks: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows = (
        with_earned(Credit.objects.filter(touchpoint__coupon_code__in=pks))
        .order_by()
        .values("touchpoint__coupon_code")
        .annotate(number=number_of_orders(), total=Coalesce(Sum("earned_minor"), 0))
    )
    return {row["touchpoint__coupon_code"]: (row["number"], row["total"]) for row in rows}
