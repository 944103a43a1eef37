"""Links and promo codes: what a landing needs of them, and those of one affiliate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from affiliates.queries import terms_for
from tracking.models import CouponCode, Credit, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSnapshot:
    """What a landing needs to know of a link."""

    pk: int
    affiliate_id: int
    destination_url: str
    sub_id: str
    hosts: tuple[str, ...]
    home_url: str
    window_days: int | None  # None: the link earns nothing today.


def find_link(code: str, now: datetime) -> LinkSnapshot | None:
    """Return the link behind /c/<code>, also when it is archived or its account is stopped."""
    if not code.isprintable():
        return None  # PostgreSQL refuses to be asked for a NUL.
    link = Link.objects.select_related("affiliate", "shop").filter(code=code).first()
    if link is None:
        return None
    live = link.archived_at is None and link.affiliate.is_active
    terms = terms_for(link.affiliate_id, now) if live else None
    return LinkSnapshot(
        pk=link.pk,
        affiliate_id=link.affiliate_id,
        destination_url=link.destination_url,
        sub_id=link.sub_id,
        hosts=tuple(link.shop.link_hosts),
        home_url=link.shop.home_url,
        window_days=terms.window_days if terms else None,
    )


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
