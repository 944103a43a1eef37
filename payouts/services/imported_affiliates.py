"""Synthetic affiliates for an imported history, and which past order is whose."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from django.db import transaction

from affiliates.models import Affiliate, AffiliateKind, Basis, Group, Terms
from core import audit
from core.money import BPS
from shop.models import Shop
from tracking.models import CouponCode

#: Earlier than any order that a file may hold.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
#: What synthetic affiliates earn: 10 % of reference margin, as a group of real ones might.
RATE_BPS, WINDOW_DAYS, HOLD_DAYS, MINIMUM_MINOR = 1_000, 30, 30, 2_000
#: The share of orders that get a synthetic affiliate's code.
SHARE_BPS = 3_000


@transaction.atomic
def make(*, shop_id: int, count: int, now: datetime) -> tuple[list[str], int]:
    """Return the codes of ``count`` synthetic affiliates, and how many were made now.

    Safe to repeat: they are found again by their code in the shop.
    """
    shop = Shop.objects.select_for_update(no_key=True).get(pk=shop_id)
    codes = [f"IMPORT-{number:03}" for number in range(1, count + 1)]
    known = set(CouponCode.objects.filter(shop=shop, code__in=codes).values_list("code", flat=True))
    missing = [code for code in codes if code not in known]
    if missing:
        group = _group(shop.currency)
        made = Affiliate.objects.bulk_create(
            Affiliate(
                name=f"{code.title()} ({shop.code})",
                kind=AffiliateKind.CONTENT,
                group=group,
                country="",
                status_changed_at=ALWAYS,
                joined_at=ALWAYS,
            )
            for code in missing
        )
        CouponCode.objects.bulk_create(
            CouponCode(affiliate=affiliate, shop=shop, code=code, valid_from=ALWAYS)
            for affiliate, code in zip(made, missing, strict=True)
        )
        audit.record(actor=None, verb="affiliates.synthesized", subject=group, at=now,
                     data={"shop": shop.code, "codes": missing})  # fmt: skip
    return codes, len(missing)


def code_for(order_id: str, *, codes: list[str], seed: int) -> str:
    """Return the code that an order used, or nothing: the same whatever the order of reading."""
    if not codes:
        return ""
    digest = hashlib.sha256(f"{seed}:{order_id}".encode()).digest()
    if int.from_bytes(digest[:8]) % BPS >= SHARE_BPS:
        return ""
    return codes[int.from_bytes(digest[8:16]) % len(codes)]


def _group(currency: str) -> Group:
    group, created = Group.objects.get_or_create(
        slug=f"import-{currency.lower()}", defaults={"name": f"Import ({currency})"}
    )
    if created:
        Terms.objects.create(
            group=group,
            version=1,
            valid_from=ALWAYS,
            basis=Basis.REFERENCE,
            rate_bps=RATE_BPS,
            window_days=WINDOW_DAYS,
            hold_days=HOLD_DAYS,
            minimum_payout_minor=MINIMUM_MINOR,
            currency=currency,
            payment_days=[15],
        )
    return group
