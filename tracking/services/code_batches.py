"""Promo codes for many affiliates at once."""

from __future__ import annotations

from typing import Unpack

from django.db.models import Exists, OuterRef, Q

from affiliates.models import Affiliate, AffiliateStatus
from tracking.models import CouponCode
from tracking.services import codes


def generate_for_group(
    *, group_id: int, shop_id: int, prefix: str, limit: int = 200, **given: Unpack[codes.Given]
) -> list[CouponCode]:
    """Give each active affiliate of a group that has no working code in the shop one of its own.

    At most ``limit`` of them, each in a transaction of its own: the same call again goes on.
    Accounts that the person acts for are left out.

    :raises InvalidCode: for an impossible prefix, discount, period, policy or limit.
    """
    working = CouponCode.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=given["now"]),
        affiliate=OuterRef("pk"),
        shop=shop_id,
    )
    without = (
        Affiliate.objects.filter(~Exists(working), group=group_id, status=AffiliateStatus.ACTIVE)
        .exclude(memberships__user=given["actor_id"])
        .order_by("pk")[:limit]
    )
    return [
        codes.generate(affiliate_id=affiliate.pk, shop_id=shop_id, prefix=prefix, **given)
        for affiliate in without
    ]
