"""Photos of a look as a page draws them: the crop, and its points in SVG units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from influencers.models import Hotspot, LookImage, LookVersion
from influencers.queries.pictures import Sources, sources

#: Of the drawing over a photo; the height follows from the photo's.
DRAWING_WIDTH = 1_000


@dataclass(frozen=True, slots=True)
class Point:
    """A hotspot on a drawing, with the number that its product has in the list."""

    number: int
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPhoto:
    """A photo and what is drawn over it. ``height``: of the drawing."""

    image_id: int
    sources: Sources
    height: int
    points: tuple[Point, ...]

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of the products that are seen on it."""
        return frozenset(point.number for point in self.points)


def shown_photos(version: LookVersion) -> list[ShownPhoto]:
    """Return the photos of a loaded version whose files are there."""
    images = [image for image in version.images.all() if image.picture.deleted_at is None]
    numbers = {slot.pk: number for number, slot in enumerate(version.slots.all(), start=1)}
    return [_shown(image, numbers) for image in images]


def _shown(image: LookImage, numbers: dict[int, int]) -> ShownPhoto:
    found = sources(image)
    height = DRAWING_WIDTH * found.height // found.width
    points = [_point(image, spot, numbers, height) for spot in image.hotspots.all()]
    return ShownPhoto(
        image_id=image.pk,
        sources=found,
        height=height,
        points=tuple(point for point in points if point is not None),
    )


def _point(image: LookImage, spot: Hotspot, numbers: dict[int, int], height: int) -> Point | None:
    """Return where a hotspot is drawn; None outside of the crop."""
    x = (spot.x - image.crop_x) / image.crop_width
    y = (spot.y - image.crop_y) / image.crop_height
    if not (0 <= x <= 1 and 0 <= y <= 1):
        return None
    return Point(numbers[spot.slot_id], _of(x, DRAWING_WIDTH), _of(y, height))


def _of(fraction: Decimal, length: int) -> int:
    return int((fraction * length).to_integral_value())
