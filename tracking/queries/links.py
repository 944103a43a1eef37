"""Links and promo codes of one affiliate."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from tracking.models import CouponCode, Credit, Link


def code_orders(affiliate_id: int) -> dict[int, int]:
    """Return how many orders each promo code of an affiliate has won, by code id. One query."""
    credits = Credit.objects.filter(affiliate=affiliate_id, touchpoint__coupon_code__isnull=False)
    return dict(credits.values_list("touchpoint__coupon_code").annotate(n=Count("pk")))


def links_of(affiliate_id: int, *, archived: bool = False) -> QuerySet[Link]:
    """Return an affiliate's links, newest first: those in use, or the archived ones."""
    links = Link.objects.select_related("shop").filter(
        affiliate=affiliate_id, archived_at__isnull=not archived
    )
    return links.order_by("-created_at", "-pk")


def codes_of(affiliate_id: int) -> QuerySet[CouponCode]:
    """Return an affiliate's promo codes, newest first."""
    codes = CouponCode.objects.select_related("shop").filter(affiliate=affiliate_id)
    return codes.order_by("-valid_from", "-pk")
