"""Pictures that others sent: a few kilobytes of them can ask for all the memory there is."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageOps

#: What Pillow raises for pictures that are none, end too soon, or lie about themselves.
UNREADABLE = (OSError, EOFError, SyntaxError, ValueError, TypeError, IndexError, KeyError,
              OverflowError, struct.error)  # fmt: skip


class TooManyPixels(Exception):
    """A picture that is too large to be unpacked."""


def opened(body: bytes, *, kinds: Sequence[str], most_pixels: int) -> Image.Image:
    """Return a picture that is not unpacked yet; ``kinds`` are those of Pillow.

    Unpacking it may still raise one of ``UNREADABLE``.

    :raises TooManyPixels: when it says that it has more than ``most_pixels``.
    :raises Exception: one of ``UNREADABLE`` for what is no picture of these kinds.
    """
    try:
        picture = Image.open(BytesIO(body), formats=list(kinds))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    if picture.width * picture.height > most_pixels:
        raise TooManyPixels
    return picture


def drawn_anew(
    body: bytes, kind: str, *, most_pixels: int, longest_side: int, quality: int = 85
) -> bytes:
    """Return a picture of ``kind``, PNG or JPEG, from its pixels alone, upright.

    What is no pixel is gone, such as the place of a photograph. A larger one is scaled, until no
    side is longer than ``longest_side``.

    :raises TooManyPixels: when it says that it has more than ``most_pixels``.
    :raises Exception: one of ``UNREADABLE`` for what is no picture of this kind.
    """
    with opened(body, kinds=[kind], most_pixels=most_pixels) as picture:
        drawn = ImageOps.exif_transpose(picture)
    if drawn.mode not in {"L", "RGB", "RGBA"} or (kind == "JPEG" and drawn.mode == "RGBA"):
        drawn = drawn.convert("RGBA" if kind == "PNG" else "RGB")
    drawn.thumbnail((longest_side, longest_side))
    drawn.info = {}
    plain = BytesIO()
    drawn.save(plain, kind, quality=quality, optimize=True)
    return plain.getvalue()
