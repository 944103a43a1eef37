"""Pictures that others sent: a few kilobytes of them can ask for all the memory there is."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from io import BytesIO

from PIL import Image

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
