"""Where something was clicked, as terms name it: whole segments between colons.

``look:12:pdp`` is that place alone, ``look:*:pdp`` the same place of any look, ``look:12:*``
everywhere in one look, ``look:*`` everywhere in every look.
"""

from __future__ import annotations

import re
from collections.abc import Collection

ANY = "*"
_PATTERN = re.compile(r"(?:\*|[^\s:*]+)(?::(?:\*|[^\s:*]+))*")


def is_pattern(text: str) -> bool:
    """Tell whether ``text`` names places: segments without blanks, a star only as a whole one."""
    return _PATTERN.fullmatch(text) is not None


def is_on(surface: str, patterns: Collection[str]) -> bool:
    """Tell whether ``surface`` is one of the places; no surface is in none of them."""
    return bool(surface) and any(_lies_on(surface, one) for one in patterns)


def _lies_on(surface: str, pattern: str) -> bool:
    """A star stands for one segment, at the end for one or more."""
    said, wanted = surface.split(":"), pattern.split(":")
    if wanted[-1] == ANY:
        wanted.pop()
        if len(said) <= len(wanted):
            return False
        said = said[: len(wanted)]
    return len(said) == len(wanted) and all(
        one in (ANY, heard) for one, heard in zip(wanted, said, strict=True)
    )
