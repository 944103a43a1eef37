"""What may be made of a picture: its crop, its sizes, and how alike two pictures are.

Crops are ten-thousandths of the whole picture, so that one place has one spelling everywhere.
"""

from __future__ import annotations

import re
from typing import NamedTuple

WHOLE = 10_000
#: Widths of what pages show, in pixels.
WIDTHS = (480, 960, 1_600)
#: The first is what old browsers get.
KINDS = ("jpeg", "webp")

#: What is taken, and what is advised, of the shorter side in pixels.
LEAST_SIDE, GOOD_SIDE = 600, 1_080
MOST_BYTES = 15 * 1024 * 1024
#: A file of a few bytes may unpack to any size: above this it is not unpacked at all.
MOST_PIXELS = 60_000_000
#: The longer side of the original that is kept.
KEPT_SIDE = 4_000
#: How many photos one affiliate sends within 24 hours.
MOST_IN_A_DAY = 200

FINGERPRINT_BITS = 64
#: Two pictures that differ in so few of the 64 bits are taken for the same.
NEAR_BITS = 8
_SPELT = re.compile(r"(\d{1,5})\.(\d{1,5})\.(\d{1,5})\.(\d{1,5})")


class Crop(NamedTuple):
    """A part of a picture: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return ".".join(map(str, self))


UNCROPPED = Crop(0, 0, WHOLE, WHOLE)


class Size(NamedTuple):
    """In pixels."""

    width: int
    height: int


class Point(NamedTuple):
    """A place on what is shown, in ten-thousandths of it."""

    x: int
    y: int


def read_crop(text: str) -> Crop | None:
    """Return the crop that ``text`` spells, or None when it spells no part of a picture."""
    found = _SPELT.fullmatch(text)
    if found is None:
        return None
    crop = Crop(*map(int, found.groups()))
    fits = crop.width and crop.height
    fits = fits and crop.x + crop.width <= WHOLE and crop.y + crop.height <= WHOLE
    return crop if fits else None


def pixels(crop: Crop, whole: Size) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a crop in pixels: at least one, inside the picture."""
    left = min(crop.x * whole.width // WHOLE, whole.width - 1)
    top = min(crop.y * whole.height // WHOLE, whole.height - 1)
    right = max((crop.x + crop.width) * whole.width // WHOLE, left + 1)
    bottom = max((crop.y + crop.height) * whole.height // WHOLE, top + 1)
    return left, top, right, bottom


def sizes(crop: Crop, whole: Size) -> tuple[Size, ...]:
    """Return the sizes in which a crop is shown, smallest first.

    Nothing is made larger than it is, but for the smallest size. Heights are rounded half up.
    """
    left, top, right, bottom = pixels(crop, whole)
    width, height = right - left, bottom - top
    widths = tuple(one for one in WIDTHS if one <= width) or WIDTHS[:1]
    return tuple(Size(one, max(1, (2 * one * height + width) // (2 * width))) for one in widths)


def place_in(crop: Crop, x: int, y: int) -> Point | None:
    """Return where a point of the whole picture is seen in the crop, or None outside it.

    ``x`` and ``y`` are ten-thousandths of the whole picture.
    """
    inside = crop.x <= x <= crop.x + crop.width and crop.y <= y <= crop.y + crop.height
    if not inside:
        return None
    return Point((x - crop.x) * WHOLE // crop.width, (y - crop.y) * WHOLE // crop.height)


def fingerprint(brightness: list[int]) -> int:
    """Return the difference hash of 8 rows of 9 brightnesses, as a signed number of 64 bits.

    A bit is set where a place is brighter than its right neighbour.
    """
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (brightness[at] > brightness[at + 1])
    return bits - (1 << FINGERPRINT_BITS) if bits >> (FINGERPRINT_BITS - 1) else bits
