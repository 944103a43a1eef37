"""A version of a look as visitors will see it, drawn with the parts of the public page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.money import Money
from influencers.domain.picture import WHOLE, place_in
from influencers.models import LookImage, LookVersion, Surface
from influencers.queries.look_pages import Dot, Item, Photo, ShownLook, maker_of
from influencers.queries.look_products import ResolvedSlot, resolve
from influencers.queries.pictures import crop_of, sources
from influencers.views.assets import address_of
from portal.shop_pictures import picture_of


def preview_context(version: LookVersion, *, now: datetime) -> dict[str, Any]:
    """Return what the preview shows of a loaded version. Nothing in it leads anywhere."""
    return {
        "look": _shown(version, now),
        "version": version,
        "surface": Surface.PAGE,
        "style": address_of("looks.css"),
        "page_style": address_of("pages.css"),
    }


def _shown(version: LookVersion, now: datetime) -> ShownLook:
    look, resolved = version.look, resolve([version], now=now)[version.pk]
    filled = [place for place in resolved.slots if place.product is not None]
    items = {place.slot.pk: _item(place, number) for number, place in enumerate(filled, start=1)}
    images = [image for image in version.images.all() if image.picture.deleted_at is None]
    return ShownLook(
        look=look,
        title=version.title,
        story=version.story,
        language=version.language,
        mentions=mentions(version),
        maker=maker_of(look),
        photos=tuple(_photo(image, items) for image in images),
        items=tuple(items.values()),
        is_placeable=resolved.is_placeable,
    )


def mentions(version: LookVersion) -> tuple[str, ...]:
    """Return what the law wants to be read on the photos."""
    said = [version.get_disclosure_display()] if version.disclosure else []
    if version.is_retouched:
        said.append(_("Retouched images"))
    if version.is_virtual:
        said.append(_("Virtual images"))
    return tuple(map(str, said))


def _item(place: ResolvedSlot, number: int) -> Item:
    product = place.product
    if product is None:
        raise ValueError(f"Slot {place.slot.pk} has no product.")
    return Item(
        number=number,
        key=str(place.slot.key),
        role=place.slot.get_role_display(),
        product=product,
        price=Money(product.list_price_minor, product.currency),
        href="",
        picture=picture_of(product),
        is_sold_out=place.is_sold_out,
        is_substitute=place.is_substitute,
        is_exact=place.is_exact,
    )


def _photo(image: LookImage, items: dict[int, Item]) -> Photo:
    crop, dots = crop_of(image), []
    for spot in image.hotspots.all():
        place = place_in(crop, int(spot.x * WHOLE), int(spot.y * WHOLE))
        if place is not None and spot.slot_id in items:
            dots.append(Dot(items[spot.slot_id], place.x * 100 // WHOLE, place.y * 100 // WHOLE))
    return Photo(sources=sources(image), credit="", dots=tuple(dots))
