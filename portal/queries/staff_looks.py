"""One look as moderators decide on it: photos with their points, products, doubts, the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import AuditEntry
from influencers.domain.moderation import Lack, lacks
from influencers.domain.picture import WHOLE, place_in
from influencers.models import (
    ImageLicence,
    Look,
    LookComment,
    LookImage,
    LookSlot,
    LookVersion,
    Picture,
)
from influencers.queries import moderation
from influencers.queries.look_products import ResolvedSlot, resolve
from influencers.queries.looks import content_of, with_content
from influencers.queries.moderation import Past
from influencers.queries.pictures import Sources, crop_of, near_copies, sources
from portal.look_document import checklist_of
from portal.moderation_language import creator_name, field_name, title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A point on a photo, in pixels of its largest size. ``label`` stands in the point."""

    label: str
    x: int
    y: int
    is_remark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A photo that looks the same, and the look that it is in."""

    title: str
    creator: str
    href: str
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPhoto:
    """A photo as the public would see it. ``hidden``: points that lie outside of the crop."""

    number: int
    image: LookImage
    sources: Sources
    pins: tuple[Pin, ...]
    hidden: int
    copies: tuple[Copy, ...]
    licences: tuple[ImageLicence, ...]

    @property
    def radius(self) -> int:
        """How large a point is drawn, in pixels of the photo."""
        return max(14, self.sources.width // 28)

    @property
    def font_size(self) -> int:
        """How large the words in a point are drawn."""
        return max(14, self.sources.width // 26)

    @property
    def crop(self) -> str:
        """The part of the picture that is shown, for the script that places remarks."""
        image = self.image
        return f"{image.crop_x} {image.crop_y} {image.crop_width} {image.crop_height}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRemark:
    """A remark with what it is about. ``number`` stands on the photo when it is pinned there."""

    number: int
    comment: LookComment
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """Everything that the page of a look shows to the team."""

    look: Look
    version: LookVersion
    photos: tuple[ShownPhoto, ...]
    slots: tuple[tuple[int, ResolvedSlot], ...]
    is_placeable: bool
    lacks: tuple[Lack, ...]
    advice: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]
    remarks: tuple[ShownRemark, ...]
    open_remarks: int
    past: Past
    previous: LookVersion | None
    following: LookVersion | None
    places: tuple[tuple[str, str], ...]
    checked: tuple[str, ...]


def look_view(look: Look, version: LookVersion, *, by_id: int, now: datetime) -> LookView:
    """Gather the page of a look. ``version`` as ``queries.moderation.shown_version`` loads it."""
    resolved = resolve([version], now=now)[version.pk]
    slots = tuple(enumerate(resolved.slots, start=1))
    numbers = {slot.slot.key: number for number, slot in slots}
    remarks = _remarks(version, {slot.slot.key: slot for _number, slot in slots})
    previous, following = moderation.neighbours(version)
    facts = moderation.facts_of(version, by_id=by_id, on=moderation.day_of(now))
    return LookView(
        look=look,
        version=version,
        photos=_photos(look, version, numbers, remarks),
        slots=slots,
        is_placeable=resolved.is_placeable,
        lacks=lacks(facts),
        advice=_advice(look, version),
        changes=_changes(look, version),
        remarks=remarks,
        open_remarks=sum(
            one.comment.asks_for_change and one.comment.resolved_at is None for one in remarks
        ),
        past=moderation.past_of(look),
        previous=previous,
        following=following,
        places=look_places(version),
        checked=_checked(look, version),
    )


def _photos(
    look: Look,
    version: LookVersion,
    numbers: Mapping[UUID, int],
    remarks: Iterable[ShownRemark],
) -> tuple[ShownPhoto, ...]:
    images = list(version.images.all())
    licences: dict[int, list[ImageLicence]] = {image.picture_id: [] for image in images}
    for licence in moderation.licences_of(licences):
        licences[licence.picture_id].append(licence)
    shown = []
    for number, image in enumerate(images, start=1):
        spots = [(str(numbers[spot.slot.key]), spot.x, spot.y, False)
                 for spot in image.hotspots.all()]  # fmt: skip
        said = [
            (f"!{one.number}", one.comment.x, one.comment.y, True)
            for one in remarks
            if one.comment.image_id == image.pk
            and one.comment.x is not None
            and one.comment.y is not None
        ]
        found = sources(image)
        pins = [pin for one in [*spots, *said] if (pin := _pin(image, found, *one)) is not None]
        shown.append(
            ShownPhoto(
                number=number,
                image=image,
                sources=found,
                pins=tuple(pins),
                hidden=len(spots) - sum(not pin.is_remark for pin in pins),
                copies=_copies(image.picture, look),
                licences=tuple(licences[image.picture_id]),
            )
        )
    return tuple(shown)


def _pin(
    image: LookImage, found: Sources, label: str, x: Decimal, y: Decimal, is_remark: bool
) -> Pin | None:
    place = place_in(crop_of(image), int(x * WHOLE), int(y * WHOLE))
    if place is None:
        return None
    return Pin(
        label=label,
        x=place.x * found.width // WHOLE,
        y=place.y * found.height // WHOLE,
        is_remark=is_remark,
    )


def _copies(picture: Picture, look: Look) -> tuple[Copy, ...]:
    ids = [picture.pk, *(one.pk for one in near_copies(picture))]
    return tuple(
        Copy(
            title=title_of(image.version),
            creator=creator_name(image.version.look),
            href=reverse("portal:moderation-detail", args=[image.version.look.public_id]),
            is_own=look.affiliate_id is not None
            and image.version.look.affiliate_id == look.affiliate_id,
        )
        for image in moderation.looks_with(ids, besides=look.pk)
    )


def _remarks(version: LookVersion, slots: Mapping[UUID, ResolvedSlot]) -> tuple[ShownRemark, ...]:
    numbers = {image.pk: number for number, image in enumerate(version.images.all(), start=1)}
    found = []
    for number, comment in enumerate(version.comments.all(), start=1):
        if comment.slot_key is not None:
            slot = slots.get(comment.slot_key)
            product = slot.product if slot else None
            about = product.name if product else _("A product that is gone")
        elif comment.image_id in numbers:
            about = _("Photo %(number)s") % {"number": numbers[comment.image_id]}
        else:
            about = field_name(comment.place)
        found.append(ShownRemark(number=number, comment=comment, about=about))
    return tuple(found)


def _advice(look: Look, version: LookVersion) -> tuple[str, ...]:
    """Return what would make a creator's look better; customers are asked for nothing more."""
    if look.affiliate_id is None:
        return ()
    return tuple(str(one["text"]) for one in checklist_of(version))


