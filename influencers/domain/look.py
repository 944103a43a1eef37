"""What a look may say, and what it lacks before it is sent.

Rules LE1 to LE9 of docs/rules/look-versions.md.

Positions are fractions of the uncropped picture, from its top left corner, with four decimals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from uuid import UUID

MOST_PHOTOS = 6
MOST_SPOTS = 8
MOST_SLOTS = 12
MOST_OPTIONS = 6
MOST_TAGS = 12
LEAST_PRODUCTS = 2
TITLE_LENGTH, STORY_LENGTH, ALT_LENGTH, TAG_LENGTH = 80, 2_000, 250, 30
#: Nearer to each other than this, two hotspots cannot be told apart with a finger.
NEAREST = Decimal("0.06")
#: Of the shorter side, in pixels: below it a photo looks poor on a large screen.
GOOD_SIDE = 1_080
GOOD_ALT_LENGTH = 15


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture that is shown."""

    x: Decimal = Decimal(0)
    y: Decimal = Decimal(0)
    width: Decimal = Decimal(1)
    height: Decimal = Decimal(1)

    @property
    def is_inside(self) -> bool:
        """Whether it is a part of the picture, and not empty."""
        has_size = self.width > 0 and self.height > 0
        fits = self.x + self.width <= 1 and self.y + self.height <= 1
        return self.x >= 0 and self.y >= 0 and has_size and fits

    def shows(self, x: Decimal, y: Decimal) -> bool:
        """Tell whether a point of the picture is in it."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the product of a slot is seen on a photo."""

    slot: UUID
    x: Decimal
    y: Decimal

    @property
    def is_on_picture(self) -> bool:
        """Whether both fractions lie between zero and one."""
        return 0 <= self.x <= 1 and 0 <= self.y <= 1

    def is_near(self, other: Spot) -> bool:
        """Tell whether ``other`` is too near: their distance in fractions is below ``NEAREST``."""
        across, down = self.x - other.x, self.y - other.y
        return across * across + down * down < NEAREST * NEAREST


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture of the look, by its public id."""

    picture: UUID
    alt: str = ""
    crop: Crop = Crop()
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A product that fills a slot. ``is_exact``: the very one on the photo."""

    product_id: int
    is_exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place that one of the ranked options fills, the first of them worn on the photo."""

    key: UUID
    role: str
    is_required: bool = True
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that one version of a look says and shows."""

    title: str = ""
    story: str = ""
    language: str = "fr"
    tags: tuple[str, ...] = ()
    disclosure: str = ""
    is_retouched: bool = False
    is_virtual: bool = False
    photos: tuple[Photo, ...] = ()
    slots: tuple[Slot, ...] = ()

    @property
    def product_ids(self) -> frozenset[int]:
        """The products of every slot, stand-ins included."""
        return frozenset(option.product_id for slot in self.slots for option in slot.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of the pictures and products of a content.

    ``short_sides``: pixels by picture. ``copied``: pictures that are nearly another creator's.
    """

    short_sides: dict[UUID, int]
    on_sale: frozenset[int]
    sold_out: frozenset[int] = frozenset()
    copied: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to change. ``place``: a field, ``photo:<picture>`` or ``slot:<key>``."""

    code: str
    place: str = ""
    is_blocking: bool = True


def breach(content: Content) -> str:
    """Return the code of what not even a draft may hold; empty when there is nothing (LE1)."""
    return next(_breaches(content), "")


def _breaches(content: Content) -> Iterator[str]:
    keys = [slot.key for slot in content.slots]
    pictures = [photo.picture for photo in content.photos]
    if len(pictures) > MOST_PHOTOS:
        yield "too_many_photos"
    if len(keys) > MOST_SLOTS:
        yield "too_many_products"
    if len(set(pictures)) < len(pictures):
        yield "photo_twice"
    if len(set(keys)) < len(keys):
        yield "slot_twice"
    for slot in content.slots:
        products = [option.product_id for option in slot.options]
        if len(products) > MOST_OPTIONS:
            yield "too_many_alternates"
        if len(set(products)) < len(products):
            yield "alternate_twice"
    for photo in content.photos:
        yield from _breaches_on(photo, frozenset(keys))
    if _is_too_long(content):
        yield "too_long"


def _breaches_on(photo: Photo, keys: frozenset[UUID]) -> Iterator[str]:
    slots = [spot.slot for spot in photo.spots]
    if len(slots) > MOST_SPOTS:
        yield "too_many_spots"
    if len(set(slots)) < len(slots) or not keys.issuperset(slots):
        yield "spot_without_product"
    if not photo.crop.is_inside or not all(spot.is_on_picture for spot in photo.spots):
        yield "outside_of_photo"


def _is_too_long(content: Content) -> bool:
    return (
        len(content.title) > TITLE_LENGTH
        or len(content.story) > STORY_LENGTH
        or len(content.tags) > MOST_TAGS
        or any(len(tag) > TAG_LENGTH for tag in content.tags)
        or any(len(photo.alt) > ALT_LENGTH for photo in content.photos)
    )


def problems(content: Content, facts: Facts) -> tuple[Problem, ...]:
    """Return what stands in the way of sending a look, then what would make it better (LE2-LE9)."""
    found = [
        *_of_words(content),
        *_of_photos(content, facts),
        *_of_products(content, facts),
    ]
    return tuple(sorted(found, key=lambda problem: not problem.is_blocking))


def _of_words(content: Content) -> Iterator[Problem]:
    if not content.title.strip():
        yield Problem("no_title", "title")
    if not content.disclosure:
        yield Problem("no_disclosure", "disclosure")
    if not content.story.strip():
        yield Problem("no_story", "story", is_blocking=False)
    if not content.tags:
        yield Problem("no_tags", "tags", is_blocking=False)


def _of_photos(content: Content, facts: Facts) -> Iterator[Problem]:
    if not content.photos:
        yield Problem("no_photo", "photos")
    for photo in content.photos:
        place, alt = f"photo:{photo.picture}", photo.alt.strip()
        if photo.picture not in facts.short_sides:
            yield Problem("photo_gone", place)
        elif facts.short_sides[photo.picture] < GOOD_SIDE:
            yield Problem("photo_small", place, is_blocking=False)
        if not alt:
            yield Problem("no_alt", place)
        elif len(alt) < GOOD_ALT_LENGTH:
            yield Problem("alt_short", place, is_blocking=False)
        if any(one.is_near(other) for one, other in combinations(photo.spots, 2)):
            yield Problem("spots_near", place)
        if not all(photo.crop.shows(spot.x, spot.y) for spot in photo.spots):
            yield Problem("spot_hidden", place, is_blocking=False)
        if photo.picture in facts.copied:
            yield Problem("photo_copied", place, is_blocking=False)


def _of_products(content: Content, facts: Facts) -> Iterator[Problem]:
    shown = {spot.slot for photo in content.photos for spot in photo.spots}
    filled = [slot for slot in content.slots if slot.options]
    if len(filled) < LEAST_PRODUCTS:
        yield Problem("too_few_products", "products")
    for slot in content.slots:
        place, products = f"slot:{slot.key}", [option.product_id for option in slot.options]
        if not products:
            yield Problem("slot_empty", place)
        elif not facts.on_sale.intersection(products):
            yield Problem("product_gone", place)
        elif products[0] in facts.sold_out or products[0] not in facts.on_sale:
            yield Problem("product_sold_out", place, is_blocking=False)
        elif len(products) == 1 and slot.is_required:
            yield Problem("no_alternate", place, is_blocking=False)
        if slot.key not in shown:
            yield Problem("slot_without_spot", place, is_blocking=False)
