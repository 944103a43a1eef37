"""The demo's looks: five that the public sees, one in review, one to be changed."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from affiliates.models import Affiliate
from affiliates.queries import people_of
from demo.catalogue import COLORS, Product, siblings
from influencers.domain.licence import ALONE
from influencers.domain.look import Content, Option, Photo, Slot, Spot
from influencers.models import (
    Disclosure,
    Look,
    LookCount,
    LookVersion,
    Picture,
    Scope,
    SlotRole,
    Surface,
)
from influencers.services import look_saving, look_sending, looks, moderation, pictures, profiles
from influencers.services.licences import LicenceTerms
from influencers.services.look_counts import TAP, VIEW, WHOLE_LOOK
from influencers.services.moderation import Remark
from portal.demo import cast, look_photos
from portal.demo.look_photos import Piece
from portal.demo.look_sketches import PUBLISHED, TO_CHANGE, WAITING, Sketch
from portal.demo.world import World
from shop.models import Product as Row

#: Middle, height and turn of the four things laid down, the longest first.
_PLACES = ((0.32, 0.41, 0.64, -3), (0.72, 0.24, 0.31, 4), (0.72, 0.64, 0.27, -2),
           (0.34, 0.88, 0.14, 7))  # fmt: skip
_CLOSER = ((0.36, 0.34, 0.5, 3), (0.66, 0.74, 0.42, -4))
_REVIEWED_AFTER = timedelta(hours=20)
_COUNTED_DAYS = 30
#: Views of a look a day, and taps of a thousand of them.
_SEEN = {Surface.PDP: (42, 60), Surface.PAGE: (9, 210), Surface.LOOKBOOK: (16, 90),
         Surface.CREATOR: (5, 150)}  # fmt: skip
REMARK = "Ce sac est le noir ; sur la photo on croit voir le vert sapin. Lequel est-ce ?"

#: Hair, skin, clothes and ground of a portrait; then what lies on the cover, and its ground.
_FACES = {
    cast.INES.key: (("#3a2a22", "#d9a983", "#742c3c", "#e9d3bf"),
                    ("coat", "dress", "bag", "skirt", "blazer", "shoes"), "#d9b8a0"),
    cast.NADIA.key: (("#241c1a", "#b98560", "#33503f", "#d5dccf"),
                     ("turtleneck", "coat", "basket", "cardigan", "jeans", "boots"), "#b9c3cc"),
}  # fmt: skip


def show(stage: World, *, now: datetime) -> list[Look]:
    """Make the looks through the services that creators and moderators use, and count views.

    Return those of ``PUBLISHED``, in its order.
    """
    by_id = stage.people["sam"].pk
    published = [_approved(stage, sketch, by_id=by_id, now=now) for sketch in PUBLISHED]
    _sent(stage, WAITING, now=now - WAITING.days_ago * timedelta(days=1))
    _given_back(stage, by_id=by_id, now=now - TO_CHANGE.days_ago * timedelta(days=1))
    _count(published, now=now)
    for key in _FACES:
        _dress_page(stage.affiliates[key], key, now=now)
    profiles.put_first(stage.affiliates[cast.INES.key].pk, published[1].pk, now=now)
    return published


def _approved(stage: World, sketch: Sketch, *, by_id: int, now: datetime) -> Look:
    """Send a look, and publish it the day after."""
    sent_at = now - timedelta(days=sketch.days_ago)
    version = _sent(stage, sketch, now=sent_at)
    moderation.approve(
        version.pk, publish_at=None, expires_at=None, by_id=by_id, now=sent_at + _REVIEWED_AFTER
    )
    return Look.objects.get(pk=version.look_id)


def _given_back(stage: World, *, by_id: int, now: datetime) -> None:
    """Ask for a change, pinned to the bag on the photo."""
    version = _sent(stage, TO_CHANGE, now=now)
    image, bag = version.images.get(), version.slots.get(role=SlotRole.BAG)
    spot = image.hotspots.get(slot=bag)
    remark = Remark(text=REMARK, image_id=image.pk, slot_key=bag.key, x=spot.x, y=spot.y)
    moderation.ask_changes(version.pk, [remark], by_id=by_id, now=now + _REVIEWED_AFTER)


def _sent(stage: World, sketch: Sketch, *, now: datetime) -> LookVersion:
    affiliate = stage.affiliates[sketch.creator]
    person = people_of(affiliate.pk)[0].pk
    look = looks.create(affiliate_id=affiliate.pk, shop_id=stage.shop.pk, by_id=person, now=now)
    version = look.versions.get()
    content = _content(stage, sketch, affiliate, now)
    look_saving.save(version.pk, content, saves=version.saves, by_id=person, now=now)
    return look_sending.submit(version.pk, _rights(affiliate, now), by_id=person, now=now)


def _content(stage: World, sketch: Sketch, affiliate: Affiliate, now: datetime) -> Content:
    slots = tuple(_slot(stage, one.product, one.role) for one in sketch.worn)
    photos = [_photo(sketch, range(4), _PLACES, slots, affiliate, now)]
    if sketch.is_seen_closer:
        photos.append(_photo(sketch, range(1, 3), _CLOSER, slots, affiliate, now))
    return Content(
        title=sketch.title,
        story=sketch.story,
        tags=tuple(sketch.tags.split()),
        disclosure=Disclosure.COLLABORATION,
        photos=tuple(photos),
        slots=slots,
    )


def _slot(stage: World, product: Product, role: SlotRole) -> Slot:
    """Fill a place with the product, and with its other colours when it is gone."""
    sku = product.sku
    skus = [sku, *(other.sku for other in siblings(product) if other.sku != sku)]
    found = dict(Row.objects.filter(shop=stage.shop, sku__in=skus).values_list("sku", "pk"))
    options = tuple(Option(found[one], is_exact=one == sku) for one in skus)
    return Slot(key=uuid4(), role=role, is_required=role != SlotRole.BAG, options=options)


def _photo(
    sketch: Sketch,
    numbers: range,
    places: tuple[tuple[float, float, float, float], ...],
    slots: tuple[Slot, ...],
    affiliate: Affiliate,
    now: datetime,
) -> Photo:
    """Draw the pieces of these numbers, and point at each of them."""
    worn = [sketch.worn[number] for number in numbers]
    pieces = tuple(
        Piece(one.cut, COLORS[one.product.color][1], *place)
        for one, place in zip(worn, places, strict=True)
    )
    return Photo(
        picture=_kept(affiliate, look_photos.lay(pieces, sketch.ground), now).public_id,
        alt="À plat : " + " ; ".join(one.product.name for one in worn),
        spots=tuple(
            Spot(slots[number].key, Decimal(str(x)), Decimal(str(y)))
            for number, (x, y, _height, _turn) in zip(numbers, places, strict=True)
        ),
    )


def _kept(affiliate: Affiliate, content: bytes, now: datetime) -> Picture:
    return pictures.add(affiliate_id=affiliate.pk, content=content, name="photo.jpg", now=now)


def _rights(affiliate: Affiliate, now: datetime) -> LicenceTerms:
    return LicenceTerms(
        scopes=(Scope.SITE, Scope.PDP, Scope.SOCIAL),
        starts_on=timezone.localdate(now),
        ends_on=timezone.localdate(now) + timedelta(days=365),
        credit=affiliate.name,
        people=ALONE,
        text_sha256=hashlib.sha256("Droits de la démonstration".encode()).hexdigest(),
    )


def _dress_page(affiliate: Affiliate, key: str, *, now: datetime) -> None:
    """Give a creator's page its portrait and its cover."""
    face, cuts, ground = _FACES[key]
    colors = ("#bd905f", "#742c3c", "#5a4034", "#33503f", "#2b2a30", "#efe6d4")
    laid = tuple(
        Piece(cut, color, 0.1 + 0.16 * number, 0.5, 0.6, (-6, 5)[number % 2])
        for number, (cut, color) in enumerate(zip(cuts, colors, strict=True))
    )
    cover = look_photos.lay(laid, ground, look_photos.COVER)
    for place, content in (("avatar", look_photos.portrait(*face)), ("cover", cover)):
        profiles.show_picture(
            affiliate.pk,
            _kept(affiliate, content, now).pk,
            place=place,
            by_id=people_of(affiliate.pk)[0].pk,
            now=now,
        )


def _count(published: list[Look], *, now: datetime) -> None:
    """Count a month of views and taps: no service takes what happened on another day."""
    chance = random.Random(cast.INES.key)  # noqa: S311
    today, rows = timezone.localdate(now), []
    for look in published:
        since = timezone.localdate(look.published_at or now)
        keys = [slot.key for slot in look.live.slots.all()] if look.live else []
        for ago in range(min((today - since).days, _COUNTED_DAYS)):
            day = today - timedelta(days=ago)
            for surface, (views, taps_of_1000) in _SEEN.items():
                seen = chance.randint(views // 2, views * 3 // 2)
                tapped = (seen * taps_of_1000 + chance.randrange(1_000)) // 1_000
                told = [(VIEW, WHOLE_LOOK, seen), (TAP, chance.choice(keys), tapped)]
                rows += [
                    LookCount(look=look, day=day, surface=surface, act=act, slot_key=key, count=n)
                    for act, key, n in told
                    if n
                ]
    LookCount.objects.bulk_create(rows)