def _changes(look: Look, version: LookVersion) -> tuple[tuple[str, str, str], ...]:
    """Return what differs from the published version: the field, before, after."""
    if look.live_id is None or look.live_id == version.pk:
        return ()
    live = with_content(LookVersion.objects.all()).get(pk=look.live_id)
    before, after = _said(live), _said(version)
    return tuple(
        (name, before[name], after[name]) for name in before if before[name] != after[name]
    )


def _said(version: LookVersion) -> dict[str, str]:
    content = content_of(version)
    names = [_name_of(slot) for slot in version.slots.all()]
    return {
        _("Title"): content.title,
        _("Story"): content.story,
        _("Tags"): ", ".join(content.tags),
        _("Label of advertising"): version.get_disclosure_display(),
        _("Photos"): ", ".join(photo.alt or str(photo.picture)[:8] for photo in content.photos),
        _("Products"): ", ".join(names),
    }


def look_places(version: LookVersion) -> tuple[tuple[str, str], ...]:
    """Return the photos and products that a remark can be about, as ``(value, label)``."""
    photos = [
        (f"image:{image.pk}", _("Photo %(number)s") % {"number": number})
        for number, image in enumerate(version.images.all(), start=1)
    ]
    products = [
        (f"slot:{slot.key}", f"{number}. {_name_of(slot)}")
        for number, slot in enumerate(version.slots.all(), start=1)
    ]
    return (*photos, *products)


def _name_of(slot: LookSlot) -> str:
    worn = next(iter(slot.options.all()), None)
    return worn.product.name if worn else "–"


def _checked(look: Look, version: LookVersion) -> tuple[str, ...]:
    """Return the points that whoever approved this version looked at."""
    entry = AuditEntry.objects.filter(
        verb="look.approved",
        subject_type=look._meta.label_lower,
        subject_id=str(look.pk),
        data__version=version.number,
    ).last()
    return tuple(entry.data.get("checks", ())) if entry else ()
