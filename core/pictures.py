"""Pictures that others sent: a few kilobytes of them can ask for all the memory there is."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from core.errors import DomainError

#: What Pillow raises for pictures that are none, end too soon, or lie about themselves.
UNREADABLE = (OSError, EOFError, SyntaxError, ValueError, TypeError, IndexError, KeyError,
              OverflowError, struct.error)  # fmt: skip


#: That a picture which people send may have: a photograph of a telephone.
MOST_PIXELS = 24_000_000


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


def drawn_anew(body: bytes, kind: str, *, longest_side: int, refused: type[DomainError]) -> bytes:
    """Return a picture of ``kind``, PNG or JPEG, from its pixels alone, upright.

    What is no pixel is gone, such as the place of a photograph. A larger one is scaled, until no
    side is longer than ``longest_side``.

    :raises DomainError: ``refused``, when it has over ``MOST_PIXELS`` or is none of this kind.
    """
    try:
        return _pixels_of(body, kind, longest_side)
    except TooManyPixels as error:
        raise refused(_("The picture has too many pixels: choose a smaller one.")) from error
    except UNREADABLE as error:
        raise refused(_("The picture cannot be read: save it again and try.")) from error


def _pixels_of(body: bytes, kind: str, longest_side: int) -> bytes:
    with opened(body, kinds=[kind], most_pixels=MOST_PIXELS) as picture:
        drawn = ImageOps.exif_transpose(picture)
    if drawn.mode not in {"L", "RGB", "RGBA"} or (kind == "JPEG" and drawn.mode == "RGBA"):
        drawn = drawn.convert("RGBA" if kind == "PNG" else "RGB")
    drawn.thumbnail((longest_side, longest_side))
    drawn.info = {}
    plain = BytesIO()
    drawn.save(plain, kind, quality=85, optimize=True)
    return plain.getvalue()
