"""QR codes that a camera reads: dark enough, with room around them, on screen and on paper."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import segno
from django.utils.translation import gettext as _
from PIL import Image

from core import pictures
from core.errors import DomainError
from payouts.gateways.typesetting import printable, typeset

TEMPLATE = Path(__file__).parent / "qr_card.typ"
QUIET_ZONE = 4
SIZES = (1024, 2048)
DARK, LIGHT = "#1d1916", "#ffffff"
#: Below this, cheap cameras and sunlight fail.
LEAST_CONTRAST = 4.5
#: Of the code's width. Level H mends 30 % of the signs; a fifth each way covers 4 % of them.
LOGO_SHARE = 5
LOGO_PIXELS = 512
MOST_LOGO_BYTES = 1024 * 1024
_DAY_IN_A_ZIP = (2000, 1, 1, 0, 0, 0)


class UnreadableQr(DomainError):
    """Colours or a logo by which no camera could read the code."""

    code = "unreadable_qr"


@dataclass(frozen=True, slots=True, kw_only=True)
class QrStyle:
    """How a code is drawn. Colours are ``#rrggbb``; a logo (PNG) asks for level ``h``."""

    dark: str = DARK
    light: str = LIGHT
    level: str = "m"
    logo: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is printed around the code on a card."""

    address: str
    title: str = ""
    code: str = ""
    code_label: str = ""


def require_readable(style: QrStyle) -> None:
    """Refuse a style that cameras fail on.

    :raises UnreadableQr: for colours too alike, light on dark, or a logo without level H.
    """
    dark, light = _luminance(style.dark), _luminance(style.light)
    if dark > light:
        raise UnreadableQr(_("The code must be darker than its background."))
    if (light + 0.05) / (dark + 0.05) < LEAST_CONTRAST:
        raise UnreadableQr(
            _("These colours are too alike for a camera: their contrast is below 4.5 to 1.")
        )
    if style.logo and style.level != "h":
        raise UnreadableQr(_("A logo covers part of the code: choose error level H."))


def logo_of(content: bytes) -> bytes:
    """Return an uploaded picture as a small PNG without anything but its pixels.

    :raises UnreadableQr: for what is no PNG, JPEG or WebP picture, or too large.
    """
    if len(content) > MOST_LOGO_BYTES:
        raise UnreadableQr(_("The logo is larger than 1 MB."))
    try:
        kinds, most = ("PNG", "JPEG", "WEBP"), LOGO_PIXELS * LOGO_PIXELS * 64
        with pictures.opened(content, kinds=kinds, most_pixels=most) as picture:
            logo = picture.convert("RGBA")
    except pictures.TooManyPixels as error:
        raise UnreadableQr(_("The logo has too many pixels.")) from error
    except pictures.UNREADABLE as error:
        raise UnreadableQr(_("The logo is no PNG, JPEG or WebP picture.")) from error
    logo.thumbnail((LOGO_PIXELS, LOGO_PIXELS))
    plain = BytesIO()
    logo.save(plain, "PNG")
    return plain.getvalue()


def png(url: str, style: QrStyle, size: int) -> bytes:
    """Return the code as a square of ``size`` pixels, every sign the same whole number of them."""
    code = _make(url, style)
    signs = int(code.symbol_size(border=QUIET_ZONE)[0])
    drawn = BytesIO()
    code.save(
        drawn,
        kind="png",
        scale=size // signs,
        border=QUIET_ZONE,
        dark=style.dark,
        light=style.light,
    )
    with Image.open(drawn) as symbol:
        canvas = Image.new("RGB", (size, size), style.light)
        canvas.paste(symbol.convert("RGB"), ((size - symbol.width) // 2,) * 2)
    if style.logo:
        _paste_logo(canvas, style, (size // signs) * (signs - 2 * QUIET_ZONE) // LOGO_SHARE)
    body = BytesIO()
    canvas.save(body, "PNG", optimize=True)
    return body.getvalue()


def svg(url: str, style: QrStyle, scale: int = 10) -> str:
    """Return the code as SVG without any style, so that it also stands in a strict page."""
    code = _make(url, style)
    body = BytesIO()
    code.save(
        body,
        kind="svg",
        scale=scale,
        border=QUIET_ZONE,
        dark=style.dark,
        light=style.light,
        xmldecl=False,
        nl=False,
        svgclass=None,
        lineclass=None,
    )
    whole = int(code.symbol_size(scale=scale, border=QUIET_ZONE)[0])
    box = f'<svg viewBox="0 0 {whole} {whole}" '
    drawn = body.getvalue().decode().replace("<svg ", box, 1)
    if not style.logo:
        return drawn
    side = (whole - 2 * QUIET_ZONE * scale) // LOGO_SHARE
    at, pad = (whole - side) // 2, scale
    data = base64.b64encode(style.logo).decode()
    middle = (
        f'<rect x="{at - pad}" y="{at - pad}" width="{side + 2 * pad}" height="{side + 2 * pad}"'
        f' fill="{style.light}"/><image x="{at}" y="{at}" width="{side}" height="{side}"'
        f' href="data:image/png;base64,{data}"/>'
    )
    return drawn.replace("</svg>", f"{middle}</svg>")


def pdf(url: str, style: QrStyle, card: Card) -> bytes:
    """Return a card of A6 with the code, its address and a promo code. Equal input, equal bytes."""
    words = {
        "address": printable(card.address),
        "title": printable(card.title),
        "code": printable(card.code),
        "code_label": printable(card.code_label),
    }
    return typeset(TEMPLATE, card=json.dumps(words, ensure_ascii=False), qr=svg(url, style))


def zip_of(codes: Iterable[tuple[str, str]], style: QrStyle) -> bytes:
    """Return a ZIP with a PNG and an SVG of each ``(name, url)``. Equal input, equal bytes."""
    body = BytesIO()
    with ZipFile(body, "w", ZIP_STORED) as archive:
        for name, url in codes:
            archive.writestr(_entry(f"{name}.png"), png(url, style, SIZES[0]))
            archive.writestr(_entry(f"{name}.svg"), svg(url, style))
    return body.getvalue()


def _make(url: str, style: QrStyle) -> segno.QRCode:
    return segno.make(url, error=style.level, micro=False)


def _entry(name: str) -> ZipInfo:
    return ZipInfo(name, date_time=_DAY_IN_A_ZIP)


def _paste_logo(canvas: Image.Image, style: QrStyle, side: int) -> None:
    with Image.open(BytesIO(style.logo)) as picture:
        logo = picture.convert("RGBA")
    logo.thumbnail((side, side))
    pad = side // 8
    room = Image.new("RGB", (side + 2 * pad,) * 2, style.light)
    room.paste(logo, ((room.width - logo.width) // 2, (room.height - logo.height) // 2), logo)
    canvas.paste(room, ((canvas.width - room.width) // 2,) * 2)


def _luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
