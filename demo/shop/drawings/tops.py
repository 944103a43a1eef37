"""Knitwear, shirts and everything worn above the waist."""

from __future__ import annotations

from demo.shop.drawings.canvas import Canvas, darker, lighter

#: From the neck to the hem.
BODY = "L82 108 C84 140 78 170 77 200 C75 265 79 330 80 396 C52 402 20 403 0 403"
LONG_SLEEVE = (
    "M76 104 C98 110 108 128 114 156 C124 214 134 290 140 362 L110 370 C102 306 92 246 76 196 Z"
)
CUFF = "M140 362 L110 370 L112 392 L142 384 Z"
SHORT_SLEEVE = "M76 104 C100 112 118 142 130 190 L96 206 C90 186 84 172 76 164 Z"
BACK = "M0 98 C14 98 28 94 38 88 C34 106 18 114 0 114"


def _back_of_neck(canvas: Canvas) -> None:
    canvas.whole(BACK, fill=darker(canvas.color, 0.32))


def _hem(canvas: Canvas, height: int) -> None:
    top = 403 - height
    canvas.whole(
        f"M0 {top} C24 {top} 54 {top - 1} 80 {top - 7} L78 398 C52 406 20 407 0 407",
        fill=darker(canvas.color, 0.08),
    )
    for x in range(6, 78, 8):
        canvas.seams(f"M{x} {top} L{x} 404", width=0.9, opacity=0.45)


def _ribbed_cuffs(canvas: Canvas) -> None:
    canvas.pair(CUFF, fill=darker(canvas.color, 0.08))
    for step in range(1, 5):
        x = 110 + step * 6
        canvas.seams(
            f"M{x} {370 - step * 1.6} L{x + 2} {391 - step * 1.6}", width=0.9, opacity=0.45
        )


def _crew_collar(canvas: Canvas, width: int) -> None:
    canvas.whole(
        f"M0 {114 + width} C24 {114 + width} {38 + width / 2:g} 108 {38 + width} 90 L38 88"
        " C34 106 18 114 0 114",
        fill=darker(canvas.color, 0.08),
    )


def _body_folds(canvas: Canvas) -> None:
    canvas.folds("M74 200 C60 212 48 216 38 216", "M76 300 C66 330 60 360 62 384")


def tee(canvas: Canvas) -> None:
    _back_of_neck(canvas)
    canvas.pair(SHORT_SLEEVE)
    canvas.seams("M125 183 L94 199")
    canvas.whole("M0 114 C18 114 34 106 38 88 " + BODY)
    _crew_collar(canvas, 6)
    canvas.seams("M0 394 C24 394 54 393 79 388")
    _body_folds(canvas)


def long_tee(canvas: Canvas) -> None:
    _back_of_neck(canvas)
    canvas.pair(LONG_SLEEVE)
    canvas.seams("M139 354 L109 362")
    canvas.whole("M0 106 C24 106 44 102 52 94 " + BODY)
    canvas.seams("M0 112 C26 112 46 107 56 97")
    canvas.seams("M0 394 C24 394 54 393 79 388")
    _body_folds(canvas)


def sweater(canvas: Canvas) -> None:
    _back_of_neck(canvas)
    canvas.pair(LONG_SLEEVE)
    _ribbed_cuffs(canvas)
    canvas.whole("M0 114 C18 114 34 106 38 88 " + BODY)
    _hem(canvas, 24)
    _crew_collar(canvas, 11)
    _body_folds(canvas)


def turtleneck(canvas: Canvas) -> None:
    canvas.pair(LONG_SLEEVE)
    _ribbed_cuffs(canvas)
    canvas.whole("M0 106 C18 106 34 100 38 88 " + BODY)
    _hem(canvas, 18)
    canvas.whole("M0 62 C16 62 28 63 33 66 C34 78 36 88 42 96 C26 108 12 110 0 110")
    canvas.seams("M0 84 C14 84 26 83 34 80", opacity=0.5)
    for x in range(5, 34, 7):
        canvas.seams(f"M{x} 63 L{x + 3} 108", width=0.9, opacity=0.4)
    _body_folds(canvas)


