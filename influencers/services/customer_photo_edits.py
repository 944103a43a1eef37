"""What the team adds to a customer's photo before it can appear: words, products, points.

Rule CU6 of docs/rules/look-moderation.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from influencers.domain.look import (
    ALT_LENGTH,
    STORY_LENGTH,
    TITLE_LENGTH,
    Content,
    Option,
    Slot,
    Spot,
)
from influencers.models import LookVersion, SlotOption, SlotRole, VersionStatus
from influencers.queries.looks import content_of, with_content
from influencers.services import look_states
from influencers.services.look_saving import write
from shop.models import Product


class NotCompletable(DomainError):
    """Only a customer's photo that waits for a decision is completed by the team."""

    code = "not_completable"


class ProductUnknown(DomainError):
    """A product that the shop does not sell, or that is on the photo already."""

    code = "product_unknown"


@transaction.atomic
def complete(
    version_id: int, *, title: str, story: str, alt: str, by_id: int, now: datetime
) -> LookVersion:
    """Give a customer's photo its title, story and the words for who cannot see it. Repeatable.

    :raises NotCompletable: for a creator's look, or once it is decided.
    """
    version, content = _loaded(version_id)
    photos = tuple(replace(photo, alt=alt.strip()[:ALT_LENGTH]) for photo in content.photos)
    changed = replace(
        content,
        title=title.strip()[:TITLE_LENGTH],
        story=story.strip()[:STORY_LENGTH],
        photos=photos,
    )
    return _written(version, changed, "words", by_id, now)


@transaction.atomic
def add_product(
    version_id: int,
    *,
    sku: str,
    role: str,
    spot: tuple[Decimal, Decimal] | None,
    by_id: int,
    now: datetime,
) -> LookVersion:
    """Name a product that is seen on the photo. ``spot``: where, in fractions of the picture.

    Safe to repeat: a product that is there moves to the new place.

    :raises NotCompletable: for a creator's look, or once it is decided.
    :raises ProductUnknown: when the shop sells no such product.
    :raises ContentRefused: for more products than a look can hold.
    """
    version, content = _loaded(version_id)
    product = Product.objects.filter(
        shop=version.look.shop_id, sku__iexact=sku.strip(), is_active=True
    ).first()
    if product is None or role not in SlotRole.values:
        raise ProductUnknown(_("The shop sells no product with this number."))
    known = next(
        (one for one in content.slots if Option(product.pk) in one.options),
        Slot(key=uuid4(), role=role, options=(Option(product.pk),)),
    )
    slots = tuple(one for one in content.slots if one.key != known.key)
    changed = replace(content, slots=(*slots, replace(known, role=role)))
    if spot is not None:
        changed = _with_spot(changed, Spot(known.key, *spot))
    _written(version, changed, product.sku, by_id, now)
    SlotOption.objects.filter(slot__version=version).update(added_by="staff")
    return version


@transaction.atomic
def drop_product(version_id: int, slot_key: UUID, *, by_id: int, now: datetime) -> LookVersion:
    """Take a product off a customer's photo. Safe to repeat.

    :raises NotCompletable: for a creator's look, or once it is decided.
    """
    version, content = _loaded(version_id)
    photos = tuple(
        replace(photo, spots=tuple(spot for spot in photo.spots if spot.slot != slot_key))
        for photo in content.photos
    )
    slots = tuple(slot for slot in content.slots if slot.key != slot_key)
    return _written(version, replace(content, photos=photos, slots=slots), "", by_id, now)


def _loaded(version_id: int) -> tuple[LookVersion, Content]:
    look_id = LookVersion.objects.values_list("look", flat=True).get(pk=version_id)
    look = look_states.locked(look_id)
    version = with_content(LookVersion.objects.all()).get(pk=version_id)
    version.look = look
    if look.affiliate_id is not None or version.status != VersionStatus.SUBMITTED:
        raise NotCompletable(_("Only a customer's photo that waits is completed by the team."))
    return version, content_of(version)


def _with_spot(content: Content, spot: Spot) -> Content:
    first, *others = content.photos
    kept = tuple(one for one in first.spots if one.slot != spot.slot)
    return replace(content, photos=(replace(first, spots=(*kept, spot)), *others))


def _written(
    version: LookVersion, content: Content, what: str, by_id: int, now: datetime
) -> LookVersion:
    write(version, content)
    version.saves += 1
    version.saved_at = now
    version.save(update_fields=["saves", "saved_at"])
    audit.record(
        actor=by_id, verb="customer_photo.completed", subject=version.look, at=now,
        data={"what": what},
    )  # fmt: skip
    return version
