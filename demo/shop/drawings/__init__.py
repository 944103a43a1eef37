"""Product pictures, drawn: one function per cut, one cloth per product."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from demo.catalogue import COLORS, Product, by_sku
from demo.shop.drawings import accessories, bottoms, coats, dresses, leather, tops
from demo.shop.drawings.canvas import Canvas, darker, lighter
from demo.shop.drawings.patterns import pattern

SHEET = "#f3efe8"
SHADOW = (
    '<filter id="shadow" x="-20%" y="-20%" width="140%" height="140%">'
    '<feDropShadow dx="0" dy="7" stdDeviation="9" flood-color="#4a3c2c" flood-opacity=".22"/>'
    "</filter>"
)
ON_THE_RAIL = ("MV02-CAM", "ML01-IVO", "RB01-BOR", "PJ04-SAP", "MV04-MAR", "CT03-ROS",
               "ML04-MOU", "MV01-SAU")  # fmt: skip
ON_THE_FLOOR = (("CH02-CHO", 196, 482), ("SA01-CAM", 890, 472))
CLIPPED = {"PJ04-SAP"}
BRASS = "#b98f4d"
RAIL = (
    f'<g fill="none" stroke="{BRASS}" stroke-linecap="round"><path d="M30 100H1330"'
    ' stroke-width="9"/><path d="M60 100V668M1300 100V668" stroke-width="7"/>'
    '<path d="M24 668H110M1250 668H1336" stroke-width="7"/></g>'
)
HANGER = (
    f'<path d="M200 72V26c0-16-17-14-16-26" fill="none" stroke="{BRASS}" stroke-width="4"'
    ' stroke-linecap="round"/><path d="M138 106 200 70l62 36" fill="none" stroke="#8a6238"'
    ' stroke-width="9" stroke-linecap="round" stroke-linejoin="round"/>'
)
CLIPS = (
    f'<path d="M200 60V6c0-18-17-16-16-28M136 64H264" fill="none" stroke="{BRASS}"'
    ' stroke-width="4" stroke-linecap="round"/><path d="M152 58v22M248 58v22" stroke="#8a6238"'
    ' stroke-width="10" stroke-linecap="round"/>'
)

Cut = Callable[[Canvas], None]

CUTS: dict[str, Cut] = {
    cut.__name__: cut
    for cut in (
        accessories.belt,
        accessories.beret,
        accessories.scarf,
        accessories.silk_square,
        accessories.sunglasses,
        bottoms.a_skirt,
        bottoms.jeans,
        bottoms.pencil_skirt,
        bottoms.pleated_skirt,
        bottoms.slim_trousers,
        bottoms.wide_trousers,
        coats.biker,
        coats.blazer,
        coats.coat,
        coats.denim_jacket,
        coats.trench,
        dresses.knit_dress,
        dresses.long_dress,
        dresses.shift_dress,
        dresses.shirt_dress,
        dresses.wrap_dress,
        leather.baguette,
        leather.basket_bag,
        leather.boots,
        leather.flats,
        leather.loafers,
        leather.pumps,
        leather.satchel,
        leather.sneakers,
        leather.tote,
        tops.blouse,
        tops.camisole,
        tops.cardigan,
        tops.long_tee,
        tops.shirt,
        tops.sweater,
        tops.tee,
        tops.turtleneck,
        tops.v_sweater,
    )
}


@cache
def picture(product: Product) -> str:
    """Return the SVG of ``product`` on its sheet."""
    cloths, garment = _drawn(product, "")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 500" width="800" height="1000">'
        f"<defs>{cloths}{SHADOW}</defs>"
        f'<rect width="400" height="500" fill="{SHEET}"/>'
        f'<g filter="url(#shadow)">{garment}</g></svg>'
    )


@cache
def rail() -> str:
    """Return the SVG of a clothes rail: the picture of the home page."""
    cloths, garments = [], []
    for place, sku in enumerate(ON_THE_RAIL):
        defined, garment = _drawn(by_sku()[sku], f"-{place}")
        hanger = CLIPS if sku in CLIPPED else HANGER
        cloths.append(defined)
        garments.append(
            f'<g transform="translate({-2 + place * 146} {118 if sku in CLIPPED else 96})">'
            f'{hanger}<g filter="url(#shadow)">{garment}</g></g>'
        )
    for sku, x, y in ON_THE_FLOOR:
        defined, thing = _drawn(by_sku()[sku], f"-{sku}")
        cloths.append(defined)
        garments.append(
            f'<g transform="translate({x} {y}) scale(.46)"><g filter="url(#shadow)">{thing}</g></g>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1360 680" width="1360" height="680">'
        f"<defs>{''.join(cloths)}{SHADOW}</defs>{RAIL}{''.join(garments)}</svg>"
    )


def _drawn(product: Product, key: str) -> tuple[str, str]:
    """Return what the cloth is made of, and the product drawn in it."""
    color = COLORS[product.color][1]
    canvas = Canvas(color, product.style.pattern, key)
    CUTS[product.style.cut](canvas)
    return _cloth(color, key) + pattern(product.style.pattern, color, key), "".join(canvas.items)


def _cloth(color: str, key: str) -> str:
    stops = ((0, darker(color, 0.14)), (0.36, color), (0.52, lighter(color, 0.1)),
             (0.72, color), (1, darker(color, 0.16)))  # fmt: skip
    marks = "".join(f'<stop offset="{at}" stop-color="{tone}"/>' for at, tone in stops)
    return (
        f'<linearGradient id="cloth{key}" gradientUnits="userSpaceOnUse" x1="80" x2="320" y1="0"'
        f' y2="60">{marks}</linearGradient>'
    )
