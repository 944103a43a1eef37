"""What a creator shares of a published look: a caption, and a picture for stories."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from django.apps import apps
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont, ImageOps

from influencers.domain.picture import Size, pixels
from influencers.models import Look, LookVersion
from influencers.queries.pictures import crop_of
from influencers.services.pictures import opened
from portal import qr_codes
from portal.qr_codes import QrStyle

WIDTH, HEIGHT = 1_080, 1_920
_MARGIN = 80
_PHOTO = (WIDTH - 2 * _MARGIN, (WIDTH - 2 * _MARGIN) * 5 // 4)
_PHOTO_TOP = 210
_QR_SIDE = 240
_TITLE_SIZE, _TEXT_SIZE = 60, 36
_TITLE_LINES = 2
_PAPER, _INK, _MUTED = "#faf8f4", "#1d1916", "#655d54"


def caption(version: LookVersion, url: str) -> str:
    """Return a text of one line to paste under a post: the mention of the law comes first."""
    mention = version.get_disclosure_display()
    words = [mention, version.title, " ".join(version.story.split()), url]
    marks = [
        said
        for said, is_so in (
            (_("Retouched images"), version.is_retouched),
            (_("Virtual images"), version.is_virtual),
        )
        if is_so
    ]
    return " – ".join(filter(None, [*words, *marks]))


def story_picture(look: Look, version: LookVersion, *, url: str, shown: str) -> bytes:
    """Return a PNG of 1080 x 1920: mention, photo, title, address and QR code.

    ``url`` is what the QR code holds, ``shown`` the address as it is written.

    :raises FileNotFoundError: when the files of the first photo are gone.
    """
    canvas = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(canvas)
    regular, strong = _font("Regular", _TEXT_SIZE), _font("SemiBold", _TEXT_SIZE)
    draw.text((_MARGIN, 110), version.get_disclosure_display(), font=strong, fill=_INK)
    canvas.paste(_photo(version), (_MARGIN, _PHOTO_TOP))
    left, top = _MARGIN, _PHOTO_TOP + _PHOTO[1] + 50
    room = WIDTH - 3 * _MARGIN - _QR_SIDE
    title = _font("SemiBold", _TITLE_SIZE)
    for line in _lines(version.title, title, room):
        draw.text((left, top), line, font=title, fill=_INK)
        top += _TITLE_SIZE * 5 // 4
    name = look.affiliate.name if look.affiliate else ""
    for line in filter(None, (name, look.shop.name)):
        draw.text((left, top + 14), _cut(line, regular, room), font=regular, fill=_MUTED)
        top += _TEXT_SIZE * 3 // 2
    address = _cut(shown, strong, WIDTH - 2 * _MARGIN)
    draw.text((left, HEIGHT - 110), address, font=strong, fill=_INK)
    with Image.open(BytesIO(qr_codes.png(url, QrStyle(), 1_024))) as code:
        small = code.convert("RGB").resize((_QR_SIDE, _QR_SIDE), Image.Resampling.LANCZOS)
    canvas.paste(small, (WIDTH - _MARGIN - _QR_SIDE, _PHOTO_TOP + _PHOTO[1] + 50))
    body = BytesIO()
    canvas.save(body, "PNG", optimize=True)
    return body.getvalue()


def _photo(version: LookVersion) -> Image.Image:
    image = version.images.all()[0]
    photo = opened(image.picture)
    part = photo.crop(pixels(crop_of(image), Size(*photo.size)))
    return ImageOps.fit(part, _PHOTO, Image.Resampling.LANCZOS)


def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    folder = Path(apps.get_app_config("payouts").path) / "gateways" / "fonts"
    return ImageFont.truetype(folder / f"Inter-{weight}.ttf", size)


def _lines(text: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    """Return a text in lines that fit, at most two; what is too long ends in an ellipsis."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    kept = lines[:_TITLE_LINES]
    if len(lines) > _TITLE_LINES:
        kept[-1] += "…"
    return [_cut(line, font, room) for line in kept]


def _cut(text: str, font: ImageFont.FreeTypeFont, room: int) -> str:
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip('…')}…"
