"""Whether two pictures of a screen look alike, on whichever machine each was taken.

Letters are drawn a little differently by every version of a browser, and numbers and words are for
other tests: so pictures are compared as averages of small blocks, tile by tile. What is left is
what a person notices: something is gone, has moved, covers something else, or has another colour.
"""

from difflib import SequenceMatcher

from PIL import Image, ImageChops

#: Pixels on the side of a block, and blocks on the side of a tile.
BLOCK, TILE = 8, 8
#: By how many of 255 levels a block differs when it counts, and which share of a tile may.
LEVELS, SHARE = 24, 0.4
#: A tint that lies over most of a picture counts although no block differs much.
FAINT, MOST = 7, 0.5
#: Pixels by which a box may be elsewhere or of another size.
SLACK = 8


def unlike(before, after):
    """Return where two pictures differ, as sentences; none when they look alike."""
    if before.size != after.size:
        return [f"it is {after.size} pixels large and was {before.size}"]
    small = ImageChops.difference(*(one.convert("RGB").reduce(BLOCK) for one in (before, after)))
    red, green, blue = small.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    if _share(most, FAINT) > MOST:
        return ["most of it has another colour"]
    tiles = most.point(lambda level: 255 * (level > LEVELS)).reduce(TILE)
    side = BLOCK * TILE
    return [
        f"another look from {x * side}, {y * side} to {(x + 1) * side}, {(y + 1) * side}"
        for y in range(tiles.height)
        for x in range(tiles.width)
        if tiles.getpixel((x, y)) > 255 * SHARE
    ]


def _share(image, level):
    """Return the share of pixels above ``level``."""
    counts = image.histogram()
    return sum(counts[level + 1 :]) / sum(counts)


def moved(before, after):
    """Return what became of boxes ``[kind, x, y, width, height]``, as sentences.

    The kinds are compared in their order on the page, so that one more box is one sentence.
    """
    kinds = [[box[0] for box in boxes] for boxes in (before, after)]
    said = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, *kinds, autojunk=False).get_opcodes():
        if what == "equal":
            pairs = zip(before[i1:i2], after[j1:j2], strict=True)
            said += [f"{old} is now {new}" for old, new in pairs if _is_elsewhere(old, new)]
        else:
            said += [f"{box} is gone" for box in before[i1:i2]]
            said += [f"{box} is new" for box in after[j1:j2]]
    return said


def _is_elsewhere(old, new):
    return any(abs(a - b) > SLACK for a, b in zip(old[1:], new[1:], strict=True))


def few_colours(image, count=48):
    """Return the picture in so few colours that a repository can keep each of its versions."""
    return image.convert("RGB").quantize(count, dither=Image.Dither.NONE)
