"""Photos of the demo's looks, drawn: clothes laid flat on coloured ground, a portrait, a cover."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]
Color = tuple[int, int, int]

PHOTO, COVER, PORTRAIT = (1_080, 1_350), (1_800, 600), (640, 640)
#: Drawn larger and made smaller: edges without steps.
_FINER = 2
_COARSER = 6
_QUALITY = 90
_SHADOW = (0.010, 0.014, 14)  # Right and down in heights of the photo, and the blur in pixels.


@dataclass(frozen=True, slots=True)
class Cut:
    """Half of what is symmetric, in heights: right of the middle, from its top to its bottom.

    ``lines`` are seams; ``shades`` are parts in a darker tone, both mirrored as well.
    """

    outline: tuple[Point, ...]
    lines: tuple[tuple[Point, ...], ...] = ()
    shades: tuple[tuple[Point, ...], ...] = ()
    is_pair: bool = False
    has_handle: bool = False


_SHOE = ((0, 0), (0.13, 0.03), (0.185, 0.2), (0.16, 0.5), (0.15, 0.9), (0.1, 1), (0, 1))
_INSIDE = ((0, 0.42), (0.08, 0.45), (0.1, 0.62), (0.095, 0.88), (0, 0.94))
_SLEEVES = ((0, 0.09), (0.13, 0.02), (0.27, 0.07), (0.41, 0.45), (0.5, 0.82), (0.38, 0.87),
            (0.27, 0.42), (0.28, 0.97), (0, 1))  # fmt: skip
_COAT = ((0, 0.07), (0.07, 0.01), (0.19, 0.06), (0.29, 0.35), (0.33, 0.63), (0.24, 0.655),
         (0.185, 0.29), (0.18, 0.46), (0.25, 1), (0, 1))  # fmt: skip
_LAPEL = ((0, 0.3), (0.07, 0.01), (0.13, 0.06), (0.09, 0.14))
_DRESS = ((0, 0.17), (0.085, 0), (0.15, 0.02), (0.22, 0.2), (0.15, 0.225), (0.13, 0.16),
          (0.105, 0.4), (0.27, 1), (0, 1.02))  # fmt: skip

CUTS: dict[str, Cut] = {
    "coat": Cut(
        _COAT,
        lines=(((0, 0.3), (0, 1)), ((0.085, 0.62), (0.15, 0.7))),
        shades=(_LAPEL, ((0, 0.45), (0.18, 0.45), (0.18, 0.485), (0, 0.485))),
    ),
    "blazer": Cut(
        ((0, 0.1), (0.12, 0.01), (0.29, 0.08), (0.4, 0.5), (0.45, 0.92), (0.33, 0.95),
         (0.28, 0.45), (0.27, 0.62), (0.31, 0.98), (0.04, 1), (0, 0.9)),
        lines=(((0, 0.6), (0, 0.9)), ((0.11, 0.72), (0.23, 0.7))),
        shades=(((0, 0.6), (0.12, 0.01), (0.2, 0.12), (0.14, 0.28)),),
    ),
    "sweater": Cut(
        _SLEEVES,
        lines=(((0.385, 0.8), (0.48, 0.755)),),
        shades=(((0, 0.09), (0.13, 0.02), (0.15, 0.05), (0, 0.15)),
                ((0, 0.92), (0.28, 0.9), (0.28, 0.97), (0, 1))),
    ),
    "breton": Cut(
        _SLEEVES,
        lines=tuple(((0, y / 100), (0.272, y / 100 - 0.015)) for y in range(30, 92, 9)),
        shades=(((0, 0.09), (0.13, 0.02), (0.15, 0.05), (0, 0.14)),),
    ),
    "turtleneck": Cut(
        ((0, 0), (0.09, 0), (0.1, 0.09), (0.26, 0.15), *_SLEEVES[3:]),
        shades=(((0, 0), (0.09, 0), (0.1, 0.09), (0, 0.11)),),
    ),
    "cardigan": Cut(
        _SLEEVES,
        lines=(((0, 0.4), (0, 1)), ((0.1, 0.76), (0.2, 0.755))),
        shades=(((0, 0.42), (0.13, 0.02), (0.165, 0.04), (0.03, 0.44), (0.03, 0.98), (0, 0.98)),),
    ),
    "shirt": Cut(
        _SLEEVES,
        lines=(((0, 0.15), (0, 1)), ((0.385, 0.8), (0.48, 0.755))),
        shades=(((0, 0.15), (0.13, 0.015), (0.16, 0.07), (0.07, 0.18)),),
    ),
    "dress": Cut(
        _DRESS,
        lines=(((0.03, 0.44), (0.1, 1)), ((0.08, 0.44), (0.19, 1))),
        shades=(((0, 0.395), (0.106, 0.385), (0.11, 0.425), (0, 0.43)),),
    ),
    "trousers": Cut(
        ((0, 0), (0.14, 0), (0.165, 0.2), (0.235, 1), (0.07, 1), (0, 0.33)),
        lines=(((0.085, 0.06), (0.145, 0.97)), ((0, 0.05), (0, 0.33))),
        shades=(((0, 0), (0.14, 0), (0.143, 0.045), (0, 0.045)),),
    ),
    "jeans": Cut(
        ((0, 0), (0.15, 0), (0.18, 0.24), (0.17, 1), (0.06, 1), (0, 0.34)),
        lines=(((0.06, 0.05), (0.155, 0.14)), ((0, 0.05), (0, 0.33)), ((0.06, 0.95), (0.17, 0.95))),
        shades=(((0, 0), (0.15, 0), (0.152, 0.045), (0, 0.045)),),
    ),
    "skirt": Cut(
        ((0, 0), (0.2, 0), (0.24, 0.2), (0.4, 1), (0, 1.02)),
        lines=tuple(((0.05 * n, 0.08), (0.1 * n, 0.99)) for n in range(4)),
        shades=(((0, 0), (0.2, 0), (0.208, 0.07), (0, 0.07)),),
    ),
    "shoes": Cut(_SHOE, shades=(_INSIDE,), is_pair=True),
    "loafers": Cut(
        _SHOE, lines=(((0, 0.33), (0.16, 0.36)),), shades=(_INSIDE,), is_pair=True
    ),
    "sneakers": Cut(
        _SHOE,
        lines=tuple(((0, y / 100), (0.07, y / 100 - 0.02)) for y in range(24, 44, 6)),
        shades=(_INSIDE,),
        is_pair=True,
    ),
    "boots": Cut(
        ((0, 0), (0.15, 0), (0.155, 0.55), (0.2, 0.8), (0.19, 1), (0, 1)),
        lines=(((0.1, 0.08), (0.1, 0.4)),),
        shades=(((0, 0.95), (0.2, 0.95), (0.19, 1), (0, 1)),),
        is_pair=True,
    ),
    "bag": Cut(
        ((0, 0.4), (0.42, 0.4), (0.46, 0.98), (0, 1)),
        lines=(((0, 0.66), (0, 0.72)),),
        shades=(((0, 0.4), (0.42, 0.4), (0.4, 0.6), (0, 0.68)),),
        has_handle=True,
    ),
    "basket": Cut(
        ((0, 0.4), (0.5, 0.4), (0.36, 0.97), (0, 1)),
        lines=tuple(((0, y / 100), (0.49 - (y - 40) / 440, y / 100)) for y in range(48, 98, 8)),
        has_handle=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Something laid down: its middle and height in fractions of the photo, and its turn."""

    cut: str
    color: str
    x: float
    y: float
    height: float
    degrees: float = 0


