"""Shoes and bags."""

from __future__ import annotations

from collections.abc import Callable

from demo.shop.drawings.canvas import Canvas, darker, lighter

BRASS = "#c9a25c"
SOLE = "#3a302a"


def _both(canvas: Canvas, shoe: Callable[[Canvas], None]) -> None:
    """Draw the second shoe behind and the first in front."""
    canvas.apart(shoe, "translate(34 -78) scale(.94)")
    canvas.apart(shoe, "translate(-22 28)")


def pumps(canvas: Canvas) -> None:
    def shoe(sheet: Canvas) -> None:
        sheet.single("M98 236 C102 280 98 330 92 356 L82 356 C84 320 78 290 66 268 Z",
                     fill=darker(sheet.color, 0.25))  # fmt: skip
        sheet.single("M-128 346 C-118 352 -60 356 -30 340 C10 316 40 290 72 284 L98 260"
                     " C96 280 84 292 74 296 C40 304 10 330 -24 352 C-60 364 -128 362 -134 352 Z",
                     fill=SOLE)  # fmt: skip
        sheet.single("M100 226 C106 250 100 272 78 286 C44 292 12 318 -24 340 C-56 356 -112 356"
                     " -132 346 C-136 332 -104 320 -78 308 C-40 292 0 262 24 246"
                     " C40 256 76 262 100 226 Z")  # fmt: skip
        sheet.seam("M-70 312 C-40 320 0 296 28 252", opacity=0.4)

    _both(canvas, shoe)


def flats(canvas: Canvas) -> None:
    def shoe(sheet: Canvas) -> None:
        sheet.single("M-132 338 C-110 352 80 350 108 338 L108 346 C80 360 -112 360 -134 346 Z",
                     fill=SOLE)  # fmt: skip
        sheet.single("M108 282 C116 304 116 326 108 340 C60 348 -100 350 -132 340"
                     " C-138 322 -110 300 -76 292 C-60 318 60 322 108 282 Z")  # fmt: skip
        sheet.single("M-80 292 C-70 276 -54 280 -54 292 C-40 282 -28 288 -32 302"
                     " C-46 308 -54 302 -56 298 C-62 306 -76 304 -80 292 Z",
                     fill=darker(sheet.color, 0.2))  # fmt: skip

    _both(canvas, shoe)


def loafers(canvas: Canvas) -> None:
    def shoe(sheet: Canvas) -> None:
        sheet.single("M-136 336 L112 336 L112 358 L70 358 L66 350 L-128 354 Z", fill=SOLE)
        sheet.single("M110 256 C118 286 116 316 112 338 L-134 340 C-140 316 -116 296 -84 286"
                     " C-52 276 -34 252 -10 246 C20 262 70 270 110 256 Z")  # fmt: skip
        sheet.single("M-62 278 C-40 262 -30 250 -10 246 C6 254 12 276 6 304 C-14 312 -44 304"
                     " -62 278 Z", fill=darker(sheet.color, 0.16))  # fmt: skip
        sheet.seam("M-116 304 C-96 290 -72 292 -56 312", width=2)
        sheet.strap("M-36 284 L0 276", BRASS, 5)

    _both(canvas, shoe)


def sneakers(canvas: Canvas) -> None:
    def shoe(sheet: Canvas) -> None:
        sheet.single("M112 240 C120 280 118 310 114 334 L-130 336 C-138 312 -112 294 -84 284"
                     " C-50 270 -34 240 -8 228 C14 246 70 254 112 240 Z")  # fmt: skip
        sheet.single("M-134 322 C-60 330 60 330 118 322 L116 352 C60 360 -100 360 -132 350 Z",
                     fill="#f7f3ec")  # fmt: skip
        sheet.seam("M-134 338 C-60 346 60 346 117 338", width=1.6)
        sheet.single("M-132 322 C-134 308 -116 298 -98 296 C-86 304 -82 314 -82 324 Z",
                     fill="#f7f3ec")  # fmt: skip
        for step in range(4):
            x, y = -62 + step * 17, 268 - step * 10
            sheet.strap(f"M{x} {y} L{x + 22} {y + 14}", "#fbf8f2", 4)
        sheet.single("M92 246 L114 242 L116 286 L96 290 Z", fill=sheet.contrast)

    _both(canvas, shoe)


