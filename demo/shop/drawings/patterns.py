"""What can be printed on or woven into a cloth."""

from __future__ import annotations

from demo.shop.drawings.canvas import darker, is_dark, lighter


def pattern(name: str, color: str, key: str = "") -> str:
    """Return the SVG pattern ``name`` for a cloth of ``color``; nothing for a plain one."""
    light = "#f6efe2" if is_dark(color) else lighter(color, 0.55)
    dark = lighter(color, 0.2) if is_dark(color) else darker(color, 0.28)
    navy = "#f3ead9" if is_dark(color) else "#2b3a58"
    tiles = {
        "stripes": (14, 14, '<path d="M7 0V14" stroke="#fff" stroke-width="5" opacity=".75"/>'),
        "breton": (30, 30, f'<path d="M0 22H30" stroke="{navy}" stroke-width="9"/>'),
        "dots": (26, 26, _dots(light)),
        "check": (44, 44, _check(dark, light)),
        "cable": (40, 34, _cable(dark)),
        "cord": (7, 7, f'<path d="M1 0V7" stroke="{dark}" stroke-width="2" opacity=".55"/>'),
        "floral": (58, 58, _floral(light, color)),
    }
    if name not in tiles:
        return ""
    width, height, marks = tiles[name]
    return (
        f'<pattern id="pattern{key}" width="{width}" height="{height}"'
        f' patternUnits="userSpaceOnUse">{marks}</pattern>'
    )


def _dots(light: str) -> str:
    centers = ((6, 6), (19, 19))
    return "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{light}"/>' for x, y in centers)


def _check(dark: str, light: str) -> str:
    return (
        f'<g fill="none"><path d="M11 0V44M0 11H44" stroke="{dark}" stroke-width="9"'
        f' opacity=".4"/><path d="M33 0V44M0 33H44" stroke="{light}" stroke-width="1.6"'
        ' opacity=".55"/></g>'
    )


def _cable(dark: str) -> str:
    return (
        f'<g fill="none" stroke="{dark}" stroke-width="2.2" opacity=".5">'
        '<path d="M6 0C6 12 18 22 18 34M18 0C18 8 15 11 13 14M10 20C7 25 6 29 6 34"/>'
        '<path d="M30 0V34M34 0V34" stroke-width="1.2"/></g>'
    )


def _floral(light: str, color: str) -> str:
    heart = "#c99d42"
    leaf = darker(color, 0.35)
    flowers = []
    for x, y in ((14, 15), (43, 44)):
        petals = "".join(
            f'<ellipse cx="{x}" cy="{y - 5}" rx="3.1" ry="5" transform="rotate({angle} {x} {y})"/>'
            for angle in range(0, 360, 72)
        )
        flowers.append(
            f'<g fill="{light}">{petals}</g><circle cx="{x}" cy="{y}" r="2.4" fill="{heart}"/>'
        )
    leaves = (
        f'<path d="M40 12c6-6 10-4 12-3-3 5-7 7-12 3zM10 46c5-6 10-5 12-3-3 5-8 6-12 3z"'
        f' fill="{leaf}" opacity=".6"/>'
    )
    return "".join(flowers) + leaves
