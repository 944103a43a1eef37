"""Names of files that others sent, as they may be kept and offered again."""

from __future__ import annotations

import re

_UNSAFE = re.compile(r"[^\w.\- ]+")


def kept_name(name: str, *, most: int, otherwise: str) -> str:
    """Return the last part of ``name`` with letters, digits, spaces, dots and dashes alone.

    At most ``most`` characters; ``otherwise`` where nothing is left.
    """
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _UNSAFE.sub("-", base).strip(" .-")[:most] or otherwise


def kept_name_as(name: str, endings: tuple[str, ...], *, most: int, otherwise: str) -> str:
    """Return ``kept_name`` with one of ``endings``: that of ``name``, else the first.

    ``most`` and ``otherwise`` are those of the part before the ending.
    """
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, _dot, ending = base.rpartition(".")
    stem = kept_name(stem or ending, most=most, otherwise=otherwise)
    return f"{stem}.{ending.lower() if ending.lower() in endings else endings[0]}"