def v_sweater(canvas: Canvas) -> None:
    _back_of_neck(canvas)
    canvas.pair(LONG_SLEEVE)
    _ribbed_cuffs(canvas)
    canvas.whole("M0 186 C12 160 32 118 38 88 " + BODY)
    _hem(canvas, 20)
    canvas.whole(
        "M0 202 C18 164 42 122 48 91 L38 88 C32 118 12 160 0 186", fill=darker(canvas.color, 0.08)
    )
    _body_folds(canvas)


def cardigan(canvas: Canvas) -> None:
    _back_of_neck(canvas)
    canvas.pair(LONG_SLEEVE)
    _ribbed_cuffs(canvas)
    canvas.whole("M0 226 C14 190 34 124 38 88 " + BODY)
    _hem(canvas, 20)
    canvas.pair(
        "M0 226 C14 190 34 124 38 88 L50 92 C44 130 26 190 10 232 L10 407 L0 407 Z",
        fill=darker(canvas.color, 0.1),
    )
    for y in (242, 276, 310, 344, 378):
        canvas.dot(0, y, 4.2, lighter(canvas.color, 0.5))
    canvas.pair("M28 318 L62 316 L62 358 L28 360 Z", fill=darker(canvas.color, 0.05))
    canvas.folds("M74 200 C60 212 48 216 38 216")


def _shirt_front(canvas: Canvas) -> None:
    canvas.seams("M9 140 L9 403")
    for y in range(158, 396, 38):
        canvas.dot(0, y, 3.2, lighter(canvas.color, 0.75))


def shirt(canvas: Canvas) -> None:
    _back_of_neck(canvas)
    canvas.pair(LONG_SLEEVE)
    canvas.pair("M140 358 L109 366 L112 396 L144 388 Z")
    canvas.whole(
        "M0 130 C10 120 30 104 38 88 L82 108 C84 140 78 170 77 200 C75 260 79 320 82 380"
        " C66 386 50 408 0 410"
    )
    _shirt_front(canvas)
    canvas.pair("M0 128 C10 116 26 100 34 80 L44 88 C46 108 40 130 30 150 Z",
                fill=lighter(canvas.color, 0.22))  # fmt: skip
    canvas.single("M26 196 L60 194 L60 232 L43 240 L26 234 Z")
    canvas.seam("M26 204 L60 202")
    _body_folds(canvas)


def blouse(canvas: Canvas) -> None:
    canvas.pair(
        "M74 102 C108 108 124 150 134 206 C146 262 156 318 140 352 L110 358 C84 330 88 250 76 196 Z"
    )
    canvas.pair("M141 350 L109 357 L110 380 L140 373 Z", fill=darker(canvas.color, 0.06))
    canvas.folds("M132 250 C130 290 128 320 126 348", "M116 260 C116 300 118 330 118 350")
    canvas.whole(
        "M0 104 C16 103 30 98 38 88 L82 108 C84 140 78 170 77 200 C73 262 78 330 82 392"
        " C52 402 20 404 0 404"
    )
    canvas.folds("M30 150 C36 220 40 300 42 392", "M58 170 C60 240 62 300 64 386")
    canvas.whole("M0 82 C14 82 28 82 36 84 L40 100 C24 110 10 112 0 112")
    canvas.pair("M4 108 C24 92 48 96 54 110 C50 130 24 126 4 116 Z")
    canvas.pair("M3 112 C14 150 22 200 34 244 L12 250 C8 204 2 160 0 116 Z")
    canvas.dot(0, 112, 8, canvas.color)


def camisole(canvas: Canvas) -> None:
    for side in (-1, 1):
        canvas.strap(f"M{side * 52} 80 C{side * 54} 104 {side * 54} 124 {side * 52} 150",
                     canvas.color, 3)  # fmt: skip
    flank = "L60 154 C64 176 70 190 76 200 C70 262 80 330 88 390 C54 402 20 404 0 404"
    canvas.whole(f"M0 160 C20 160 40 152 50 148 {flank}", fill=darker(canvas.color, 0.3))
    canvas.whole(f"M0 190 C20 184 40 164 50 148 {flank}")
    canvas.seams("M0 197 C22 190 42 171 54 152")
    canvas.folds("M28 230 C34 290 36 340 38 396", "M56 240 C60 300 64 350 68 390")
    canvas.seams("M0 396 C24 396 60 392 87 383")
