"""Secret addresses of product feeds: one at a time for each affiliate, shown once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from affiliates.domain.abilities import Ability, who_may
from affiliates.models import Affiliate, AffiliateStatus, Membership
from core import audit
from payouts.models import ProductFeed

_USED_EVERY = timedelta(hours=1)


@transaction.atomic
def make(*, affiliate_id: int, actor_id: int, now: datetime) -> str:
    """Make a new address and return its secret; the one of before ends.

    Nothing but its hash is kept: the secret cannot be shown again.
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    _end(affiliate, now)
    token = secrets.token_urlsafe(32)
    feed = ProductFeed.objects.create(
        affiliate=affiliate, token_hash=_hash(token), made_at=now, made_by_id=actor_id
    )
    audit.record(actor=actor_id, verb="product_feed.made", subject=affiliate, at=now,
                 data={"feed": feed.pk})  # fmt: skip
    return token


@transaction.atomic
def revoke(*, affiliate_id: int, actor_id: int, now: datetime) -> bool:
    """End the address at once; return whether there was one. Safe to repeat."""
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if not _end(affiliate, now):
        return False
    audit.record(actor=actor_id, verb="product_feed.revoked", subject=affiliate, at=now)
    return True


def live_of(affiliate_id: int) -> ProductFeed | None:
    """Return the address that works now."""
    return _working().filter(affiliate=affiliate_id).first()


def find(token: str, *, now: datetime) -> ProductFeed | None:
    """Return the feed of a secret, unless it was revoked or its account is not active.

    Nor does it open anything once who made it could not make it any more. Its use is noted, at
    most once in an hour.
    """
    feed = _working().select_related("affiliate__group").filter(token_hash=_hash(token)).first()
    if feed is None or feed.affiliate.status != AffiliateStatus.ACTIVE:
        return None
    if feed.used_at is None or feed.used_at < now - _USED_EVERY:
        ProductFeed.objects.filter(pk=feed.pk).update(used_at=now)
    return feed


def _working() -> QuerySet[ProductFeed]:
    """Those that nobody ended, of people who can still sign in and make one."""
    makers = Membership.objects.filter(
        affiliate=OuterRef("affiliate"),
        user=OuterRef("made_by"),
        user__is_active=True,
        role__in=who_may(Ability.WORK),
    )
    return ProductFeed.objects.filter(Exists(makers), revoked_at__isnull=True)


def _end(affiliate: Affiliate, now: datetime) -> int:
    live = ProductFeed.objects.filter(affiliate=affiliate, revoked_at__isnull=True)
    return live.update(revoked_at=now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
