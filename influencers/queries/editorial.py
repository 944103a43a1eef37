"""What the brand's accounts may show, and what is planned for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from influencers.models import (
    EditorialEntry,
    ImageLicence,
    Look,
    LookImage,
    LookStatus,
    Scope,
)
from influencers.queries.licences import covers, credits_of
from influencers.queries.stopped import not_stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Repost:
    """A published look whose photos may all be shown on social accounts on a day.

    ``credit``: who is to be named, each once.
    """

    look: Look
    images: tuple[LookImage, ...]
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An entry of the calendar. ``is_licensed``: it may be shown on its day, as things are now."""

    entry: EditorialEntry
    is_licensed: bool


def published() -> QuerySet[Look]:
    """Return the looks that the public sees, newest first; none of stopped accounts."""
    found = Look.objects.filter(
        not_stopped(),
        status=LookStatus.PUBLISHED,
        live__isnull=False,
    )
    return found.select_related("live", "affiliate", "link", "customer_photo").order_by(
        "-published_at", "-pk"
    )


def reposts(looks: Collection[Look], on: date) -> list[Repost]:
    """Return those of some looks that may be shown on a day, in their order (ED1). Three queries.

    Every photo has to be covered: nobody crops a look's photo away to have it published.
    """
    images = _images(looks)
    ids = {one.picture_id for found in images.values() for one in found}
    allowed, named = covers(ids, Scope.SOCIAL, on), credits_of(ids, on)
    return [
        Repost(
            look=look,
            images=tuple(found),
            credit=", ".join(
                dict.fromkeys(named[i.picture_id] for i in found if named.get(i.picture_id))
            ),
        )
        for look in looks
        if (found := images[look.live_id or 0])
        and all(image.picture_id in allowed for image in found)
    ]


def is_licensed(look: Look, on: date) -> bool:
    """Tell whether all photos of what the public sees may be shown on social accounts on a day."""
    return bool(reposts([look], on))


def calendar(since: date, until: date) -> list[Planned]:
    """Return what is planned from ``since`` to ``until``, both included, by day.

    The licence is asked for the day of each entry. Three queries.
    """
    entries = list(
        EditorialEntry.objects.filter(day__gte=since, day__lte=until, dropped_at__isnull=True)
        .select_related("look__live", "look__affiliate")
        .order_by("day", "account", "pk")
    )
    images = _images([entry.look for entry in entries])
    allowed = _allowed({one.picture_id for found in images.values() for one in found})
    return [
        Planned(entry=entry, is_licensed=_is_covered(entry, images, allowed)) for entry in entries
    ]


def accounts() -> list[str]:
    """Return the accounts that were ever planned for, the most used first."""
    rows = EditorialEntry.objects.values_list("account", flat=True)
    found = list(rows)
    return sorted(set(found), key=lambda name: (-found.count(name), name))


def _allowed(picture_ids: Collection[int]) -> defaultdict[int, list[ImageLicence]]:
    """Return the licences of pictures for social accounts, whenever they hold."""
    found: defaultdict[int, list[ImageLicence]] = defaultdict(list)
    for one in ImageLicence.objects.filter(
        picture__in=picture_ids, scopes__contains=[Scope.SOCIAL], revoked_at__isnull=True
    ):
        found[one.picture_id].append(one)
    return found


def _is_covered(
    entry: EditorialEntry,
    images: Mapping[int, list[LookImage]],
    allowed: Mapping[int, list[ImageLicence]],
) -> bool:
    found = images.get(entry.look.live_id or 0, [])
    if entry.look.status != LookStatus.PUBLISHED or not found:
        return False
    return all(
        any(
            one.starts_on <= entry.day and (one.ends_on is None or entry.day <= one.ends_on)
            for one in allowed.get(image.picture_id, [])
        )
        for image in found
    )


def _images(looks: Collection[Look]) -> defaultdict[int, list[LookImage]]:
    """Return the photos of what the public sees, by version."""
    found: defaultdict[int, list[LookImage]] = defaultdict(list)
    rows = LookImage.objects.filter(
        version__in={look.live_id for look in looks if look.live_id},
        picture__deleted_at__isnull=True,
    )
    for image in rows.select_related("picture").order_by("version", "position"):
        found[image.version_id].append(image)
    return found
