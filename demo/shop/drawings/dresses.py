"""Dresses, from the shoulder to the hem."""

from __future__ import annotations

from demo.shop.drawings.canvas import Canvas, darker, lighter

BACK = "M0 70 C12 70 22 68 30 64 C28 78 14 84 0 84"


def wrap_dress(canvas: Canvas) -> None:
    canvas.whole(BACK, fill=darker(canvas.color, 0.34))
    canvas.pair("M62 74 C86 84 98 120 106 168 L78 180 C72 156 66 138 58 128 Z")
    canvas.whole(
        "M0 150 C10 120 26 92 30 62 L66 76 C68 104 62 126 60 146 C56 176 52 196 50 214"
        " C68 290 92 370 104 440 C70 454 30 458 0 458"
    )
    canvas.single("M-4 156 C12 120 26 92 30 62 L38 65 C36 100 14 160 -44 200 L-50 194 Z",
                  fill=darker(canvas.color, 0.14))  # fmt: skip
    canvas.whole("M0 204 C20 204 36 204 51 202 L49 220 C34 224 16 224 0 224",
                 fill=darker(canvas.color, 0.14))  # fmt: skip
    canvas.single("M34 214 C52 240 54 280 62 318 L50 322 C44 284 40 250 28 220 Z",
                  fill=darker(canvas.color, 0.1))  # fmt: skip
    canvas.single("M36 212 C60 224 78 250 88 280 L76 284 C66 256 50 236 32 220 Z",
                  fill=darker(canvas.color, 0.06))  # fmt: skip
    canvas.seam("M-8 224 C-2 300 -16 390 -34 457", width=1.8)
    canvas.folds("M30 250 C44 320 54 390 60 448", "M12 260 C16 330 20 400 20 452")


def long_dress(canvas: Canvas) -> None:
    for side in (-1, 1):
        canvas.strap(f"M{side * 40} 58 L{side * 42} 112", canvas.color, 5)
    canvas.whole("M0 116 C18 116 34 112 44 104 L56 116 C56 130 58 142 60 150 C54 170 50 180 48 192"
                 " C24 196 10 196 0 196")  # fmt: skip
    canvas.whole("M0 192 C20 192 36 191 49 188 C64 226 76 262 84 296 C50 306 20 308 0 308")
    canvas.whole("M0 302 C30 302 60 298 85 290 C100 350 112 410 120 466 C70 482 30 484 0 484")
    canvas.folds("M14 198 C18 240 20 270 22 302", "M34 196 C44 236 50 264 56 294",
                 "M20 310 C28 370 32 420 34 476", "M54 306 C68 366 76 416 82 466")  # fmt: skip
    canvas.seams("M0 125 C18 125 36 120 50 112")


def shift_dress(canvas: Canvas) -> None:
    canvas.whole(BACK, fill=darker(canvas.color, 0.34))
    canvas.whole(
        "M0 90 C20 90 38 80 42 64 L66 72 C70 94 66 116 62 140 C60 190 60 230 64 270"
        " C70 330 78 380 80 428 C50 436 20 437 0 437"
    )
    canvas.seams("M0 97 C24 97 42 86 49 66")
    canvas.seams("M62 134 C50 148 42 158 36 166")
    canvas.seams("M62 214 C40 220 18 221 0 221")
    canvas.folds("M60 226 C56 290 56 360 60 420", "M26 230 C28 300 28 370 28 428")


def shirt_dress(canvas: Canvas) -> None:
    canvas.whole(BACK, fill=darker(canvas.color, 0.3))
    canvas.pair("M62 72 C84 80 96 110 104 150 C112 190 116 226 118 254 L92 260"
                " C86 220 72 170 58 136 Z")  # fmt: skip
    canvas.pair("M119 248 L91 256 L93 278 L121 270 Z", fill=lighter(canvas.color, 0.3))
    canvas.whole(
        "M0 96 C10 90 24 78 30 62 L66 76 C68 104 62 126 60 146 C57 180 55 196 54 212"
        " C66 290 76 360 80 424 C70 430 50 446 0 448"
    )
    canvas.seams("M8 110 L8 447")
    for y in range(118, 430, 36):
        canvas.dot(0, y, 2.8, "#ffffff")
    canvas.pair("M0 94 C8 86 22 74 27 56 L37 62 C38 80 34 98 26 114 Z",
                fill=lighter(canvas.color, 0.35))  # fmt: skip
    canvas.whole("M0 206 C20 206 36 205 55 203 L54 219 C36 223 16 223 0 223",
                 fill=darker(canvas.color, 0.2))  # fmt: skip
    canvas.dot(0, 214, 7, "#c9a25c")
    canvas.folds("M36 230 C44 300 50 360 52 430")


def knit_dress(canvas: Canvas) -> None:
    canvas.pair("M62 72 C84 80 92 110 100 150 C110 206 116 270 120 322 L94 328"
                " C88 270 76 196 60 150 Z")  # fmt: skip
    canvas.pair("M121 318 L93 325 L95 344 L122 337 Z", fill=darker(canvas.color, 0.1))
    canvas.whole(
        "M0 84 C16 84 28 76 32 62 L66 76 C68 104 64 126 62 150 C56 190 56 210 58 230"
        " C68 300 72 370 70 428 C44 436 18 437 0 437"
    )
    canvas.whole("M0 40 C12 40 24 41 29 44 C30 56 32 64 37 72 C24 84 12 87 0 87")
    for x in range(4, 30, 6):
        canvas.seams(f"M{x} 41 L{x + 3} 84", width=0.9, opacity=0.4)
    for x in range(6, 70, 9):
        canvas.seams(f"M{x} 100 C{x * 0.86:g} 210 {x} 320 {x} 434", width=0.9, opacity=0.3)
    canvas.folds("M58 190 C48 206 38 212 26 212", "M62 270 C66 330 66 380 62 424")
