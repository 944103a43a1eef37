"""Deleting photos that were uploaded and never used (docs/rules/looks.md, LK8)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from influencers.models import Delivery, ImageLicence, Influencer, LookImage, LookVersion, Picture
from influencers.services import pictures

log = logging.getLogger(__name__)
#: For how long a photo waits for somebody to use it.
UNUSED_KEPT = timedelta(days=7)
#: Whoever saved a look within this time may still undo the removal of a photo.
AT_WORK = timedelta(days=1)
LIMIT = 1_000


def delete_unused(*, now: datetime, limit: int = LIMIT) -> int:
    """Delete photos that nothing has used for a week; return how many. Safe to repeat.

    One transaction for each. One that fails is logged and left for the next run.
    """
    done = 0
    for picture_id in unused(now).order_by("pk").values_list("pk", flat=True)[:limit]:
        try:
            done += _delete(picture_id, now)
        except OSError:
            log.exception("The unused photo %s is not deleted yet.", picture_id)
    if done:
        log.info("%s unused photos are deleted.", done)
    return done


def delete_left() -> int:
    """Delete the files that deleted photos still have; return for how many it is done. LK6."""
    return sum(pictures.try_files(pk) for pk in left().order_by("pk").values_list("pk", flat=True))


def left() -> QuerySet[Picture]:
    """Return the deleted photos whose files could not be deleted yet."""
    return Picture.objects.filter(files_left__isnull=False)


@transaction.atomic
def _delete(picture_id: int, now: datetime) -> bool:
    """Delete the files of a photo that is still unused, and its row unless a licence names it."""
    picture = Picture.objects.select_for_update().filter(pk=picture_id).first()
    # Asked again under the lock: whoever puts it into a look meanwhile waits for it.
    if picture is None or not unused(now).filter(pk=picture_id).exists():
        return False
    names = [*picture.renditions.values_list("name", flat=True), picture.name]
    picture.renditions.all().delete()
    if ImageLicence.objects.filter(picture=picture).exists():
        picture.name, picture.deleted_at = "", now
        picture.save(update_fields=["name", "deleted_at"])
    else:
        picture.delete()
    # Before the commit: whatever fails, a row that names files lets this be done again.
    for name in filter(None, names):
        default_storage.delete(name)
    return True


def unused(now: datetime) -> QuerySet[Picture]:
    """Return the photos that nothing has used for a week."""
    mine = OuterRef("pk")
    used = (
        Exists(LookImage.objects.filter(picture=mine))
        | Exists(Influencer.objects.filter(Q(avatar=mine) | Q(cover=mine)))
        | Exists(Delivery.objects.filter(proof=mine))
    )
    at_work = LookVersion.objects.filter(
        look__affiliate=OuterRef("affiliate"), saved_at__gt=now - AT_WORK
    )
    return Picture.objects.filter(
        ~used, ~Exists(at_work), deleted_at__isnull=True, uploaded_at__lte=now - UNUSED_KEPT
    )
