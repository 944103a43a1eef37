"""Drawing on a sheet of 400 by 500: cloth, seams and symmetry.

Half shapes are paths relative to the middle of the sheet (``M L C Q`` with absolute numbers,
x to the wearer's side), so that a garment is drawn once and mirrored.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MIDDLE = 200
TOKEN = re.compile(r"[MLCQ]|-?\d+(?:\.\d+)?")

Point = tuple[float, float]
Segment = tuple[str, tuple[Point, ...]]


def mixed(color: str, other: str, part: float) -> str:
    """Return ``color`` with ``part`` (0 to 1) of ``other`` in it. Both are ``#rrggbb``."""
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * part):02x}" for one, two in pairs)


def darker(color: str, part: float) -> str:
    return mixed(color, "#15120f", part)


def lighter(color: str, part: float) -> str:
    return mixed(color, "#ffffff", part)


def is_dark(color: str) -> bool:
    red, green, blue = _channels(color)
    return red * 299 + green * 587 + blue * 114 < 100_000


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def segments(path: str) -> list[Segment]:
    """Parse ``path``: the first segment is the ``M``."""
    parsed: list[Segment] = []
    letter = ""
    numbers: list[float] = []
    for token in [*TOKEN.findall(path), "M"]:
        if token.isalpha():
            if letter:
                points = tuple(zip(numbers[::2], numbers[1::2], strict=True))
                parsed.append((letter, points))
            letter, numbers = token, []
        else:
            numbers.append(float(token))
    return parsed


def placed(parts: list[Segment], *, mirrored: bool = False) -> str:
    """Return the path on the sheet, to the right of the middle or mirrored to its left."""
    sign = -1 if mirrored else 1
    return " ".join(
        letter + " ".join(f"{MIDDLE + sign * x:g} {y:g}" for x, y in points)
        for letter, points in parts
    )


def reversed_segments(parts: list[Segment]) -> list[Segment]:
    """Return the same line walked from its end to its start."""
    ends = [points[-1] for _letter, points in parts]
    backwards: list[Segment] = [("M", (ends[-1],))]
    for index in range(len(parts) - 1, 0, -1):
        letter, points = parts[index]
        backwards.append((letter, (*reversed(points[:-1]), ends[index - 1])))
    return backwards


class Canvas:
    """A sheet that one product is drawn on, in one cloth."""

    def __init__(self, color: str, pattern: str, key: str = "") -> None:
        self.color = color
        self.pattern = pattern
        self.key = key  # Tells the cloths of several products in one drawing apart.
        self.line_color = lighter(color, 0.22) if is_dark(color) else darker(color, 0.38)
        self.contrast = "#efe6d4" if is_dark(color) else "#2b3a58"
        self.items: list[str] = []

    def whole(self, half: str, *, fill: str = "", pattern: bool = True) -> None:
        """Fill the shape that ``half`` (from the middle to the middle) makes with its mirror."""
        right = segments(half)
        left = placed(reversed_segments(right), mirrored=True)
        self._cloth(placed(right) + " L" + left[1:] + "Z", fill, pattern=pattern)

    def pair(self, shape: str, *, fill: str = "", pattern: bool = True) -> None:
        """Fill ``shape`` and its mirror: sleeves, lapels, pockets."""
        for mirrored in (False, True):
            self._cloth(placed(segments(shape), mirrored=mirrored) + "Z", fill, pattern=pattern)

    def single(self, shape: str, *, fill: str = "", pattern: bool = True) -> None:
        """Fill ``shape`` on its own side only."""
        self._cloth(placed(segments(shape)) + "Z", fill, pattern=pattern)

    def seams(self, line: str, *, width: float = 1.4, opacity: float = 0.75) -> None:
        """Draw ``line`` and its mirror."""
        for mirrored in (False, True):
            self._stroke(placed(segments(line), mirrored=mirrored), width, opacity)

    def seam(self, line: str, *, width: float = 1.4, opacity: float = 0.75) -> None:
        """Draw ``line`` on its own side only."""
        self._stroke(placed(segments(line)), width, opacity)

    def folds(self, *lines: str) -> None:
        """Draw the soft shadows of hanging cloth on both sides."""
        for line in lines:
            for mirrored in (False, True):
                path = placed(segments(line), mirrored=mirrored)
                self.items.append(
                    f'<path d="{path}" fill="none" stroke="{darker(self.color, 0.5)}"'
                    ' stroke-width="5" stroke-linecap="round" opacity=".16"/>'
                )

    def strap(self, line: str, color: str, width: float) -> None:
        """Draw a strap, a handle or a lace of one color, on its own side."""
        path = placed(segments(line))
        self.items.append(
            f'<path d="{path}" fill="none" stroke="{darker(color, 0.3)}"'
            f' stroke-width="{width + 2:g}" stroke-linecap="round" stroke-linejoin="round"/>'
            f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{width:g}"'
            ' stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def dot(self, x: float, y: float, radius: float, color: str) -> None:
        """Draw a button or a rivet at ``x`` from the middle."""
        self.items.append(
            f'<circle cx="{MIDDLE + x:g}" cy="{y:g}" r="{radius:g}" fill="{color}"'
            f' stroke="{darker(color, 0.45)}" stroke-width=".8"/>'
        )

    def raw(self, markup: str) -> None:
        """Add markup that nothing above can say."""
        self.items.append(markup)

    def apart(self, draw: Callable[[Canvas], None], transform: str) -> None:
        """Draw something again in a place of its own (the second shoe of a pair)."""
        sheet = Canvas(self.color, self.pattern, self.key)
        draw(sheet)
        self.items.append(f'<g transform="{transform}">{"".join(sheet.items)}</g>')

    def _cloth(self, path: str, fill: str, *, pattern: bool) -> None:
        edge = darker(fill or self.color, 0.35)
        self.items.append(
            f'<path d="{path}" fill="{fill or f"url(#cloth{self.key})"}" stroke="{edge}"'
            ' stroke-width="1.2" stroke-linejoin="round"/>'
        )
        if pattern and not fill and self.pattern != "plain":
            self.items.append(f'<path d="{path}" fill="url(#pattern{self.key})"/>')

    def _stroke(self, path: str, width: float, opacity: float) -> None:
        self.items.append(
            f'<path d="{path}" fill="none" stroke="{self.line_color}" stroke-width="{width:g}"'
            f' stroke-linecap="round" opacity="{opacity:g}"/>'
        )
