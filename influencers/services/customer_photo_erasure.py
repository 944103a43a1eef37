"""Erasing what a customer sent: files, names, words. What remains says only that it was there.

Rules CU7 to CU9 of docs/rules/look-moderation.md.
"""

from __future__ import annotations

import logging
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.privacy import journal
from influencers.models import (
    CustomerPhoto,
    ImageLicence,
    Look,
    LookAct,
    LookComment,
    LookImage,
    LookStatus,
    VersionStatus,
)
from influencers.queries.customer_photos import kept_too_long, photos_by
from influencers.services import licences, look_cache, look_events, look_states, pictures

log = logging.getLogger(__name__)
#: The code of the event by which a look goes because its customer wants it so.
ERASED = "erased"
LIMIT = 100


@transaction.atomic
def erase(photo_id: int, *, by_id: int | None, now: datetime) -> CustomerPhoto:
    """Delete the files of a customer's photo and all that names its sender. Safe to repeat.

    ``by_id``: who of the team does it; None: the customer, or the clock.
    """
    look_id = CustomerPhoto.objects.values_list("look", flat=True).get(pk=photo_id)
    look = look_states.locked(look_id)
    photo = CustomerPhoto.objects.select_for_update(no_key=True).get(pk=photo_id)
    if photo.erased_at is not None:
        return photo
    take_down(look, by_id, now)
    forget_words(look)
    delete_pictures(look, by_id, now)
    photo.shown_name, photo.email_hash, photo.erased_at = "", "", now
    photo.save(update_fields=["shown_name", "email_hash", "erased_at"])
    journal.note(journal.PHOTO, [_key_of(photo)], now=now)
    audit.record(actor=by_id, verb="customer_photo.erased", subject=photo, at=now)
    return photo


def erase_of(email: str, *, by_id: int | None, now: datetime) -> int:
    """Erase everything that an address sent; return how many photos. Safe to repeat."""
    found = list(photos_by(email).order_by("pk").values_list("pk", flat=True))
    for photo_id in found:
        erase(photo_id, by_id=by_id, now=now)
    return len(found)


def repeat(*, now: datetime) -> int:
    """Erase once more the photos that the journal names and a backup brought back; say how many."""
    keys = journal.keys(journal.PHOTO)
    if not keys:
        return 0
    kept = CustomerPhoto.objects.filter(erased_at__isnull=True).order_by("pk")
    again = [photo.pk for photo in kept.iterator() if _key_of(photo) in keys]
    for photo_id in again:
        erase(photo_id, by_id=None, now=now)
    return len(again)


def _key_of(photo: CustomerPhoto) -> str:
    return journal.key_of(journal.PHOTO, str(photo.public_id))


def erase_kept_too_long(*, now: datetime, limit: int = LIMIT) -> int:
    """Erase photos that nothing lets us keep (CU8, CU9); return how many. Safe to repeat."""
    done = 0
    for photo_id in kept_too_long(now).values_list("pk", flat=True)[:limit]:
        try:
            erase(photo_id, by_id=None, now=now)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            log.exception(
                "Photo %s of a customer is not erased yet; the clock tries again.", photo_id
            )
        else:
            done += 1
    return done


def take_down(look: Look, by_id: int | None, now: datetime) -> None:
    """Withdraw a look, locked by the caller, and throw away what waits of it."""
    for version in look.versions.filter(
        status__in=[VersionStatus.SUBMITTED, VersionStatus.CHANGES]
    ):
        if version.status == VersionStatus.SUBMITTED:
            version.move_to(VersionStatus.DRAFT, at=now)
        version.move_to(VersionStatus.DISCARDED, at=now)
        version.save(update_fields=["status", "status_changed_at"])
    if LookStatus.WITHDRAWN in Look.ARROWS[LookStatus(look.status)]:
        look.move_to(LookStatus.WITHDRAWN, at=now)
        look.save(update_fields=["status", "status_changed_at"])
        look_events.record(look, LookAct.WITHDRAWN, at=now, actor_id=by_id, code=ERASED)
    look_cache.purge([look.shop_id])


def forget_words(look: Look) -> None:
    """Empty all that was written for a look and about it."""
    look.versions.update(title="", story="", tags=[])
    LookImage.objects.filter(version__look=look).update(alt="")
    LookComment.objects.filter(version__look=look).update(text="–")


def delete_pictures(look: Look, by_id: int | None, now: datetime) -> None:
    """End the rights in a look's photos, and delete their files."""
    ids = set(LookImage.objects.filter(version__look=look).values_list("picture", flat=True))
    for licence in ImageLicence.objects.filter(picture__in=ids, revoked_at__isnull=True):
        licences.revoke(
            licence.pk, by_id=by_id, reason=_("The customer's photo is erased."), now=now
        )
    for picture_id in sorted(ids):
        pictures.delete(picture_id, now=now)
