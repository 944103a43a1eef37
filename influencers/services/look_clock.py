"""What time does to looks: they appear, end, lose their rights; creators are warned before.

Rules LC1 to LC5 of docs/rules/look-moderation.md.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from influencers.domain.moderation import WARNING_DAYS, last_day_covered, warning_step
from influencers.models import (
    ImageLicence,
    Look,
    LookImage,
    LookStatus,
    LookVersion,
    VersionStatus,
)
from influencers.queries.moderation import NEEDED, SHOWN, day_of, unlicensed_looks
from influencers.services import customer_photo_erasure, look_mails, look_states

log = logging.getLogger(__name__)

LIMIT = 500
#: A clock that stood still for longer tells nobody any more that something has arrived.
_TOLD_WITHIN = timedelta(days=1)


def run(*, now: datetime, limit: int = LIMIT) -> int:
    """Do all that is due, rights first; return how many looks changed. Safe to repeat.

    One transaction for each look. One that fails is logged and left for the next run.
    """
    bare = unlicensed_looks(day_of(now)).order_by("pk").values_list("pk", flat=True)[:limit]
    changed = _each(bare, lambda pk: look_states.unpublish_unlicensed([pk], now=now))
    over = Look.objects.filter(
        status__in=[LookStatus.PUBLISHED, LookStatus.PAUSED], expires_at__lte=now
    )
    changed += _each(_first(over, limit), lambda pk: look_states.expire(pk, now=now))
    due = Look.objects.filter(status=LookStatus.SCHEDULED, publish_at__lte=now)
    changed += _each(_first(due, limit), lambda pk: look_states.publish(pk, by_id=None, now=now))
    tell_received(now=now, limit=limit)
    return changed + customer_photo_erasure.erase_kept_too_long(now=now)


def tell_received(*, now: datetime, limit: int = LIMIT) -> int:
    """Tell creators that what they sent within a day has arrived; return how many versions wait.

    Each time a version is sent is one mail, however often this runs.
    """
    waiting = LookVersion.objects.filter(
        status=VersionStatus.SUBMITTED, submitted_at__gt=now - _TOLD_WITHIN
    )
    versions = list(waiting.select_related("look__shop").order_by("-submitted_at")[:limit])
    for version in versions:
        look_mails.received(version, now=now)
    return len(versions)


def warn(*, now: datetime) -> int:
    """Warn creators 30, 7 and 1 days before the rights in a photo end; return how many looks.

    Each step is one mail, however often this runs.
    """
    today, warned = day_of(now), 0
    for look in _near_the_end(today):
        last_day = _last_day(look, today)
        step = warning_step(last_day, today) if last_day is not None else None
        if last_day is not None and step is not None:
            version = look_states.live_of(look)
            look_mails.licence_ends(look, version, last_day=last_day, step=step, now=now)
            warned += 1
    return warned


def _first(looks: QuerySet[Look], limit: int) -> list[int]:
    return list(looks.order_by("pk").values_list("pk", flat=True)[:limit])


def _each(look_ids: Iterable[int], act: Callable[[int], object]) -> int:
    done = 0
    for look_id in look_ids:
        try:
            done += bool(act(look_id))
        except Exception:
            log.exception("The clock could not move look %s; it tries again.", look_id)
    return done


def _near_the_end(today: date) -> list[Look]:
    """Return looks that are shown, or will be, with a licence that ends within the next weeks."""
    ending = ImageLicence.objects.filter(
        ends_on__range=(today, today + timedelta(days=max(WARNING_DAYS))), revoked_at__isnull=True
    )
    images = LookImage.objects.filter(picture__in=ending.values("picture"))
    looks = Look.objects.filter(status__in=SHOWN, live__in=images.values("version"))
    return list(looks.select_related("affiliate", "shop", "live").order_by("pk"))


def _last_day(look: Look, today: date) -> date | None:
    """Return until when all photos of a look may be shown where they are; None: not even today."""
    pictures = set(LookImage.objects.filter(version=look.live_id).values_list("picture", flat=True))
    periods: dict[tuple[int, str], list[tuple[date, date | None]]] = defaultdict(list)
    licences = ImageLicence.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), picture__in=pictures,
        revoked_at__isnull=True,
    )  # fmt: skip
    for licence in licences:
        for scope in licence.scopes:
            periods[licence.picture_id, scope].append((licence.starts_on, licence.ends_on))
    ends = [
        last_day_covered(periods[picture, scope.value], today)
        for picture in pictures
        for scope in NEEDED
    ]
    covered = [end for end in ends if end is not None]
    return min(covered) if covered and len(covered) == len(ends) else None
