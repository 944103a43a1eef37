"""The small things: silk, wool, buckles and glasses."""

from __future__ import annotations

from demo.shop.drawings.canvas import Canvas, darker, lighter

BRASS = "#c9a25c"


def silk_square(canvas: Canvas) -> None:
    pale = "#f3ead9"
    canvas.raw('<g transform="rotate(-9 200 250)">')
    canvas.whole("M0 120 L132 120 L132 384 L0 384", fill=canvas.color)
    canvas.whole("M0 138 L114 138 L114 366 L0 366", fill=pale)
    canvas.whole("M0 150 L102 150 L102 354 L0 354", fill=lighter(canvas.color, 0.35))
    canvas.whole("M0 186 L66 252 L0 318", fill=pale)
    canvas.whole("M0 208 L44 252 L0 296", fill=canvas.color)
    for x in (-78, 78):
        for y in (174, 330):
            canvas.dot(x, y, 15, pale)
            canvas.dot(x, y, 8, BRASS)
    canvas.raw(
        '<path d="M172 272v-26a28 28 0 0 1 56 0v26zM186 272v-22a14 14 0 0 1 28 0v22z"'
        f' fill="{pale}" fill-rule="evenodd"/>'
    )
    canvas.raw("</g>")


def scarf(canvas: Canvas) -> None:
    canvas.whole("M0 96 C40 96 78 108 82 140 C84 170 44 186 0 188",
                 fill=darker(canvas.color, 0.3))  # fmt: skip
    canvas.single("M-66 150 C-40 186 -26 220 -22 262 L-30 420 L-84 416 L-78 262"
                  " C-82 220 -86 190 -80 150 Z")  # fmt: skip
    canvas.single("M60 150 C40 184 22 220 18 262 L24 396 L78 390 L70 262 C74 220 82 190 78 150 Z")
    canvas.whole("M0 152 C36 150 66 140 80 118 C98 160 72 206 0 212")
    canvas.folds("M6 170 C34 168 56 158 70 140")
    for step in range(8):
        x = -82 + step * 7.2
        canvas.strap(f"M{x:g} 418 L{x - 2:g} 446", canvas.color, 2.4)
        canvas.strap(f"M{26 + step * 7:g} 393 L{27 + step * 7:g} 421", canvas.color, 2.4)
    stripe = lighter(canvas.color, 0.45)
    for y in (366, 380):
        canvas.single(f"M-81 {y} L-28 {y + 3} L-28 {y + 10} L-82 {y + 7} Z", fill=stripe)
        canvas.single(f"M22 {y - 23} L75 {y - 28} L76 {y - 21} L22 {y - 16} Z", fill=stripe)


def beret(canvas: Canvas) -> None:
    canvas.raw('<g transform="rotate(-8 200 260)">')
    canvas.single("M-136 262 C-150 206 -60 164 20 168 C100 172 152 214 140 256"
                  " C128 292 60 306 -10 306 C-80 306 -128 296 -136 262 Z")  # fmt: skip
    canvas.single("M-92 286 C-50 302 50 304 96 284 L92 308 C50 326 -50 326 -88 310 Z",
                  fill=darker(canvas.color, 0.22))  # fmt: skip
    canvas.strap("M10 168 C8 158 12 152 18 148", canvas.color, 6)
    canvas.seam("M10 170 C-40 190 -90 220 -120 262", opacity=0.35)
    canvas.seam("M14 170 C60 190 100 214 126 256", opacity=0.35)
    canvas.raw("</g>")


def belt(canvas: Canvas) -> None:
    canvas.raw(
        f'<g fill="none" stroke-linecap="round"><ellipse cx="200" cy="250" rx="118" ry="104"'
        f' stroke="{darker(canvas.color, 0.4)}" stroke-width="36"/>'
        f'<ellipse cx="200" cy="250" rx="118" ry="104" stroke="{canvas.color}" stroke-width="33"/>'
        f'<ellipse cx="200" cy="250" rx="118" ry="104" stroke="{lighter(canvas.color, 0.3)}"'
        ' stroke-width="1.4" stroke-dasharray="6 5" opacity=".6"/></g>'
    )
    canvas.single("M-44 316 L60 316 C76 316 86 334 86 350 C86 368 76 384 60 384 L-44 384 Z")
    canvas.seam("M-40 324 L58 324 C80 332 80 368 58 376 L-40 376", width=1.2, opacity=0.5)
    for x in (6, 28, 50):
        canvas.dot(x, 350, 3, darker(canvas.color, 0.7))
    canvas.raw(
        f'<rect x="128" y="304" width="58" height="92" rx="12" fill="none" stroke="{BRASS}"'
        ' stroke-width="11"/>'
        f'<path d="M134 350H206" stroke="{darker(BRASS, 0.15)}" stroke-width="8"'
        ' stroke-linecap="round"/>'
    )


def sunglasses(canvas: Canvas) -> None:
    frame = canvas.color
    canvas.strap("M-134 222 C-128 190 -96 176 -60 172", darker(frame, 0.2), 9)
    canvas.strap("M134 222 C128 190 96 176 60 172", darker(frame, 0.2), 9)
    for side in (-1, 1):
        shape = (
            f"M{side * 14} 226 C{side * 30} 204 {side * 104} 200 {side * 134} 214"
            f" C{side * 142} 262 {side * 118} 314 {side * 72} 314"
            f" C{side * 30} 314 {side * 14} 270 {side * 14} 226 Z"
        )
        canvas.single(shape, fill=frame)
        lens = (
            f"M{side * 27} 234 C{side * 42} 218 {side * 98} 214 {side * 121} 225"
            f" C{side * 126} 262 {side * 106} 301 {side * 72} 301"
            f" C{side * 40} 301 {side * 27} 266 {side * 27} 234 Z"
        )
        canvas.single(lens, fill="#4a4238")
        canvas.raw(
            f'<path d="M{200 + side * 72 - 34} 244l22-20h20l-40 40z" fill="#fff" opacity=".18"/>'
        )
    canvas.strap("M-16 232 C-6 222 6 222 16 232", frame, 10)
