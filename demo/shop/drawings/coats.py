"""Coats, jackets and blazers."""

from __future__ import annotations

from demo.shop.drawings.canvas import Canvas, darker, lighter

SLEEVE = "M70 84 C96 92 108 116 114 150 C124 212 132 284 136 336 L104 344 C96 284 86 220 70 172 Z"
LINING = "M0 82 C14 82 24 76 32 64 C34 110 18 150 0 180"


def _shell(hem: int, flare: int) -> str:
    return (
        "M0 176 C12 146 32 104 34 66 L78 88 C80 120 74 150 73 180"
        f" C70 240 {62 + flare // 2} 300 {70 + flare} {hem}"
        f" C{48 + flare} {hem + 9} 20 {hem + 11} 0 {hem + 11}"
    )


def _lapels(canvas: Canvas, bottom: int) -> None:
    canvas.pair(
        f"M0 {bottom} C6 140 20 100 34 66 L52 74 L62 116 L46 120 L54 132"
        f" C40 158 18 176 0 {bottom} Z"
    )
    canvas.seams("M62 116 L30 104", width=1.6)


def coat(canvas: Canvas) -> None:
    canvas.whole(LINING, fill=darker(canvas.color, 0.4))
    canvas.pair(SLEEVE)
    canvas.whole(_shell(442, 22))
    _lapels(canvas, 196)
    canvas.seam("M6 196 L6 452", width=1.8)
    for y in (216, 266, 316):
        for x in (-16, 24):
            canvas.dot(x, y, 5.5, darker(canvas.color, 0.5))
    canvas.pair("M34 288 L72 280 L74 296 L36 304 Z")
    canvas.seams("M106 326 L135 318")
    canvas.folds("M74 184 C62 198 54 202 46 204", "M66 330 C72 370 76 410 78 438")


def trench(canvas: Canvas) -> None:
    canvas.whole(LINING, fill=darker(canvas.color, 0.42))
    canvas.pair(SLEEVE)
    canvas.pair("M134 306 L100 314 L102 328 L135 320 Z", fill=darker(canvas.color, 0.12))
    canvas.whole(_shell(430, 34))
    canvas.pair("M78 88 C80 120 76 140 75 154 C60 166 44 164 34 150 L46 92 Z",
                fill=darker(canvas.color, 0.05))  # fmt: skip
    _lapels(canvas, 190)
    canvas.seam("M8 190 L8 440", width=1.8)
    for y in (208, 290, 330):
        for x in (-20, 30):
            canvas.dot(x, y, 5, darker(canvas.color, 0.45))
    canvas.whole("M0 238 C24 238 48 237 71 234 L71 256 C48 261 24 261 0 261",
                 fill=darker(canvas.color, 0.14))  # fmt: skip
    canvas.single("M-14 234 L14 234 L14 265 L-14 265 Z", fill=darker(canvas.color, 0.5))
    canvas.single("M-8 240 L8 240 L8 259 L-8 259 Z", fill=darker(canvas.color, 0.14))
    canvas.single("M16 250 C30 276 34 296 40 322 L28 326 C22 300 16 276 8 258 Z",
                  fill=darker(canvas.color, 0.1))  # fmt: skip
    canvas.pair("M78 84 L52 74 L50 82 L74 93 Z", fill=darker(canvas.color, 0.1))
    canvas.folds("M52 268 C66 320 76 380 84 424", "M28 330 C34 370 38 400 40 434")