def lay(pieces: tuple[Piece, ...], ground: str, size: tuple[int, int] = PHOTO) -> bytes:
    """Return a JPEG of the pieces on a ground, the first one lowest."""
    sheet = _ground(ground, size)
    for piece in pieces:
        drawn = _drawn(piece, size[1])
        x = round(piece.x * size[0] - drawn.width / 2)
        y = round(piece.y * size[1] - drawn.height / 2)
        _shade(sheet, drawn, x, y)
        sheet.paste(drawn, (x, y), drawn)
    return _jpeg(sheet)


def portrait(hair: str, skin: str, clothes: str, ground: str) -> bytes:
    """Return a JPEG of somebody's head and shoulders, without a face."""
    side = PORTRAIT[0] * _FINER
    sheet = _ground(ground, (side, side))
    draw = ImageDraw.Draw(sheet)

    def oval(x: float, y: float, width: float, height: float, color: str) -> None:
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        draw.ellipse(tuple(round(part * side) for part in box), fill=_rgb(color))

    oval(0.5, 0.43, 0.46, 0.52, hair)
    draw.rectangle(
        (round(0.27 * side), round(0.43 * side), round(0.73 * side), round(0.66 * side)),
        fill=_rgb(hair),
    )
    oval(0.5, 1.02, 0.86, 0.62, clothes)
    oval(0.5, 0.69, 0.17, 0.22, _mixed(skin, 0.9))
    oval(0.5, 0.46, 0.31, 0.4, skin)
    draw.pieslice(
        (round(0.33 * side), round(0.22 * side), round(0.67 * side), round(0.56 * side)),
        180, 360, fill=_rgb(hair),
    )  # fmt: skip
    return _jpeg(sheet.reduce(_FINER))


