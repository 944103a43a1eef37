"""The course of the earnings as a picture to be shared: drawn here, with or without amounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

import payouts.gateways
from core.money import Money
from portal.formats import format_day_short, format_money
from portal.reports.asking import Question
from portal.reports.engine import Row

SIZE = (1200, 630)
_PAPER, _INK, _MUTED, _BAR, _LINE = "#faf8f4", "#1d1a16", "#6b645a", "#b4532a", "#d9d3c8"
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 1128, 250, 520
_FONTS = Path(payouts.gateways.__file__).parent / "fonts"


def earnings_picture(
    question: Question, rows: Sequence[Row], total: Row, *, hides_amounts: bool
) -> bytes:
    """Return a PNG of 1200 by 630: one bar for each row, and the whole unless it is hidden.

    Without amounts nothing tells them: the highest bar is as high as there is room.
    """
    picture = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(picture)
    name = question.scope.affiliate.name if question.scope.affiliate else _("The programme")
    pen.text((_LEFT, 64), _fitting(name, _font(28), 800), font=_font(28), fill=_MUTED)
    amount = format_money(Money(total.sums["commission"], question.currency))
    title = _("Earnings") if hides_amounts else amount
    pen.text((_LEFT, 104), title, font=_font(76, bold=True), fill=_INK)
    pen.text((_LEFT, 206), question.period.label, font=_font(26), fill=_MUTED)
    _bars(pen, [max(row.sums["commission"], 0) for row in rows])
    days = [date.fromisoformat(row.key) for row in rows]
    if days:
        pen.text((_LEFT, 536), format_day_short(days[0]), font=_font(22), fill=_MUTED)
        last = format_day_short(days[-1])
        if len(days) > 1:
            pen.text((_RIGHT, 536), last, font=_font(22), fill=_MUTED, anchor="ra")
    pen.text((_RIGHT, 64), "Apport", font=_font(28, bold=True), fill=_INK, anchor="ra")
    body = BytesIO()
    picture.save(body, "PNG", optimize=True)
    return body.getvalue()


def _bars(pen: ImageDraw.ImageDraw, values: Sequence[int]) -> None:
    highest, count = max(values, default=0), len(values)
    pen.line((_LEFT, _BOTTOM, _RIGHT, _BOTTOM), fill=_LINE, width=2)
    if not highest:
        return
    width = _RIGHT - _LEFT
    for place, value in enumerate(values):
        left = _LEFT + place * width // count
        right = _LEFT + (place + 1) * width // count - (3 if count < 200 else 1)
        height = (_BOTTOM - _TOP) * value // highest
        if value:
            top = min(_BOTTOM - height, _BOTTOM - 2)
            pen.rectangle((left, top, max(right, left), _BOTTOM - 1), fill=_BAR)


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    while text and font.getlength(text) > width:
        text = f"{text[:-2].rstrip()}…"
    return text


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    name = "Inter-SemiBold.ttf" if bold else "Inter-Regular.ttf"
    return ImageFont.truetype(str(_FONTS / name), size)
