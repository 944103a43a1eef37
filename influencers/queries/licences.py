"""What may be done with which photo, on which day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from influencers.models import ImageLicence


def in_force(on: date) -> QuerySet[ImageLicence]:
    """Return the licences that hold on a day."""
    return ImageLicence.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), revoked_at__isnull=True, starts_on__lte=on
    )


def covers(picture_ids: Collection[int], scope: str, on: date) -> set[int]:
    """Return those of the pictures that may be used for ``scope`` on a day. One query."""
    rows = in_force(on).filter(picture__in=picture_ids, scopes__contains=[scope])
    return set(rows.values_list("picture_id", flat=True))


def credits_of(picture_ids: Collection[int], on: date) -> dict[int, str]:
    """Return who is named as photographer of each picture with a licence on a day. One query."""
    rows = in_force(on).filter(picture__in=picture_ids).order_by("granted_at", "pk")
    return dict(rows.values_list("picture_id", "credit"))