def _drawn(piece: Piece, photo_height: int) -> Image.Image:
    """Return a piece with nothing around it, turned."""
    cut, unit = CUTS[piece.cut], round(piece.height * photo_height) * _FINER
    wide = max(x for x, _y in cut.outline)
    middles = (-wide * 1.15, wide * 1.15) if cut.is_pair else (0.0,)
    half = wide * (2.3 if cut.is_pair else 1) + 0.03
    layer = Image.new("RGBA", (round(2 * half * unit), round(1.07 * unit)), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for middle in middles:
        _draw_cut(draw, cut, piece.color, (half + middle, 0.02), unit)
    return layer.reduce(_FINER).rotate(piece.degrees, Image.Resampling.BILINEAR, expand=True)


def _draw_cut(draw: ImageDraw.ImageDraw, cut: Cut, color: str, at: Point, unit: int) -> None:
    cloth, shade, seam = _rgb(color), _rgb(_mixed(color, 0.84)), _rgb(_mixed(color, 0.68))
    if cut.has_handle:
        box = (at[0] - 0.22, at[1] + 0.02, at[0] + 0.22, at[1] + 0.8)
        pixels = tuple(round(part * unit) for part in box)
        draw.arc(pixels, 180, 360, fill=seam, width=max(unit // 28, 2))
    left = [(-x, y) for x, y in reversed(cut.outline)]
    draw.polygon(_placed(_softer([*cut.outline, *left]), at, unit), fill=cloth)
    for side in (1, -1):
        for part in cut.shades:
            draw.polygon(_placed([(side * x, y) for x, y in part], at, unit), fill=shade)
        for line in cut.lines:
            along = _placed([(side * x, y) for x, y in line], at, unit)
            draw.line(along, fill=seam, width=max(unit // 150, 2))


def _placed(points: list[Point], at: Point, unit: int) -> list[Point]:
    return [((x + at[0]) * unit, (y + at[1]) * unit) for x, y in points]


def _softer(points: list[Point]) -> list[Point]:
    """Cut the corners off a closed outline, twice: a fifth of each side."""
    for _time in range(2):
        ends = zip(points, points[1:] + points[:1], strict=True)
        points = [
            (near * a[0] + (1 - near) * b[0], near * a[1] + (1 - near) * b[1])
            for a, b in ends
            for near in (0.85, 0.15)
        ]
    return points


def _ground(color: str, size: tuple[int, int]) -> Image.Image:
    """Return a ground that is a little lighter at the top, as in a window's light."""
    light = Image.linear_gradient("L").resize(size)
    lighter = Image.new("RGB", size, _rgb(_mixed(color, 1.07)))
    return Image.composite(Image.new("RGB", size, _rgb(color)), lighter, light)


def _shade(sheet: Image.Image, drawn: Image.Image, x: int, y: int) -> None:
    """Let a piece throw its shadow; it is blurred small, which costs little."""
    right, down, blur = _SHADOW
    edge = blur * 3
    alpha = Image.new("L", (drawn.width + 2 * edge, drawn.height + 2 * edge), 0)
    alpha.paste(drawn.getchannel("A").point([value * 2 // 7 for value in range(256)]), (edge, edge))
    small = alpha.reduce(_COARSER).filter(ImageFilter.GaussianBlur(blur / _COARSER))
    at = (x - edge + round(right * sheet.height), y - edge + round(down * sheet.height))
    sheet.paste((30, 22, 18), at, small.resize(alpha.size))


def _rgb(color: str) -> Color:
    return (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16))


def _mixed(color: str, share: float) -> str:
    """Return a color made darker (below one) or lighter."""
    parts = (min(255, round(part * share)) for part in _rgb(color))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _jpeg(sheet: Image.Image) -> bytes:
    made = BytesIO()
    sheet.save(made, "JPEG", quality=_QUALITY)
    return made.getvalue()
