from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.db.models import F
from django.utils import timezone

from core.pulls import drain
from influencers.models import LookImage, LookStatus
from influencers.queries.pictures import crop_of
from influencers.services import (
    announcing,
    deliveries,
    look_clock,
    look_swaps,
    renditions,
    standing,
    stores,
)

log = logging.getLogger(__name__)
BATCH = 200


@shared_task
def make_renditions(look_image_id: int, **_kwargs: Any) -> int:
    """Make every size of a photo of a look; return how many there are. Safe to repeat."""
    image = LookImage.objects.filter(pk=look_image_id).first()
    return len(renditions.make(image.picture_id, crop_of(image))) if image else 0


@shared_task
def complete_renditions(**_kwargs: Any) -> int:
    """Make the sizes of published photos that were never made; return of how many photos."""
    waiting = (
        LookImage.objects.filter(
            version__look__live=F("version"),
            version__look__status__in=[LookStatus.SCHEDULED, LookStatus.PUBLISHED],
            picture__deleted_at__isnull=True,
        )
        .exclude(picture__renditions__isnull=False)
        .order_by("pk")[:BATCH]
    )
    done = 0
    for image in waiting:
        try:
            renditions.make(image.picture_id, crop_of(image))
        except OSError:
            log.exception("The sizes of photo %s cannot be made.", image.pk)
        else:
            done += 1
    return done


@shared_task
def note_swaps(**_kwargs: Any) -> int:
    """Write down which products stand in for others in published looks since the last time."""
    return look_swaps.note_swaps(now=timezone.now())


@shared_task
def remind_of_campaigns(**_kwargs: Any) -> int:
    """Remind creators of what they promised for campaigns, before its day and after it."""
    return deliveries.remind(now=timezone.now())


@shared_task
def run_look_clock(**_kwargs: Any) -> int:
    """Publish, end and pause looks that are due, and tell creators what has arrived."""
    return look_clock.run(now=timezone.now())


@shared_task
def warn_of_licences(**_kwargs: Any) -> int:
    """Warn creators 30, 7 and 1 days before the rights in their photos end."""
    return look_clock.warn(now=timezone.now())


@shared_task
def mark_standing(**_kwargs: Any) -> int:
    """Give creators the marks that follow from rows, and lead employees to their stores."""
    stores.gather()
    return standing.mark_from_rows(now=timezone.now())


@shared_task
def tell_events(**_kwargs: Any) -> int:
    """Tell endpoints of looks."""
    now = timezone.now()
    return drain(lambda limit: announcing.tell_pending(now=now, limit=limit))
