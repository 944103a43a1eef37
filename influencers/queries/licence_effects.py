"""What a creator's licences are, and what disappears when some of them end (LK24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When

from influencers.models import (
    EditorialEntry,
    ImageLicence,
    Look,
    LookImage,
    Scope,
    SlotOption,
)
from influencers.queries.licences import in_force
from influencers.queries.moderation import NEEDED, SHOWN

#: Uses that no page of ours ends: whoever published there takes the photo down.
ELSEWHERE = (Scope.EMAIL, Scope.SOCIAL, Scope.ADS, Scope.PRINT, Scope.STORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What disappears with some licences.

    ``looks``: published or scheduled, which lose every surface. ``products``: those worn in
    them, on whose pages they can be. ``planned``: publications of the calendar that lose their
    right. ``elsewhere``: scopes (``Scope``) of uses that are not on our pages.
    """

    licences: int
    photos: int
    looks: tuple[Look, ...]
    products: int
    planned: int
    elsewhere: tuple[str, ...]


def standing_of(affiliate_id: int, on: date) -> QuerySet[ImageLicence]:
    """Return the licences in a creator's photos that are not over on a day."""
    return ImageLicence.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        picture__affiliate=affiliate_id,
        revoked_at__isnull=True,
    )


def of_creator(affiliate_id: int, on: date) -> QuerySet[ImageLicence]:
    """Return all licences in a creator's photos: those that stand first, then the newest."""
    is_over = Q(revoked_at__isnull=False) | Q(ends_on__lt=on)
    return (
        ImageLicence.objects.filter(picture__affiliate=affiliate_id)
        .annotate(
            is_over=Case(
                When(is_over, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        )
        .select_related("picture", "revoked_by")
        .order_by("is_over", "-granted_at", "-pk")
    )


def looks_showing(picture_ids: Collection[int]) -> dict[int, list[Look]]:
    """Return by picture the looks whose approved version has it, the newest first. One query."""
    rows = (
        LookImage.objects.filter(picture__in=picture_ids, version__look__live=F("version"))
        .select_related("version__look__live")
        .order_by("-version__look__published_at", "-version__look")
    )
    found: defaultdict[int, list[Look]] = defaultdict(list)
    for row in rows:
        found[row.picture_id].append(row.version.look)
    return found


def effect_of(licences: Collection[ImageLicence], on: date) -> Effect:
    """Return what disappears when these licences end on a day. Four queries."""
    pictures = {one.picture_id for one in licences}
    left = _left(licences, on)
    bare = {pk for pk in pictures if not left[pk].issuperset(NEEDED)}
    silent = {
        one.picture_id
        for one in licences
        if Scope.SOCIAL in one.scopes and Scope.SOCIAL not in left[one.picture_id]
    }
    going = Look.objects.filter(status__in=SHOWN, live__in=_versions_with(bare))
    looks = tuple(going.select_related("live").order_by("-published_at", "-pk"))
    worn = SlotOption.objects.filter(rank=1, slot__version__in=[look.live_id for look in looks])
    models = worn.values_list("product__model", "product__sku")
    planned = EditorialEntry.objects.filter(
        day__gte=on, dropped_at__isnull=True, url="", look__live__in=_versions_with(silent)
    )
    scopes = {scope for one in licences for scope in one.scopes}
    return Effect(
        licences=len(licences),
        photos=len(pictures),
        looks=looks,
        products=len({model or sku for model, sku in models}),
        planned=planned.count(),
        elsewhere=tuple(scope.value for scope in ELSEWHERE if scope in scopes),
    )


def _left(licences: Collection[ImageLicence], on: date) -> defaultdict[int, set[str]]:
    """Return by picture the scopes that other licences cover on a day."""
    others = in_force(on).filter(picture__in=[one.picture_id for one in licences])
    found: defaultdict[int, set[str]] = defaultdict(set)
    for other in others.exclude(pk__in=[one.pk for one in licences]):
        found[other.picture_id].update(other.scopes)
    return found


def _versions_with(picture_ids: Collection[int]) -> QuerySet[LookImage, int]:
    return LookImage.objects.filter(picture__in=picture_ids).values_list("version", flat=True)
