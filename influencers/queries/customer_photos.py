"""Invitations to customers, and what came by them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core.hashing import email_digest, email_key, keyed_hash
from influencers.domain.customer_photo import REFUSED_KEPT, UNDECIDED_KEPT
from influencers.models import (
    CustomerInvite,
    CustomerPhoto,
    ImageLicence,
    LookImage,
    LookStatus,
    LookVersion,
    VersionStatus,
)

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


def kept_too_long(now: datetime) -> QuerySet[CustomerPhoto]:
    """Return the photos that are still kept although nothing lets us: CU8 and CU9.

    Refused thirty days ago; never decided on, or removed, half a year ago; or without rights that
    held within the last thirty days.
    """
    versions = LookVersion.objects.filter(look=OuterRef("look"))
    refused = versions.filter(status=VersionStatus.REFUSED, decided_at__lt=now - REFUSED_KEPT)
    waiting = versions.filter(status=VersionStatus.SUBMITTED, submitted_at__lt=now - UNDECIDED_KEPT)
    images = LookImage.objects.filter(version__look=OuterRef(OuterRef("look")))
    recent = ImageLicence.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate(now - REFUSED_KEPT)),
        Q(revoked_at__isnull=True) | Q(revoked_at__gte=now - REFUSED_KEPT),
        picture__in=images.values("picture"),
    )
    gone = Q(look__status=LookStatus.REMOVED, look__status_changed_at__lt=now - UNDECIDED_KEPT)
    never_shown = Q(look__live__isnull=True) & (Q(Exists(refused)) | Q(Exists(waiting)))
    rows = CustomerPhoto.objects.filter(erased_at__isnull=True)
    return rows.filter(never_shown | gone | ~Q(Exists(recent))).order_by("pk")


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
