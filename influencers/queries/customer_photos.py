"""Invitations to customers, and what came by them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.hashing import email_digest, email_key, keyed_hash
from influencers.domain.customer_photo import REFUSED_KEPT
from influencers.models import CustomerInvite, CustomerPhoto, LookVersion, VersionStatus

_SALT = "customer-photo"


def hash_of_key(key: str) -> str:
    """Return what is kept of an invitation's key."""
    return keyed_hash("customer-invite", key)


def hash_of_email(email: str) -> str:
    """Return what is kept of a customer's address: to find a photo again, not to write."""
    return email_key(email_digest(email))


def invite_of(key: str) -> CustomerInvite | None:
    """Return the invitation that a key opens, even when it takes nothing any more."""
    return CustomerInvite.objects.select_related("shop").filter(key_hash=hash_of_key(key)).first()


def invites() -> QuerySet[CustomerInvite]:
    """Return the invitations, the newest first, with how many photos came and how many wait."""
    return (
        CustomerInvite.objects.select_related("shop", "created_by")
        .annotate(
            sent=Count("photos"),
            waiting=Count(
                "photos", filter=Q(photos__look__versions__status=VersionStatus.SUBMITTED)
            ),
        )
        .order_by("-created_at", "-pk")
    )


def photos_of(invite_id: int, email: str = "") -> QuerySet[CustomerPhoto]:
    """Return the photos that came by an invitation, the newest first; of one address if given."""
    rows = CustomerPhoto.objects.filter(invite=invite_id).select_related("look__live")
    if email:
        rows = rows.filter(email_hash=hash_of_email(email))
    return rows.order_by("-sent_at", "-pk")


def photos_by(email: str) -> QuerySet[CustomerPhoto]:
    """Return what an address sent and nobody erased yet."""
    return CustomerPhoto.objects.filter(email_hash=hash_of_email(email), erased_at__isnull=True)


def refused_long_ago(now: datetime) -> QuerySet[CustomerPhoto]:
    """Return the photos that were refused more than thirty days ago and are still kept."""
    versions = LookVersion.objects.filter(look=OuterRef("look"))
    refused = versions.filter(status=VersionStatus.REFUSED, decided_at__lt=now - REFUSED_KEPT)
    rows = CustomerPhoto.objects.filter(Exists(refused), erased_at__isnull=True)
    return rows.filter(look__live__isnull=True).order_by("pk")


def token_of(photo: CustomerPhoto) -> str:
    """Return the secret end of the address at which its sender sees a photo and erases it."""
    return signing.dumps(photo.public_id.hex, salt=_SALT)


def photo_of(token: str) -> CustomerPhoto | None:
    """Return the photo whose sender was given ``token``."""
    try:
        public_id = UUID(signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError):
        return None
    return CustomerPhoto.objects.select_related("look", "invite__shop").get(public_id=public_id)
