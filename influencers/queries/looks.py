"""Looks as their creators and the editor see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from influencers.domain.look import Content, Crop, Facts, Option, Photo, Slot, Spot
from influencers.models import (
    Hotspot,
    Look,
    LookImage,
    LookSlot,
    LookVersion,
    Picture,
    SlotOption,
    VersionStatus,
)
from influencers.queries.pictures import near_copies
from shop.models import Product

OPEN = (VersionStatus.DRAFT, VersionStatus.SUBMITTED, VersionStatus.CHANGES)


def with_content(versions: QuerySet[LookVersion]) -> QuerySet[LookVersion]:
    """Fetch with each version its photos, hotspots, slots, options and products: five queries."""
    images = LookImage.objects.select_related("picture").prefetch_related(
        Prefetch("hotspots", Hotspot.objects.select_related("slot").order_by("slot__position"))
    )
    slots = LookSlot.objects.prefetch_related(
        Prefetch("options", SlotOption.objects.select_related("product__shop"))
    )
    return versions.prefetch_related(Prefetch("images", images), Prefetch("slots", slots))


def loaded(version_id: int) -> LookVersion:
    """Return a version with everything in it."""
    rows = LookVersion.objects.select_related("look__shop", "look__affiliate", "look__link")
    return with_content(rows).get(pk=version_id)


def content_of(version: LookVersion) -> Content:
    """Return what a version says, as a plain value."""
    return Content(
        title=version.title,
        story=version.story,
        language=version.language,
        tags=tuple(version.tags),
        disclosure=version.disclosure,
        is_retouched=version.is_retouched,
        is_virtual=version.is_virtual,
        photos=tuple(_photo(image) for image in version.images.all()),
        slots=tuple(_slot(slot) for slot in version.slots.all()),
    )


def _photo(image: LookImage) -> Photo:
    return Photo(
        picture=image.picture.public_id,
        alt=image.alt,
        crop=Crop(image.crop_x, image.crop_y, image.crop_width, image.crop_height),
        spots=tuple(Spot(spot.slot.key, spot.x, spot.y) for spot in image.hotspots.all()),
    )


def _slot(slot: LookSlot) -> Slot:
    return Slot(
        key=slot.key,
        role=slot.role,
        is_required=slot.is_required,
        options=tuple(Option(one.product_id, one.is_exact) for one in slot.options.all()),
    )


def facts_of(content: Content) -> Facts:
    """Return what is known of the pictures and products that a content names."""
    names = [photo.picture for photo in content.photos]
    pictures = list(Picture.objects.filter(public_id__in=names, deleted_at__isnull=True))
    products = list(Product.objects.filter(pk__in=content.product_ids))
    return Facts(
        short_sides={one.public_id: min(one.width, one.height) for one in pictures},
        on_sale=frozenset(one.pk for one in products if one.is_active),
        sold_out=sold_out(products),
        copied=frozenset(one.public_id for one in pictures if _is_copied(one)),
    )


def _is_copied(picture: Picture) -> bool:
    """Tell whether somebody else sent nearly the same photo."""
    return any(one.affiliate_id != picture.affiliate_id for one in near_copies(picture))


def sold_out(products: Collection[Product]) -> frozenset[int]:
    """Return the products of which no piece is left in any size of the same colour.

    A shop that tells no stock sells everything.
    """
    gone = [one for one in products if one.stock == 0]
    models = Q()
    for one in gone:
        if one.model:
            models |= Q(shop=one.shop_id, model=one.model, color=one.color)
    alike = Product.objects.filter(models, is_active=True) if models else Product.objects.none()
    left = {
        (one.shop_id, one.model, one.color) for one in alike if one.stock is None or one.stock > 0
    }
    return frozenset(
        one.pk for one in gone if not one.model or (one.shop_id, one.model, one.color) not in left
    )


def document_of(version: LookVersion) -> dict[str, Any]:
    """Return a version as JSON for the editor and its preview. Prices: minor units, with VAT."""
    slots = list(version.slots.all())
    gone = sold_out([option.product for slot in slots for option in slot.options.all()])
    return {
        "version": version.pk,
        "number": version.number,
        "status": version.status,
        "saves": version.saves,
        "title": version.title,
        "story": version.story,
        "language": version.language,
        "tags": list(version.tags),
        "disclosure": version.disclosure,
        "is_retouched": version.is_retouched,
        "is_virtual": version.is_virtual,
        "photos": [_photo_document(image) for image in version.images.all()],
        "slots": [
            {
                "key": str(slot.key),
                "role": slot.role,
                "is_required": slot.is_required,
                "options": [
                    product_document(one.product, is_exact=one.is_exact, sold_out=gone)
                    for one in slot.options.all()
                ],
            }
            for slot in slots
        ],
    }


def _photo_document(image: LookImage) -> dict[str, Any]:
    picture = image.picture
    return {
        "image": image.pk,
        "picture": str(picture.public_id),
        "width": picture.width,
        "height": picture.height,
        "color": picture.color,
        "alt": image.alt,
        "crop": [
            float(one) for one in (image.crop_x, image.crop_y, image.crop_width, image.crop_height)
        ],
        "spots": [
            {"slot": str(spot.slot.key), "x": float(spot.x), "y": float(spot.y)}
            for spot in image.hotspots.all()
        ],
    }


def product_document(
    product: Product, *, is_exact: bool = True, sold_out: frozenset[int] = frozenset()
) -> dict[str, Any]:
    """Return what everybody may know of a product, as JSON."""
    return {
        "product": product.pk,
        "is_exact": is_exact,
        "sku": product.sku,
        "name": product.name,
        "color": product.color,
        "size": product.size,
        "price_minor": product.list_price_minor,
        "currency": product.currency,
        "is_active": product.is_active,
        "is_sold_out": product.pk in sold_out,
    }


def of_affiliate(affiliate_id: int) -> QuerySet[Look]:
    """Return the looks of a creator, those touched last first."""
    return (
        Look.objects.filter(affiliate=affiliate_id)
        .select_related("shop", "link", "live")
        .order_by("-status_changed_at", "-pk")
    )


def open_versions(look_ids: Iterable[int]) -> dict[int, LookVersion]:
    """Return by look the version that is being written or reviewed."""
    rows = LookVersion.objects.filter(look__in=list(look_ids), status__in=OPEN)
    return {one.look_id: one for one in rows}


def newest_versions(look_ids: Iterable[int]) -> dict[int, LookVersion]:
    """Return by look its last version, whatever became of it."""
    rows = LookVersion.objects.filter(look__in=list(look_ids)).order_by("look", "-number")
    return {one.look_id: one for one in rows.distinct("look")}


def covers(version_ids: Iterable[int]) -> dict[int, LookImage]:
    """Return by version the photo that stands for it: its first."""
    rows = LookImage.objects.filter(version__in=list(version_ids)).select_related("picture")
    return {one.version_id: one for one in rows.order_by("version", "position").distinct("version")}


def recent_products(affiliate_id: int, most: int) -> list[Product]:
    """Return the products that a creator used last, each once."""
    options = SlotOption.objects.filter(
        slot__version__look__affiliate=affiliate_id, product__is_active=True
    )
    newest: dict[int, Product] = {}
    for option in options.select_related("product__shop").order_by("-pk")[: most * 6]:
        newest.setdefault(option.product_id, option.product)
    return list(newest.values())[:most]
