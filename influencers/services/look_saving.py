"""What a version of a look says, saved: by the editor every few seconds, by a copy, by staff.

Rules LE1, LE10 and LE11 of docs/rules/look-versions.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.queries import acts_for
from core.errors import DomainError
from influencers.domain.look import Content, Option, Photo, Slot, breach
from influencers.models import (
    Disclosure,
    Hotspot,
    Look,
    LookImage,
    LookSlot,
    LookVersion,
    Picture,
    SlotOption,
    SlotRole,
)
from influencers.queries.looks import content_of, with_content
from shop.models import Product

_BREACHES = {
    "too_many_photos": gettext_lazy("A look has six photos at most."),
    "too_many_products": gettext_lazy("A look has twelve products at most."),
    "too_many_alternates": gettext_lazy("A product has five stand-ins at most."),
    "too_many_spots": gettext_lazy("A photo has eight points at most."),
    "photo_twice": gettext_lazy("The same photo is there twice."),
    "slot_twice": gettext_lazy("The same product is there twice."),
    "alternate_twice": gettext_lazy("A product stands in for itself."),
    "spot_without_product": gettext_lazy("A point shows no product of this look."),
    "outside_of_photo": gettext_lazy("A point or a crop lies outside of its photo."),
    "too_long": gettext_lazy("A text is longer than allowed."),
}
_TEXTS = ("title", "story", "language", "disclosure", "is_retouched", "is_virtual")
LANGUAGES = ("fr", "en")


class NotTheirLook(DomainError):
    """Somebody acted who does not act for the look's creator."""

    code = "not_their_look"


class NotEditable(DomainError):
    """The version is being reviewed, or was decided on."""

    code = "look_not_editable"


class SavedElsewhere(DomainError):
    """Somebody saved a newer content meanwhile."""

    code = "saved_elsewhere"


class ContentRefused(DomainError):
    """Not even a draft may hold this."""

    code = "content_refused"


@transaction.atomic
def save(
    version_id: int, content: Content, *, saves: int, by_id: int | None, now: datetime
) -> LookVersion:
    """Put ``content`` in place of what an open version says. Safe to repeat.

    ``saves``: the count of saves that the content was made from. ``by_id``: None for a customer.

    :raises NotTheirLook: when the person does not act for the look's creator.
    :raises NotEditable: while it is reviewed, and once it was decided on.
    :raises SavedElsewhere: when somebody saved something else since.
    :raises ContentRefused: for more than a look can hold, or what is not the creator's.
    """
    version = LookVersion.objects.select_for_update(of=["self"]).get(pk=version_id)
    look = version.look
    check_person(look, by_id)
    if version.status not in LookVersion.EDITABLE:
        raise NotEditable(_("It is in review: take it back first, then change it."))
    if version.saves != saves:
        stored = with_content(LookVersion.objects.all()).get(pk=version_id)
        if content_of(stored) == content:  # The answer to the same save was lost on the way.
            return version
        raise SavedElsewhere(_("This look was changed somewhere else meanwhile."))
    write(version, content)
    version.saves += 1
    version.saved_at = now
    version.save(update_fields=["saves", "saved_at"])
    return version


def check_person(look: Look, by_id: int | None) -> None:
    """Refuse whoever does not act for the creator; a customer's look has none.

    :raises NotTheirLook: see above.
    """
    if look.affiliate_id is None:
        return
    if by_id is None or not acts_for(by_id, look.affiliate_id):
        raise NotTheirLook(_("This look belongs to somebody else."))


def write(version: LookVersion, content: Content) -> None:
    """Make a locked version say ``content``. Rows that stay keep their id: comments hang on them.

    :raises ContentRefused: for more than a look can hold, or what is not the creator's.
    """
    check(content)
    pictures = _pictures(version.look, content)
    _check_products(version.look, content)
    for name in _TEXTS:
        setattr(version, name, getattr(content, name))
    version.tags = list(content.tags)
    version.save(update_fields=[*_TEXTS, "tags"])
    slots = _write_slots(version, content.slots)
    _write_photos(version, content.photos, pictures, slots)


def check(content: Content) -> None:
    """Refuse what not even a draft may hold.

    :raises ContentRefused: with the sentence for it.
    """
    code = breach(content)
    if code:
        raise ContentRefused(str(_BREACHES[code]))
    known = content.disclosure in {"", *Disclosure.values} and content.language in LANGUAGES
    if not known or any(slot.role not in SlotRole.values for slot in content.slots):
        raise ContentRefused(_("This is not a choice: reload the page."))


def _pictures(look: Look, content: Content) -> dict[UUID, Picture]:
    names = [photo.picture for photo in content.photos]
    rows = Picture.objects.filter(
        public_id__in=names, affiliate=look.affiliate_id, deleted_at__isnull=True
    )
    found = {picture.public_id: picture for picture in rows}
    if len(found) < len(names):
        raise ContentRefused(_("A photo is gone: add it again."))
    return found


def _check_products(look: Look, content: Content) -> None:
    known = Product.objects.filter(pk__in=content.product_ids, shop=look.shop_id).count()
    if known < len(content.product_ids):
        raise ContentRefused(_("A product is not in the shop's catalogue."))


def _write_slots(version: LookVersion, slots: tuple[Slot, ...]) -> dict[UUID, LookSlot]:
    version.slots.exclude(key__in=[slot.key for slot in slots]).delete()
    kept = {slot.key: slot for slot in version.slots.prefetch_related("options")}
    for position, slot in enumerate(slots, start=1):
        row = kept.get(slot.key) or LookSlot(version=version, key=slot.key)
        row.role, row.is_required, row.position = slot.role, slot.is_required, position
        row.save()
        kept[slot.key] = row
        _write_options(row, slot.options)
    return kept


def _write_options(slot: LookSlot, options: tuple[Option, ...]) -> None:
    rows = list(slot.options.all())
    if [(row.product_id, row.is_exact) for row in rows] == [
        (option.product_id, option.is_exact) for option in options
    ]:
        return
    added_by = {row.product_id: row.added_by for row in rows}
    slot.options.all().delete()
    SlotOption.objects.bulk_create(
        SlotOption(
            slot=slot,
            product_id=option.product_id,
            rank=rank,
            is_exact=option.is_exact,
            added_by=added_by.get(option.product_id, "creator"),
        )
        for rank, option in enumerate(options, start=1)
    )


def _write_photos(
    version: LookVersion,
    photos: tuple[Photo, ...],
    pictures: Mapping[UUID, Picture],
    slots: Mapping[UUID, LookSlot],
) -> None:
    version.images.exclude(picture__in=pictures.values()).delete()
    kept = {image.picture_id: image for image in version.images.all()}
    images = []
    for position, photo in enumerate(photos, start=1):
        picture = pictures[photo.picture]
        image = kept.get(picture.pk) or LookImage(version=version, picture=picture)
        image.position, image.alt, crop = position, photo.alt, photo.crop
        image.crop_x, image.crop_y = crop.x, crop.y
        image.crop_width, image.crop_height = crop.width, crop.height
        image.save()
        images.append((image, photo))
    Hotspot.objects.filter(image__version=version).delete()
    Hotspot.objects.bulk_create(
        Hotspot(image=image, slot=slots[spot.slot], x=Decimal(spot.x), y=Decimal(spot.y))
        for image, photo in images
        for spot in photo.spots
    )
