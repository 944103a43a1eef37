"""The demo's looks: five that the public sees, one in review, one to be changed."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from affiliates.models import Affiliate
from affiliates.queries import people_of
from demo.catalogue import COLORS, Product, by_sku, siblings
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A look to be drawn. ``worn``: SKU, cut of the drawing and role, the longest piece first."""

    creator: str
    title: str
    story: str
    tags: tuple[str, ...]
    ground: str
    worn: tuple[tuple[str, str, str], ...]
    days_ago: int
    is_seen_closer: bool = False


PUBLISHED = (
    Sketch(
        creator=cast.INES.key,
        title="Trench et jupe plissée, un matin de pluie",
        story="La jupe bouge, le trench tient. Je porte la marinière rentrée, sans ceinture.",
        tags=("bureau", "mi-saison"),
        ground="#d9b8a0",
        worn=(
            ("MV01-CAM", "coat", SlotRole.OUTER),
            ("ML01-IVO", "breton", SlotRole.TOP),
            ("PJ04-SAP", "skirt", SlotRole.BOTTOM),
            ("CH03-BOR", "loafers", SlotRole.SHOES),
        ),
        days_ago=27,
        is_seen_closer=True,
    ),
    Sketch(
        creator=cast.INES.key,
        title="La robe Odéon, du bureau au dîner",
        story="Une seule pièce à repasser. Le blazer reste sur le dossier de la chaise le soir.",
        tags=("bureau", "soir"),
        ground="#9fb0a4",
        worn=(
            ("RB01-BOR", "dress", SlotRole.DRESS),
            ("MV04-NOI", "blazer", SlotRole.OUTER),
            ("SA02-BOR", "bag", SlotRole.BAG),
            ("CH01-NOI", "shoes", SlotRole.SHOES),
        ),
        days_ago=18,
    ),
    Sketch(
        creator=cast.INES.key,
        title="Un lundi en bleu",
        story="Pantalon large, chemise ciel : je prends ma taille en bas, une de plus en haut.",
        tags=("bureau", "bleu"),
        ground="#e5dccb",
        worn=(
            ("PJ01-MAR", "trousers", SlotRole.BOTTOM),
            ("CT01-CIE", "shirt", SlotRole.TOP),
            ("SA01-CAM", "bag", SlotRole.BAG),
            ("CH05-COQ", "shoes", SlotRole.SHOES),
        ),
        days_ago=9,
    ),
    Sketch(
        creator=cast.NADIA.key,
        title="Le manteau Vendôme, pour de vrai",
        story="Celui que je conseille le plus à Bellecour. Il se porte ouvert dès octobre.",
        tags=("manteaux", "hiver"),
        ground="#b9c3cc",
        worn=(
            ("MV02-CAM", "coat", SlotRole.OUTER),
            ("ML02-IVO", "turtleneck", SlotRole.TOP),
            ("PJ03-BRU", "jeans", SlotRole.BOTTOM),
            ("CH02-CHO", "boots", SlotRole.SHOES),
        ),
        days_ago=21,
    ),
    Sketch(
        creator=cast.NADIA.key,
        title="Une robe chemise et un panier",
        story="Elle taille grand : prenez une taille de moins. Le cardigan va avec tout.",
        tags=("week-end", "mi-saison"),
        ground="#dcc08e",
        worn=(
            ("RB04-CIE", "dress", SlotRole.DRESS),
            ("ML03-SAU", "cardigan", SlotRole.TOP),
            ("SA04-CAM", "basket", SlotRole.BAG),
            ("CH04-IVO", "sneakers", SlotRole.SHOES),
        ),
        days_ago=5,
    ),
)
WAITING = Sketch(
    creator=cast.INES.key,
    title="Velours et rouge coquelicot",
    story="Le velours chocolat calme le rouge. Collants opaques, bottines noires.",
    tags=("couleur",),
    ground="#cfd3c2",
    worn=(
        ("PJ05-CHO", "skirt", SlotRole.BOTTOM),
        ("ML06-COQ", "sweater", SlotRole.TOP),
        ("SA03-CAM", "bag", SlotRole.BAG),
        ("CH02-NOI", "boots", SlotRole.SHOES),
    ),
    days_ago=2,
)
TO_CHANGE = Sketch(
    creator=cast.NADIA.key,
    title="Marinière et jean clair",
    story="La tenue du samedi matin.",
    tags=("week-end",),
    ground="#e3cdb8",
    worn=(
        ("PJ03-CLA", "jeans", SlotRole.BOTTOM),
        ("CT05-IVO", "breton", SlotRole.TOP),
        ("SA01-NOI", "bag", SlotRole.BAG),
        ("CH04-MAR", "sneakers", SlotRole.SHOES),
    ),
    days_ago=3,
)
REMARK = "Ce sac est le noir ; sur la photo on croit voir le vert sapin. Lequel est-ce ?"

#: Hair, skin, clothes and ground of a portrait; then what lies on the cover, and its ground.
_FACES = {
    cast.INES.key: (("#3a2a22", "#d9a983", "#742c3c", "#e9d3bf"),
                    ("coat", "dress", "bag", "skirt", "blazer", "shoes"), "#d9b8a0"),
    cast.NADIA.key: (("#241c1a", "#b98560", "#33503f", "#d5dccf"),
                     ("turtleneck", "coat", "basket", "cardigan", "jeans", "boots"), "#b9c3cc"),
}  # fmt: skip


def show(stage: World, *, now: datetime) -> None:
    """Make the looks through the services that creators and moderators use, and count views."""
    by_id = stage.people["sam"].pk
    published = [_approved(stage, sketch, by_id=by_id, now=now) for sketch in PUBLISHED]
    _sent(stage, WAITING, now=now - WAITING.days_ago * timedelta(days=1))
    _given_back(stage, by_id=by_id, now=now - TO_CHANGE.days_ago * timedelta(days=1))
    _count(published, now=now)
    for key in _FACES:
        _dress_page(stage.affiliates[key], key, now=now)
    profiles.put_first(stage.affiliates[cast.INES.key].pk, published[1].pk, now=now)


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
    slots = tuple(_slot(stage, sku, role) for sku, _cut, role in sketch.worn)
    photos = [_photo(sketch, range(4), _PLACES, slots, affiliate, now)]
    if sketch.is_seen_closer:
        photos.append(_photo(sketch, range(1, 3), _CLOSER, slots, affiliate, now))
    return Content(
        title=sketch.title,
        story=sketch.story,
        tags=sketch.tags,
        disclosure=Disclosure.COLLABORATION,
        photos=tuple(photos),
        slots=slots,
    )


def _slot(stage: World, sku: str, role: str) -> Slot:
    """Fill a place with the product, and with its other colours when it is gone."""
    product = by_sku()[sku]
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
    placed = list(zip(numbers, places, strict=True))
    worn: list[Product] = [by_sku()[sketch.worn[number][0]] for number in numbers]
    pieces = tuple(
        Piece(sketch.worn[number][1], COLORS[product.color][1], *place)
        for (number, place), product in zip(placed, worn, strict=True)
    )
    return Photo(
        picture=_kept(affiliate, look_photos.lay(pieces, sketch.ground), now).public_id,
        alt="À plat : " + " ; ".join(product.name for product in worn),
        spots=tuple(
            Spot(slots[number].key, Decimal(str(x)), Decimal(str(y)))
            for number, (x, y, _height, _turn) in placed
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