def blazer(canvas: Canvas) -> None:
    canvas.whole("M0 92 C14 92 26 84 34 72 C34 130 18 190 0 236", fill="#f4efe6")
    canvas.pair("M72 90 C98 98 110 122 116 156 C126 218 134 296 138 352 L106 360"
                " C98 296 88 230 72 180 Z")  # fmt: skip
    canvas.whole(
        "M0 244 C14 206 34 124 36 72 L80 94 C82 126 76 156 75 188 C68 226 66 244 66 262"
        " C74 310 82 350 84 388 C64 400 34 408 10 404 C4 392 0 380 0 372"
    )
    canvas.pair("M0 246 C6 180 22 118 36 72 L54 80 L66 128 L48 132 L58 146 C42 186 20 224 0 246 Z")
    canvas.seams("M66 128 L32 112", width=1.6)
    canvas.seam("M4 248 L4 384", width=1.8)
    for y in (262, 300):
        canvas.dot(12, y, 5.2, darker(canvas.color, 0.5))
    canvas.pair("M32 310 L70 304 L72 318 L34 324 Z")
    canvas.single("M34 178 L62 172 L62 178 L34 184 Z", fill="#f4efe6")
    for y in (328, 340):
        canvas.dot(128, y, 2.6, darker(canvas.color, 0.5))
        canvas.dot(-128, y, 2.6, darker(canvas.color, 0.5))
    canvas.folds("M74 200 C66 220 60 234 56 250")


def biker(canvas: Canvas) -> None:
    zip_color = "#c8c6c0"
    canvas.whole(LINING, fill=darker(canvas.color, 0.45))
    canvas.pair("M72 92 C98 100 110 124 116 158 C126 216 132 286 136 340 L104 348"
                " C96 290 88 230 72 182 Z")  # fmt: skip
    canvas.whole(
        "M0 176 C12 146 32 112 36 76 L80 98 C82 128 76 160 75 190 C70 240 70 290 74 340"
        " C50 348 20 350 0 350"
    )
    canvas.pair("M0 190 C6 150 20 112 36 76 L56 84 L72 132 L50 140 L58 158 C40 180 20 190 0 190 Z",
                fill=lighter(canvas.color, 0.06))  # fmt: skip
    canvas.strap("M14 190 C10 240 4 300 0 348", zip_color, 3.2)
    canvas.strap("M-64 262 L-34 236", zip_color, 3)
    canvas.strap("M64 262 L36 240", zip_color, 3)
    canvas.strap("M-62 186 L-36 176", zip_color, 2.6)
    for side in (-1, 1):
        canvas.strap(f"M{side * 110} 318 L{side * 116} 346", zip_color, 2.6)
    canvas.whole("M0 318 C30 318 54 316 73 311 L75 343 C50 352 20 354 0 354",
                 fill=darker(canvas.color, 0.12))  # fmt: skip
    canvas.single("M40 318 L58 315 L58 344 L40 347 Z", fill=zip_color)
    canvas.folds("M74 200 C62 214 52 218 44 220", "M112 190 C104 204 100 210 96 214")


def denim_jacket(canvas: Canvas) -> None:
    thread = "#d9a760"
    canvas.whole(LINING, fill=darker(canvas.color, 0.35))
    canvas.pair("M72 92 C98 100 110 124 116 158 C126 216 132 286 136 344 L104 352"
                " C96 290 88 230 72 182 Z")  # fmt: skip
    canvas.pair("M136 336 L103 345 L105 366 L138 357 Z", fill=darker(canvas.color, 0.1))
    canvas.whole(
        "M0 130 C10 118 32 104 36 76 L80 98 C82 128 76 160 75 190 C72 250 72 300 74 350"
        " C50 356 20 358 0 358"
    )
    canvas.seams("M75 176 C50 180 20 180 9 180", width=1.6)
    canvas.seams("M9 140 L9 358", width=1.4)
    canvas.seams("M34 182 L20 340", width=1.4)
    canvas.seams("M58 182 L46 340", width=1.4)
    canvas.pair("M24 184 L62 182 L62 202 L43 212 L24 204 Z", fill=lighter(canvas.color, 0.08))
    for x in (-43, 43):
        canvas.dot(x, 199, 3.2, thread)
    canvas.whole("M0 338 C30 338 54 336 74 332 L75 352 C50 362 20 364 0 364",
                 fill=darker(canvas.color, 0.1))  # fmt: skip
    for y in (152, 192, 232, 272, 312, 350):
        canvas.dot(0, y, 4, thread)
    canvas.pair("M0 132 C10 118 26 96 34 68 L50 78 C54 102 46 126 34 146 Z",
                fill=lighter(canvas.color, 0.1))  # fmt: skip