def boots(canvas: Canvas) -> None:
    def shoe(sheet: Canvas) -> None:
        sheet.single("M-112 348 L102 348 L102 376 L58 376 L54 362 L-108 364 Z", fill=SOLE)
        sheet.single("M8 130 C40 136 74 134 100 126 C108 190 96 240 106 300 L104 350 L-112 352"
                     " C-118 326 -92 308 -60 300 C-22 290 8 268 10 226 Z")  # fmt: skip
        sheet.single("M36 216 C48 190 60 180 66 176 L74 236 C68 262 56 274 44 284 Z",
                     fill=darker(sheet.color, 0.4))  # fmt: skip
        sheet.seam("M8 142 C40 148 74 146 100 138", width=1.8)
        sheet.seam("M-64 302 C-40 316 -20 318 0 312", width=1.6)

    canvas.apart(shoe, "translate(58 -46) scale(.9)")
    canvas.apart(shoe, "translate(-12 18)")


def tote(canvas: Canvas) -> None:
    handle = darker(canvas.color, 0.18)
    canvas.strap("M-48 232 C-52 110 52 110 48 232", darker(handle, 0.25), 9)
    canvas.whole("M0 204 L112 200 C116 280 112 350 104 414 C70 422 30 423 0 423")
    canvas.strap("M-54 252 C-60 96 60 96 54 252", handle, 9)
    for x in (-54, 54):
        canvas.dot(x, 252, 4.5, BRASS)
    canvas.seams("M0 216 L112 212", width=1.6)
    canvas.seams("M106 402 C70 410 30 411 0 411", width=1.6)
    canvas.single("M-22 300 L22 300 L22 326 L-22 326 Z", fill=lighter(canvas.color, 0.1))
    canvas.raw('<text x="200" y="318" text-anchor="middle" font-family="Georgia, serif"'
               f' font-size="13" letter-spacing="2" fill="{BRASS}">LUTÈCE</text>')  # fmt: skip


def baguette(canvas: Canvas) -> None:
    canvas.strap("M-104 262 C-100 90 100 90 104 262", darker(canvas.color, 0.12), 13)
    canvas.whole("M0 250 L112 246 C128 300 126 344 112 372 C74 384 30 385 0 385")
    canvas.whole("M0 244 L116 240 C124 276 116 312 96 330 C60 338 26 338 0 338",
                 fill=lighter(canvas.color, 0.05))  # fmt: skip
    canvas.seams("M0 330 C26 330 58 330 90 323", width=1.6)
    canvas.single("M-20 318 L20 318 L20 346 L-20 346 Z", fill=BRASS)
    canvas.single("M-10 326 L10 326 L10 338 L-10 338 Z", fill=darker(canvas.color, 0.2))
    for x in (-104, 104):
        canvas.dot(x, 262, 7, BRASS)


def satchel(canvas: Canvas) -> None:
    canvas.strap("M-110 250 C-130 60 130 60 110 250", darker(canvas.color, 0.2), 10)
    canvas.whole("M0 220 L118 218 L120 392 C120 404 112 410 102 410 L0 411")
    canvas.whole("M0 212 L120 210 C124 260 122 300 112 324 C70 332 30 333 0 333",
                 fill=lighter(canvas.color, 0.05))  # fmt: skip
    canvas.seams("M0 325 C30 325 68 325 106 317", width=1.6)
    for side in (-1, 1):
        x = side * 56
        canvas.single(f"M{x - 11} 216 L{x + 11} 216 L{x + 11} 356 L{x} 364 L{x - 11} 356 Z",
                      fill=darker(canvas.color, 0.18))  # fmt: skip
        canvas.single(f"M{x - 16} 322 L{x + 16} 322 L{x + 16} 346 L{x - 16} 346 Z", fill=BRASS)
        canvas.single(f"M{x - 9} 328 L{x + 9} 328 L{x + 9} 340 L{x - 9} 340 Z",
                      fill=darker(canvas.color, 0.25))  # fmt: skip
    for x in (-112, 112):
        canvas.dot(x, 246, 6, BRASS)


def basket_bag(canvas: Canvas) -> None:
    leather = "#6b4630"
    canvas.strap("M-60 250 C-70 90 70 90 60 250", darker(leather, 0.2), 10)
    canvas.whole("M0 228 L132 222 C126 300 112 360 92 408 C60 416 28 417 0 417")
    for row in range(11):
        y = 242 + row * 16
        half = 129 - row * 3.9
        canvas.seams(f"M0 {y} C40 {y} 90 {y - 2} {half:g} {y - 5}", width=2.4, opacity=0.5)
    for column in range(9):
        x = 6 + column * 14.5
        canvas.seams(f"M{x:g} 230 C{x * 0.94:g} 300 {x * 0.84:g} 370 {x * 0.7:g} 416",
                     width=1.6, opacity=0.42)  # fmt: skip
    canvas.strap("M-64 300 L-64 246 C-70 80 70 80 64 246 L64 300", leather, 10)
    canvas.whole("M0 222 L132 216 L133 230 C90 236 40 237 0 237", fill=darker(canvas.color, 0.16))
