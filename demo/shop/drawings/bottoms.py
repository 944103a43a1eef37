"""Trousers and skirts."""

from __future__ import annotations

from demo.shop.drawings.canvas import Canvas, darker

WAIST = "M0 66 C24 66 44 64 58 60 L60 82 C40 88 20 89 0 89"


def _waistband(canvas: Canvas) -> None:
    canvas.whole(WAIST, fill=darker(canvas.color, 0.12))


def _fly(canvas: Canvas) -> None:
    canvas.seam("M0 89 L0 168", width=1.6)
    canvas.seam("M14 90 C16 120 12 146 0 160")


def wide_trousers(canvas: Canvas) -> None:
    canvas.pair("M0 84 L60 78 C72 130 80 190 86 250 C92 330 98 400 102 462"
                " C76 470 44 472 18 468 C12 380 6 280 0 186 Z")  # fmt: skip
    canvas.seams("M32 92 C46 200 56 330 60 468", width=1.8)
    _fly(canvas)
    canvas.seams("M60 100 C56 118 52 130 44 140")
    _waistband(canvas)
    canvas.dot(0, 77, 4, darker(canvas.color, 0.5))
    canvas.folds("M70 180 C78 270 84 370 86 458", "M12 220 C20 300 26 380 30 460")


def slim_trousers(canvas: Canvas) -> None:
    canvas.pair("M0 84 L60 78 C70 122 74 170 74 220 C72 300 66 380 62 452"
                " C46 458 32 458 18 454 C14 360 8 270 0 182 Z")  # fmt: skip
    canvas.seams("M34 92 C44 200 46 330 42 455", width=1.6)
    _fly(canvas)
    canvas.seams("M60 98 C58 112 54 124 46 132")
    _waistband(canvas)
    canvas.folds("M10 196 C22 206 34 208 44 206", "M64 300 C54 308 44 310 34 308")


def jeans(canvas: Canvas) -> None:
    thread = "#d9a760"
    canvas.pair("M0 84 L60 78 C72 126 78 180 78 240 C78 320 78 390 78 452"
                " C58 459 38 460 18 456 C14 360 8 270 0 184 Z")  # fmt: skip
    _fly(canvas)
    _waistband(canvas)
    for side in (-1, 1):
        canvas.raw(
            f'<path d="M{200 + side * 22} 92C{200 + side * 26} 112 {200 + side * 46} 118'
            f' {200 + side * 64} 114" fill="none" stroke="{thread}" stroke-width="1.6"'
            ' stroke-dasharray="5 3"/>'
        )
        canvas.raw(
            f'<path d="M{200 + side * 75} 180C{200 + side * 74} 280 {200 + side * 72} 380'
            f' {200 + side * 72} 446" fill="none" stroke="{thread}" stroke-width="1.3"'
            ' stroke-dasharray="5 3" opacity=".8"/>'
        )
        canvas.dot(side * 62, 113, 2.2, thread)
    canvas.pair("M20 448 C38 452 58 451 78 444 L78 458 C58 465 38 466 18 462 Z",
                fill=darker(canvas.color, 0.1))  # fmt: skip
    canvas.dot(0, 77, 4.6, thread)
    for x in (-44, 44):
        canvas.single(f"M{x - 4} 60 L{x + 4} 60 L{x + 4} 90 L{x - 4} 90 Z")
    canvas.folds("M10 198 C24 208 38 210 50 206", "M70 330 C56 340 44 342 32 338")


def pleated_skirt(canvas: Canvas) -> None:
    canvas.whole("M0 96 C24 96 42 95 56 92 C82 210 110 320 128 420 C84 440 40 444 0 444")
    for step in range(8):
        top, bottom = 4 + step * 7.2, 8 + step * 16.4
        hem = 443 - step * 2.6
        canvas.seams(
            f"M{top:g} 98 C{top + (bottom - top) * 0.4:g} 210"
            f" {bottom - 6:g} 320 {bottom:g} {hem:g}",
            width=1.6, opacity=0.6,
        )  # fmt: skip
        if step % 2 == 0:
            canvas.folds(f"M{top + 3:g} 104 C{top + (bottom - top) * 0.4 + 5:g} 210"
                         f" {bottom:g} 320 {bottom + 7:g} {hem - 4:g}")  # fmt: skip
    canvas.whole("M0 74 C24 74 42 73 56 70 L58 94 C40 99 20 100 0 100",
                 fill=darker(canvas.color, 0.14))  # fmt: skip


def a_skirt(canvas: Canvas) -> None:
    canvas.whole("M0 124 C24 124 44 123 58 120 C74 210 96 300 112 372 C76 386 36 390 0 390")
    canvas.seam("M0 124 L0 390", width=1.6)
    for y in range(160, 376, 42):
        canvas.dot(0, y, 5, "#c9a25c")
    canvas.pair("M26 170 L64 164 L70 210 L32 216 Z")
    canvas.whole("M0 104 C24 104 44 103 58 100 L60 122 C40 128 20 129 0 129",
                 fill=darker(canvas.color, 0.14))  # fmt: skip
    canvas.dot(0, 115, 5, "#c9a25c")
    canvas.folds("M40 230 C50 290 58 340 62 380")


def pencil_skirt(canvas: Canvas) -> None:
    canvas.whole("M0 106 C24 106 44 105 58 102 C78 160 80 220 76 280 C72 340 66 390 62 424"
                 " C40 430 20 431 0 431")  # fmt: skip
    canvas.seams("M24 108 L28 150")
    canvas.seams("M42 107 L46 148")
    canvas.seam("M20 340 L20 430", width=2)
    canvas.whole("M0 86 C24 86 44 85 58 82 L60 104 C40 110 20 111 0 111",
                 fill=darker(canvas.color, 0.14))  # fmt: skip
    canvas.folds("M66 200 C56 212 44 216 34 216", "M58 300 C54 340 50 380 48 420")
